import CFatalSignals

/// A file or folder being written, under a temporary name. Its descriptor holds a lock that tells other processes so,
/// and that ends with the process.
final class TemporaryEntry: Sendable {
    let path: String
    let descriptor: Int32
    private let isFolder: Bool
    /// Its number in the table of files that a signal handler removes when it ends the program.
    private let leftover: Int32

    /// Creates a temporary file next to a path.
    static func file(nextTo path: String, replacing existing: FileStatus?) throws(SystemError) -> TemporaryEntry {
        let entry = try TemporaryEntry(nextTo: path, isFolder: false) { (path) throws(SystemError) in
            // A replacement for a private file must be private from its first byte.
            try SystemCalls.create(path, permissions: existing == nil ? 0o666 : 0o600)
        }
        if let existing { SystemCalls.copyPermissions(of: existing, to: entry.descriptor) }
        return entry
    }

    /// Creates a temporary folder next to a path.
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
            // Another writer may have removed it as a leftover before it was locked.
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

    /// Removes the entry unless it was renamed. A folder must be empty by then.
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
            // Some file systems cannot sync a folder.
        }
        // The rename frees the temporary name, so deinit finds nothing to remove.
        try SystemCalls.renameFile(path, to: place)
        SystemCalls.synchronizeFolder(of: place)
    }

    /// Returns false if another process holds the lock; true also if the file system has no locks.
    private static func lock(_ descriptor: Int32) -> Bool {
        do {
            try SystemCalls.lock(descriptor)
            return true
        } catch {
            return error != .wouldBlock
        }
    }
}
