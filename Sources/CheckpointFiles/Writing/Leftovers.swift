/// The incomplete files, folders and links that killed writers left behind.
enum Leftovers {
    /// An entry unchanged for this many seconds has no writer, even if a process has its writer's number.
    private static let longestSilence = 24 * 60 * 60

    /// Removes the leftovers of writing a given path.
    static func remove(of path: String) {
        let parts = PathParts(path)
        remove(in: parts.folder) { TemporaryName.process($0, standingFor: parts.name) }
    }

    /// Removes all leftovers in a folder.
    static func remove(in folder: String) { remove(in: folder) { TemporaryName.process($0) } }

    private static func remove(in folder: String, _ process: (String) -> Int32?) {
        for name in SystemCalls.names(in: folder) {
            guard let process = process(name) else { continue }
            removeIfAbandoned("\(folder)/\(name)", process)
        }
    }

    /// Removes an entry if its writer is dead and no process has locked it.
    ///
    /// The lock decides, because it also works between containers, where process numbers differ. The number decides for
    /// links, which cannot be locked, and where the file system or the writer's version does not lock.
    private static func removeIfAbandoned(_ path: String, _ process: Int32) {
        guard let status = try? SystemCalls.linkStatus(of: path) else { return }
        let isOld = SystemCalls.secondsSince1970 - status.modified.seconds > longestSilence
        let isOwn = process == SystemCalls.processIdentifier
        guard isOld || !SystemCalls.processRuns(process) || (isOwn && status.kind != .link) else { return }
        switch status.kind {
        case .link: SystemCalls.removeFile(path)
        case .other: break
        case .file, .directory:
            guard let descriptor = try? SystemCalls.openForReading(path, followingLinks: false) else { return }
            defer { SystemCalls.closeDescriptor(descriptor) }
            guard (try? SystemCalls.lock(descriptor)) != nil, isSame(path, descriptor) else { return }
            removeEntry(path)
        }
    }

    /// Removes a file or link, or a folder and the files in it; never the target of a link.
    static func removeEntry(_ path: String) {
        if SystemCalls.removeFile(path) { return }
        for name in SystemCalls.names(in: path) { SystemCalls.removeFile("\(path)/\(name)") }
        SystemCalls.removeFolder(path)
    }

    /// Whether a path still leads to an open file.
    static func isSame(_ path: String, _ descriptor: Int32) -> Bool {
        let open = try? SystemCalls.status(of: descriptor)
        return open != nil && open?.identity == (try? SystemCalls.linkStatus(of: path))?.identity
    }
}
