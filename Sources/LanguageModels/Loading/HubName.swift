package import CheckpointFiles

/// The name of a model on a hub, such as `meta-llama/Llama-3.2-1B`, given in place of a path.
package enum HubName {
    /// Throws if nothing is at a path and it looks like the name or address of a model on a hub.
    package static func refuse(_ path: String) throws(CheckpointError) {
        guard let name = name(path), Folder.isMissing(path) else { return }
        let folder = name.split(separator: "/").last ?? ""
        throw CheckpointError(
            file: path, expected: "a GGUF file or a model folder",
            found: "nothing with this path; models are not downloaded by name, so fetch the folder with hf download "
                + "\(name) --local-dir \(folder)")
    }

    private static func name(_ path: String) -> String? {
        let addresses = ["https://huggingface.co/", "http://huggingface.co/", "https://hf.co/", "hf.co/", "hf://"]
        let address = addresses.first { path.hasPrefix($0) }
        let parts = path.dropFirst(address?.count ?? 0).split(separator: "/", omittingEmptySubsequences: false)
        // A file name has an ending that no model's name has; an existing folder makes the path one to a missing file.
        let endings = [".gguf", ".safetensors", ".json", ".bin"]
        guard parts.count == 2 || address != nil && parts.count > 2, parts.prefix(2).allSatisfy(isName),
            address != nil || !Folder.exists(String(parts[0])) && !endings.contains(where: { path.hasSuffix($0) })
        else { return nil }
        return parts.prefix(2).joined(separator: "/")
    }

    private static func isName(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, isLetterOrDigit(first) else { return false }
        return part.utf8.allSatisfy { isLetterOrDigit($0) || "._-".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
