extension ModelFolder {
    /// Describes what a folder without `model.safetensors` has instead, and what to do, for errors.
    static func contents(of path: String) -> String {
        let names = Folder.names(in: path).filter { $0 != Name.weights }  // a dangling link
        func first(_ endings: String...) -> String? {
            names.first { name in endings.contains { name.hasSuffix($0) } }
        }
        func list(_ ending: String) -> String {
            let found = names.filter { $0.hasSuffix(ending) }
            let shown = found.prefix(4).map(\.quoted).joined(separator: ", ")
            return found.count > 4 ? "\(shown) and \(found.count - 4) more" : shown
        }
        if Folder.exists("\(path)/newest") { return "a training run; its newest checkpoint is \(path)/newest" }
        if let part = names.first(where: { $0.hasSuffix(".gguf") && $0.contains("-00001-of-") }) {
            return "the parts of a split GGUF file; pass the first one, \(path)/\(part)"
        }
        if first(".gguf") != nil {
            return "GGUF files, which are models of their own; pass one of them: \(list(".gguf"))"
        }
        if first(".safetensors") != nil {
            return """
                other safetensors files (\(list(".safetensors"))); a single file must be called \(Name.weights), and \
                several need \(Name.index)
                """
        }
        if let name = names.first(where: { $0.hasPrefix("consolidated.") }) {
            return "the original layout of Llama (\(name.quoted)); use the folder in Hugging Face's layout"
        }
        if let name = first(".bin", ".bin.index.json", ".pt", ".pth") {
            return "only PyTorch's pickle format (\(name.quoted)); \(ForeignFormat.conversion(of: path))"
        }
        return "neither; pass a GGUF file or a folder in Hugging Face's layout"
    }

    /// The safetensors files of a folder whose layout may be any, to show what it contains.
    ///
    /// - Throws: if one of the files is invalid.
    package static func safetensorsFiles(in path: String) throws(CheckpointError) -> [SafetensorsFile] {
        var files: [SafetensorsFile] = []
        for name in Folder.names(in: path) where name.hasSuffix(".safetensors") && isFile("\(path)/\(name)") {
            files.append(try SafetensorsFile(path: "\(path)/\(name)"))
        }
        return files
    }
}
