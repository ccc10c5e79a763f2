import CheckpointFiles

/// A walk through the folders of a corpus. It follows links, avoids cycles, and takes each file once.
///
/// Files reached without a link keep their paths, so links do not change the set or order of the other files.
struct CorpusWalk {
    private struct Found {
        let path: String
        let identity: Folder.Identity?
        let isBehindLink: Bool
    }

    private let endings: [String]
    private var found: [Found] = []
    private var leftOut = CorpusFiles.LeftOut()
    /// Folders that were entered through a link.
    private var entered: Set<Folder.Identity> = []
    /// The folders around the current one, from the outermost.
    private var stack: [Folder.Identity] = []

    /// - Parameter endings: in any letter case; `.txt` and `*.txt` mean `txt`.
    init(endings: [String]) {
        self.endings = endings.map { String($0.lowercased().drop { $0 == "*" || $0 == "." }) }
    }

    /// Adds a file, or the files in a folder.
    mutating func add(_ input: String) throws(FileError) {
        if input == "-" { return found.append(Found(path: input, identity: nil, isBehindLink: false)) }
        let path = try HomeFolder.expand(input)
        guard let identity = Folder.identity(of: path) else {
            throw FileError(file: path, expected: "a file or a folder", found: "nothing")
        }
        guard Folder.exists(path) else {
            return found.append(Found(path: path, identity: identity, isBehindLink: false))
        }
        try walk(path, identity, isBehindLink: false)
    }

    /// The files found, without links to files that are already included.
    var selection: CorpusFiles.Selection {
        var selection = CorpusFiles.Selection(leftOut: leftOut)
        var taken = Set(found.filter { !$0.isBehindLink }.compactMap(\.identity))
        for file in found {
            if file.isBehindLink, let identity = file.identity, !taken.insert(identity).inserted {
                selection.leftOut.repeated += 1
            } else {
                selection.paths.append(file.path)
            }
        }
        return selection
    }

    private mutating func walk(
        _ folder: String, _ identity: Folder.Identity, isBehindLink: Bool
    ) throws(FileError) {
        stack.append(identity)
        for entry in try Folder.entries(of: folder) {
            let isBehindLink = isBehindLink || entry.isLink
            if entry.isHidden {
                leftOut.hidden += 1
                continue
            }
            switch entry.kind {
            case .file: take(entry, isBehindLink)
            case .folder:
                guard let identity = entry.identity, !stack.contains(identity) else { continue }
                if isBehindLink, !entered.insert(identity).inserted { continue }
                try walk(entry.path, identity, isBehindLink: isBehindLink)
            case .special: if isWanted(entry.name) { leftOut.special.append(entry.path) }
            case .unreachable: if isWanted(entry.name) { leftOut.broken.append(entry.path) }
            }
        }
        stack.removeLast()
    }

    private mutating func take(_ entry: Folder.Entry, _ isBehindLink: Bool) {
        guard isWanted(entry.name) else { return }
        // Files of records are read from folders only if their ending is named, because most .json files hold settings.
        if endings.isEmpty, !CorpusFileKind(path: CorpusFileKind.unpacked(entry.path).path).isReadInFolders {
            leftOut.kinds[entry.name.split(separator: ".").last?.lowercased() ?? "", default: 0] += 1
            return
        }
        found.append(Found(path: entry.path, identity: entry.identity, isBehindLink: isBehindLink))
    }

    private func isWanted(_ name: String) -> Bool {
        endings.isEmpty
            || endings.contains { ending in
                name.lowercased().hasSuffix("." + ending) || name.lowercased().hasSuffix("." + ending + ".gz")
            }
    }
}
