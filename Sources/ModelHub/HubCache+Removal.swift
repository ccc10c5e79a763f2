import CheckpointFiles

extension HubCache {
    /// Removes a model from the cache. Without a selection, these are all files of its repository, or of a revision; with
    /// a selection, only that model's files. Files that other models share stay.
    ///
    /// - Returns: the number of bytes that are freed.
    /// - Throws: ``HubError`` if the cache does not hold it, or another program is downloading it.
    package func remove(_ model: HubModelName) throws(HubError) -> Int {
        let repository = repository(of: model)
        guard Folder.exists(repository.path) else { throw missing(model) }
        let locks = try lockAll(of: repository, model)
        defer { withExtendedLifetime(locks) {} }
        if model.selection == nil, model.revision == nil { return removeAll(repository) }
        guard let commit = repository.commit(of: model.statedRevision) else { throw missing(model) }
        let snapshot = repository.snapshot(commit)
        if model.selection == nil {
            guard Folder.exists(snapshot.path) else { throw missing(model) }
            Folder.removeTree(snapshot.path)
        } else {
            guard let found = snapshot.find(model) else { throw missing(model) }
            for file in found.files { Folder.removeFile("\(snapshot.path)/\(file)") }
        }
        if repository.hasNoFiles { return removeAll(repository) }
        return repository.removeUnusedBlobs()
    }

    private func missing(_ model: HubModelName) -> HubError {
        HubError(
            .missing, "\(model)", expected: "a model in the cache (\(path))",
            found: "none of this name; layerskip models lists them")
    }

    /// Takes the locks of all files of a repository, so that no download is in their way.
    private func lockAll(of repository: RepositoryCache, _ model: HubModelName) throws(HubError) -> [FileLock] {
        var taken: [FileLock] = []
        for name in Folder.names(in: repository.locks) {
            let lock: FileLock?
            do {
                lock = try FileLock.take("\(repository.locks)/\(name)")
            } catch {
                throw HubError(error)
            }
            guard let lock else {
                throw HubError(
                    .storage, "\(model)", expected: "a model that no other program is downloading",
                    found: "a download in progress")
            }
            taken.append(lock)
        }
        return taken
    }

    private func removeAll(_ repository: RepositoryCache) -> Int {
        let freed = repository.blobSizes.reduce(0) { $0 + $1.value }
        Folder.removeTree(repository.path)
        Folder.removeTree(repository.locks)
        return freed
    }
}

extension RepositoryCache {
    /// The size of each blob, whole or partial, by name; 0 for a link, whose target other models may share.
    fileprivate var blobSizes: [String: Int] {
        var sizes: [String: Int] = [:]
        for name in Folder.names(in: blobs) {
            let path = "\(blobs)/\(name)"
            sizes[name] = Folder.isLink(path) ? 0 : Folder.fileSize(path)
        }
        return sizes
    }

    fileprivate var hasNoFiles: Bool {
        Folder.names(in: snapshots).allSatisfy { Snapshot(path: "\(snapshots)/\($0)").files.isEmpty }
    }

    /// Removes the blobs that no snapshot links to, and returns the number of bytes that they had.
    fileprivate func removeUnusedBlobs() -> Int {
        var used: Set<String> = []
        for commit in Folder.names(in: snapshots) {
            let snapshot = Snapshot(path: "\(snapshots)/\(commit)")
            for file in snapshot.files {
                let target = Folder.linkTarget(of: "\(snapshot.path)/\(file)")
                if let name = target?.split(separator: "/").last { used.insert(String(name)) }
            }
        }
        var freed = 0
        for (name, byteCount) in blobSizes where !used.contains(name) {
            if Folder.removeFile("\(blobs)/\(name)") { freed += byteCount }
        }
        return freed
    }
}
