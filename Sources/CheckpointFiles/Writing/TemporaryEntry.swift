import CFatalSignals

/// A file or folder in the making, under a temporary name. Its descriptor holds a lock, which tells other processes
/// that it is being written, and ends with the process.
final class TemporaryEntry: Sendable {
    let path: String
    let descriptor: Int32
    private let isFolder: Bool
    /// Its number among those that are removed where the program ends in a signal handler.
    private let leftover: Int32

    /// Makes a file next to another path.
    static func file(nextTo path: String, replacing existing: FileStatus?) throws(SystemError) -> TemporaryEntry {
        let entry = try TemporaryEntry(nextTo: path, isFolder: false) { (path) throws(SystemError) in
            // What replaces a secret is one from its first byte on.
            try SystemCalls.create(path, permissions: existing == nil ? 0o666 : 0o600)
        }
        if let existing { SystemCalls.copyPermissions(of: existing, to: entry.descriptor) }
        return entry
    }

    /// Makes a folder next to another path.
    static func folder(nextTo path: String, replacing existing: FileStatus?) throws(SystemError) -> TemporaryEntry {
        let entry = try TemporaryEntry(nextTo: path, isFolder: true) { (path) throws(SystemError) in
            try SystemCalls.createFolder(path)
            return try SystemCalls.openForReading(path)
        }
        if let existing { SystemCalls.copyPermissions(of: existing, to: entry.descriptor) }
        return entry
    }

    private init(
        nextTo original: String, isFolder: Bool, _ make: (String) throws(SystemError) -> Int32
    ) throws(SystemError) {
        while true {
            let path = TemporaryName.make(nextTo: original)
            let descriptor = try make(path)
            // Another writer may have taken it for a leftover before it was locked.
            if Self.lock(descriptor), Leftovers.isSame(path, descriptor) {
                self.path = path
                self.descriptor = descriptor
                self.isFolder = isFolder
                leftover = cfs_add_leftover(path)
                return
            }
            SystemCalls.closeDescriptor(descriptor)
        }
    }

    /// Removes what did not get another name. A folder must be empty by then.
    deinit {
        if !SystemCalls.removeFile(path) { SystemCalls.removeFolder(path) }
        cfs_forget_leftover(leftover)
        SystemCalls.closeDescriptor(descriptor)
    }

    /// Waits for the disk, then gives the entry its name.
    func take(_ place: String) throws(SystemError) {
        do {
            try SystemCalls.synchronize(descriptor)
        } catch  where isFolder {
            // Some file systems cannot synchronize a folder.
        }
        // After this the temporary name is free, and the attempt to remove it finds nothing.
        try SystemCalls.renameFile(path, to: place)
        SystemCalls.synchronizeFolder(of: place)
    }

    /// False if another process has locked it; true also where the file system has no locks.
    private static func lock(_ descriptor: Int32) -> Bool {
        do {
            try SystemCalls.lock(descriptor)
            return true
        } catch {
            return error != .wouldBlock
        }
    }
}
