import TensorCore

extension CacheFolder {
    /// The name of a file about a model.
    ///
    /// - Parameters:
    ///   - path: the path of the model's file, or of one of the files of its folder.
    ///   - variant: what tells the file from others with the same suffix.
    ///   - suffix: the kind of file.
    package static func fileName(ofModel path: String, _ variant: [String], suffix: String) -> String {
        let hash = String(FowlerNollVo(variant.joined(separator: "\n").utf8).value, radix: 16)
        return "\(safeName(modelName(of: path)))-\(hash).\(suffix)"
    }

    /// What people call the model: the name of its file, or of a folder whose files all have the same names.
    private static func modelName(of path: String) -> Substring {
        let parts = path.split(separator: "/")
        guard let last = parts.last else { return "model" }
        return last.hasPrefix("model") && last.hasSuffix(".safetensors") ? parts.dropLast().last ?? last : last
    }

    /// A name without characters that file systems or shells treat specially.
    private static func safeName(_ name: Substring) -> String {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
        return String(name.prefix(100).map { allowed.contains($0) ? $0 : "_" })
    }
}
