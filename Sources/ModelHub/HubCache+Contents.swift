import CheckpointFiles

extension HubCache {
    /// A model in the cache.
    package struct Entry: Sendable, Hashable {
        /// The name under which the commands find it.
        package let name: HubModelName
        package let model: CachedModel
        /// The size of its files.
        package let byteCount: Int
    }

    /// The models that are complete in the cache, sorted by name. A commit that no reference leads to has its hash in
    /// its models' names.
    package var entries: [Entry] {
        Folder.names(in: path).flatMap { folder -> [Entry] in
            guard let name = Self.name(ofFolder: folder) else { return [] }
            let repository = repository(of: name)
            let references = repository.references
            return Folder.names(in: repository.snapshots).filter { CommitHash($0) != nil }.flatMap { commit in
                repository.snapshot(commit).entries(
                    of: name, revisions: references.filter { $0.value == commit }.map(\.key).sorted(), commit: commit)
            }
        }
    }

    /// The name of a model from its folder's: neither an owner's nor a repository's has `--`.
    private static func name(ofFolder folder: String) -> HubModelName? {
        let parts = folder.split(separator: "--", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "models" else { return nil }
        return try? HubModelName("\(parts[1])/\(parts[2])")
    }
}

extension RepositoryCache {
    /// The commit of each known branch and tag.
    var references: [String: String] {
        var found: [String: String] = [:]
        for name in Snapshot(path: refs).files {
            if let commit = commit(of: name) { found[name] = commit }
        }
        return found
    }
}

extension Snapshot {
    /// The models of this commit.
    fileprivate func entries(of name: HubModelName, revisions: [String], commit: String) -> [HubCache.Entry] {
        let paths = files
        let revision = revisions.contains("main") ? nil : revisions.first ?? commit
        let suffix = revision.map { "@\($0)" } ?? ""
        var names: [String] = []
        if ModelFolderFiles(among: paths) != nil { names.append(name.id) }
        names += GGUFGroup.all(among: paths).map { "\(name.id):\($0.paths[0])" }
        return names.compactMap { text in
            guard let name = try? HubModelName(text + suffix), let model = find(name) else { return nil }
            let byteCount = model.files.reduce(0) { $0 + (Folder.fileSize("\(path)/\($1)") ?? 0) }
            return HubCache.Entry(name: name, model: model, byteCount: byteCount)
        }
    }
}
