public import CheckpointFiles

/// A selection of files for a corpus: named files, and files in named folders with the right endings.
public struct CorpusFiles: Sendable {
    /// The name endings of the files to take from folders, without the dot; empty for all kinds that can be read.
    public var endings: [String]

    /// Creates a selection by name endings.
    public init(endings: [String] = []) {
        self.endings = endings
    }

    /// The selected files, and those left out.
    public struct Selection: Sendable, Equatable {
        /// The paths of the files.
        public internal(set) var paths: [String] = []
        /// The contents of folders that are not selected, although no ending excluded them.
        public internal(set) var leftOut = LeftOut()
    }

    /// The contents of folders that were left out.
    public struct LeftOut: Sendable, Equatable {
        /// Files and folders whose names begin with a dot.
        public internal(set) var hidden = 0
        /// Files that are neither text nor JSON Lines, by their endings: `json`, `gz`.
        public internal(set) var kinds: [String: Int] = [:]
        /// Pipes, sockets and devices.
        public internal(set) var special: [String] = []
        /// Broken links.
        public internal(set) var broken: [String] = []
        /// Links to files that are selected anyway. Each file is read once.
        public internal(set) var repeated = 0
    }

    /// Finds the files. Those in a folder and its subfolders come in the order of their names.
    ///
    /// Links are followed. Hidden files and folders are left out.
    /// - Throws: if a path does not exist or cannot be read, or there is no file at all.
    public func select(_ inputs: [String]) throws(FileError) -> Selection {
        var walk = CorpusWalk(endings: endings)
        for input in inputs { try walk.add(input) }
        let selection = walk.selection
        guard !selection.paths.isEmpty else {
            let kinds =
                endings.isEmpty ? "at least one file" : "at least one file *.\(endings.joined(separator: ", *."))"
            let rest = selection.leftOut == LeftOut() ? "" : " (left out: \(selection.leftOut))"
            throw FileError(
                file: inputs.map { $0.isEmpty ? "\"\"" : $0 }.joined(separator: ", "), expected: kinds,
                found: "none" + rest)
        }
        return selection
    }
}

extension CorpusFiles.LeftOut: CustomStringConvertible {
    /// A comma-separated description; empty if nothing was left out.
    public var description: String {
        func count(_ number: Int, _ noun: String) -> String? {
            number == 0 ? nil : number.counted(noun)
        }
        let parts = [
            count(hidden, "hidden name"), count(special.count, "special file").map { named($0, special) },
            count(broken.count, "broken link").map { named($0, broken) },
            count(repeated, "link").map { $0 + " to files that are read anyway" },
        ]
        return (kinds.sorted { $0.key < $1.key }.map { count($0.value, ".\($0.key) file") } + parts)
            .compactMap { $0 }.joined(separator: ", ")
    }

    private func named(_ text: String, _ paths: [String]) -> String {
        text + " (" + paths.prefix(3).joined(separator: ", ") + (paths.count > 3 ? ", ..." : "") + ")"
    }
}
