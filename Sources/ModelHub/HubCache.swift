package import CheckpointFiles

/// The cache of downloaded models, in the layout that Python's `huggingface_hub` also uses:
///
///     models--OWNER--NAME/
///       blobs/HASH                   the bytes of a file, named after their hash
///       refs/REVISION                the commit of a branch or tag
///       snapshots/COMMIT/PATH        links to blobs, with the names of the repository
///     .locks/models--OWNER--NAME/    locks of files that are being downloaded
package struct HubCache: Sendable {
    /// The path of the cache, which need not exist.
    package let path: String

    package init(_ path: String) { self.path = path }

    /// The folder of a model's repository.
    package func repository(of model: HubModelName) -> RepositoryCache {
        RepositoryCache(cache: path, folder: "models--\(model.owner)--\(model.repository)")
    }

    /// Finds a model that is complete in the cache; nil if it is not.
    package func find(_ model: HubModelName) -> CachedModel? {
        let repository = repository(of: model)
        guard let commit = repository.commit(of: model.statedRevision) else { return nil }
        return repository.snapshot(commit).find(model)
    }
}

/// A model that is complete in the cache.
package struct CachedModel: Sendable, Hashable {
    /// The path to open: a GGUF file, or a folder.
    package let path: String
    /// The files, relative to the snapshot.
    package let files: [String]
}

/// The folder of one repository in the cache.
package struct RepositoryCache: Sendable {
    let cache: String
    /// The name of the folder.
    package let folder: String

    package var path: String { "\(cache)/\(folder)" }
    package var blobs: String { "\(path)/blobs" }
    package var snapshots: String { "\(path)/snapshots" }
    package var refs: String { "\(path)/refs" }
    package var locks: String { "\(cache)/.locks/\(folder)" }

    package func blob(_ hash: RepositoryFile.Hash) -> String { "\(blobs)/\(hash.text)" }
    package func incompleteBlob(_ hash: RepositoryFile.Hash) -> String { "\(blob(hash)).incomplete" }
    package func lock(_ hash: RepositoryFile.Hash) -> String { "\(locks)/\(hash.text).lock" }
    package func snapshot(_ commit: String) -> Snapshot { Snapshot(path: "\(snapshots)/\(commit)") }

    /// The commit of a revision, as far as the cache knows it.
    package func commit(of revision: String) -> String? {
        // The longest reference is a commit and a line end.
        guard let text = try? TextFile.text("\(refs)/\(revision)", atMost: ReadingLimit(byteCount: 64)) else {
            return CommitHash(revision)?.text
        }
        return CommitHash(String(text.filter { !$0.isWhitespace }))?.text
    }

    /// Stores the commit of a branch or tag.
    ///
    /// - Throws: if that fails.
    package func set(_ revision: RepositoryPath, to commit: String) throws(FileError) {
        guard revision.text != commit else { return }
        let file = "\(refs)/\(revision.text)"
        try Folder.make(String(file.dropLast(revision.name.utf8.count + 1)))
        try TextFile.write(Array(commit.utf8), to: file)
    }

    /// Gives a downloaded file the name that it has in the repository.
    ///
    /// - Throws: if that fails.
    package func link(_ file: RepositoryFile, in commit: String) throws(FileError) {
        let link = "\(snapshots)/\(commit)/\(file.path.text)"
        try Folder.make(String(link.dropLast(file.path.name.utf8.count + 1)))
        let up = String(repeating: "../", count: 2 + file.path.depth)
        try Folder.makeLink(link, to: "\(up)blobs/\(file.hash.text)")
    }
}

/// The files of one commit in the cache.
package struct Snapshot: Sendable {
    package let path: String

    /// The paths of the files, relative to the folder, in the order of their names. A link to nothing is not one.
    package var files: [String] {
        var found: [String] = []
        collect("", depth: 0, into: &found)
        return found
    }

    private func collect(_ prefix: String, depth: Int, into found: inout [String]) {
        for name in Folder.names(in: prefix.isEmpty ? path : "\(path)/\(prefix)") {
            let file = prefix.isEmpty ? name : "\(prefix)/\(name)"
            if Folder.fileSize("\(path)/\(file)") != nil {
                found.append(file)
            } else if depth < 8, !Folder.isLink("\(path)/\(file)"), Folder.exists("\(path)/\(file)") {
                collect(file, depth: depth + 1, into: &found)
            }
        }
    }

    /// Finds the model that a name asks for; nil if some of its files are missing.
    package func find(_ model: HubModelName) -> CachedModel? {
        let paths = files
        guard let choice = try? ModelChoice(among: paths, for: model) else { return nil }
        switch choice {
        case .gguf(let parts): return CachedModel(path: "\(path)/\(parts[0])", files: parts)
        case .folder(let folder):
            guard let weights = weights(of: folder, among: paths, for: model) else { return nil }
            return CachedModel(path: path, files: folder.descriptions + weights)
        }
    }

    private func weights(of folder: ModelFolderFiles, among paths: [String], for model: HubModelName) -> [String]? {
        guard case .index(let index) = folder.weights else { return [folder.weights.path] }
        guard let text = try? TextFile.bytes("\(path)/\(index)", atMost: .index),
            let parts = try? ModelFolderFiles.parts(inIndex: text, among: paths, of: model)
        else { return nil }
        return [index] + parts
    }
}
