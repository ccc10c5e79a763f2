public import CheckpointFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Which files make a corpus: those that are named, and those in named folders with the right endings.
public struct CorpusFiles: Sendable {
    /// Endings of the names of files that are taken from folders, without the dot; none means all.
    public var endings: [String]

    /// A choice of files by the endings of their names.
    public init(endings: [String] = []) {
        self.endings = endings
    }

    /// The paths of the files, those of a folder and its subfolders in the order of their names.
    ///
    /// What is hidden is left out, and links within folders are not followed.
    /// - Throws: if a path leads nowhere or cannot be read, or there is no file at all.
    public func paths(_ inputs: [String]) throws(CheckpointError) -> [String] {
        var paths: [String] = []
        for input in inputs {
            var isFolder = false
            guard FileManager.default.fileExists(atPath: input, isDirectory: &isFolder) else {
                throw CheckpointError(file: input, expected: "a file or a folder", found: "nothing")
            }
            if isFolder { try append(folder: input, to: &paths) } else { paths.append(input) }
        }
        guard !paths.isEmpty else {
            let kinds =
                endings.isEmpty ? "at least one file" : "at least one file *.\(endings.joined(separator: ", *."))"
            throw CheckpointError(file: inputs.joined(separator: ", "), expected: kinds, found: "none")
        }
        return paths
    }

    private func append(folder: String, to paths: inout [String]) throws(CheckpointError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw CheckpointError(file: folder, expected: "a readable folder", found: "\(error)")
        }
        // By bytes: the same order everywhere.
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) where !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            if type == .typeDirectory {
                try append(folder: path, to: &paths)
            } else if type == .typeRegular, endings.isEmpty || endings.contains(where: { name.hasSuffix("." + $0) }) {
                paths.append(path)
            }
        }
    }
}
