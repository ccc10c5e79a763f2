public import CheckpointFiles

/// Which files make a corpus: those that are named, and those in named folders with the right endings.
public struct CorpusFiles: Sendable {
    /// Endings of the names of files that are taken from folders, without the dot; none means all kinds that can be
    /// read.
    public var endings: [String]

    /// A choice of files by the endings of their names.
    public init(endings: [String] = []) {
        self.endings = endings
    }

    /// The files that were chosen, and what was not.
    public struct Selection: Sendable, Equatable {
        /// The paths of the files.
        public internal(set) var paths: [String] = []
        /// What of the folders is not among them, though no ending excluded it.
        public internal(set) var leftOut = LeftOut()
    }

    /// What of folders was not taken.
    public struct LeftOut: Sendable, Equatable {
        /// Files and folders whose names begin with a dot.
        public internal(set) var hidden = 0
        /// Files that are neither text nor JSON Lines, by their endings: `json`, `gz`.
        public internal(set) var kinds: [String: Int] = [:]
        /// Pipes, sockets and devices.
        public internal(set) var special: [String] = []
        /// Links that lead nowhere.
        public internal(set) var broken: [String] = []
        /// Files that a link leads to and that are taken anyway; each is read once.
        public internal(set) var repeated = 0
    }

    /// Finds the files, those of a folder and its subfolders in the order of their names.
    ///
    /// Links are followed. What is hidden is left out.
    /// - Throws: if a path leads nowhere or cannot be read, or there is no file at all.
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
    /// In words, with commas between; empty where nothing was left out.
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
