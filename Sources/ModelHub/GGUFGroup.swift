import CheckpointFiles

/// A model among the GGUF files of a repository: one file, or all parts of a split one.
struct GGUFGroup: Hashable {
    /// The paths of its files, the first part first.
    let paths: [String]
    /// The path without the number of a part and without `.gguf`.
    let stem: String

    /// Finds the models among the paths of a repository. Files that other programs need for pictures and sound, and
    /// importance matrices, are no models.
    static func all(among paths: [String]) -> [GGUFGroup] {
        let others = ["mmproj", "imatrix"]
        var groups: [GGUFGroup] = []
        var seen: Set<String> = []
        for path in paths where path.lowercased().hasSuffix(".gguf") {
            let name = path.split(separator: "/").last?.lowercased() ?? ""
            if others.contains(where: { name.contains($0) }) { continue }
            let group = GGUFGroup(path)
            if seen.insert(group.paths[0]).inserted { groups.append(group) }
        }
        return groups
    }

    /// The model that a file belongs to. A part's name states the others.
    init(_ path: String) {
        if let part = GGUFPartName(path) {
            paths = part.all.map(\.path)
            stem = part.prefix
        } else {
            paths = [path]
            stem = String(path.dropLast(".gguf".count))
        }
    }

    /// Whether the name of the file, or of its folder, has a quantization such as `Q4_K_M` as a whole word. `Q4_K` is
    /// not one of `Q4_K_M`.
    func has(_ quantization: String) -> Bool {
        let wanted = Array(quantization.lowercased().utf8)
        let text = Array(stem.lowercased().utf8)
        guard !wanted.isEmpty, wanted.count <= text.count else { return false }
        func isWord(_ index: Int) -> Bool {
            guard text.indices.contains(index) else { return false }
            return switch text[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
        return (0...text.count - wanted.count).contains { start in
            text[start..<start + wanted.count].elementsEqual(wanted) && !isWord(start - 1)
                && !isWord(start + wanted.count)
        }
    }
}
