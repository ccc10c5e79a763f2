/// What writers that were killed have left behind: files, folders and links that were not complete.
enum Leftovers {
    /// Seconds without a change after which no process can still be writing an entry, even if a process has its number.
    private static let longestSilence = 24 * 60 * 60

    /// Removes what was to become the file or folder of a path.
    static func remove(of path: String) {
        let parts = PathParts(path)
        remove(in: parts.folder) { TemporaryName.process($0, standingFor: parts.name) }
    }

    /// Removes all of a folder, whatever it was to become.
    static func remove(in folder: String) { remove(in: folder) { TemporaryName.process($0) } }

    private static func remove(in folder: String, _ process: (String) -> Int32?) {
        for name in SystemCalls.names(in: folder) {
            guard let process = process(name) else { continue }
            removeIfAbandoned("\(folder)/\(name)", process)
        }
    }

    /// Removes an entry if the process that made it is dead, and no process has locked it.
    ///
    /// The lock decides: it is seen from other containers too, where process numbers mean something else. The number
    /// counts for links, which cannot be locked, and for file systems and older versions without locks.
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

    /// Removes a file or link, or a folder and the files in it; never what a link leads to.
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
