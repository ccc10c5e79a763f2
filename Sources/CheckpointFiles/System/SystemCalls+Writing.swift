import CLibc

extension SystemCalls {
    /// Writes all the bytes, with as many calls as that takes.
    ///
    /// - Parameter canWait: whether the call may wait for a reader, as with a pipe. An interruption ends the wait.
    static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, canWait: Bool = false
    ) throws(SystemError) {
        var rest = bytes[...]
        while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
            let count = CLibc.write(descriptor, base, min(rest.count, 1 << 30))
            if count < 0 {
                let reason = SystemError.last
                switch reason {
                case .interrupted: break
                case .temporarilyFull where canWait: waitForReader(of: descriptor)
                default: throw reason
                }
            }
            rest = rest.dropFirst(max(0, count))
            if canWait, !rest.isEmpty, InterruptionRequest.isMade { throw .interrupted }
        }
    }

    /// Waits until a non-blocking descriptor accepts more bytes, or a signal arrives.
    private static func waitForReader(of descriptor: Int32) {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&request, 1, -1)
    }

    /// Overwrites the first bytes of a file.
    static func overwriteStart(_ bytes: UnsafeRawBufferPointer, of descriptor: Int32) throws(SystemError) {
        let count = pwrite(descriptor, bytes.baseAddress, bytes.count, 0)
        guard count >= 0 else { throw .last }
        guard count == bytes.count else { throw SystemError(code: ENOSPC) }
    }

    /// Reads bytes at an offset of a file, and returns how many; fewer only at the end of the file.
    static func read(into bytes: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int)
        throws(SystemError) -> Int
    {
        let count = pread(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
        guard count >= 0 else { throw .last }
        return count
    }

    /// Opens a pipe or a device for reading; waits for a pipe's writer.
    static func openStreamForReading(_ path: String) throws(SystemError) -> Int32 {
        while true {
            let descriptor = CLibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
            if descriptor >= 0 { return descriptor }
            guard SystemError.last == .interrupted, !InterruptionRequest.isMade else { throw .last }
        }
    }

    /// Reads from a stream into memory; returns 0 at its end, and when an interruption is requested.
    static func readStream(
        into bytes: UnsafeMutableRawBufferPointer, from descriptor: Int32
    ) throws(SystemError) -> Int {
        while true {
            let count = CLibc.read(descriptor, bytes.baseAddress, bytes.count)
            if count >= 0 { return count }
            guard SystemError.last == .interrupted else { throw .last }
            if InterruptionRequest.isMade { return 0 }
        }
    }

    /// Creates a file without a name, which disappears when its descriptor is closed.
    static func createUnnamed(in folder: String) throws(SystemError) -> Int32 {
        let path = TemporaryName.make(nextTo: "\(folder)/layerskip")
        let descriptor = try create(path, permissions: 0o600)
        _ = unlink(path)
        return descriptor
    }

    /// The folder for unnamed files.
    static var temporaryFolder: String {
        let stated = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        return stated.isEmpty ? "/tmp" : stated
    }

    /// Waits until the file's bytes are on disk.
    static func synchronize(_ descriptor: Int32) throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw .last }
    }

    /// Makes the names in a path's folder durable, such as one that has just been given to the path's file.
    ///
    /// Some file systems do not support this, which is not an error.
    static func synchronizeFolder(of path: String) {
        guard let folder = try? openForReading(PathParts(path).folder) else { return }
        try? synchronize(folder)
        closeDescriptor(folder)
    }

    /// Throws unless this process may write to a file.
    static func checkWritable(_ path: String) throws(SystemError) {
        guard faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 else { throw .last }
    }

    /// Renames a file atomically, replacing anything with the new name.
    static func renameFile(_ old: String, to new: String) throws(SystemError) {
        guard rename(old, new) == 0 else { throw .last }
    }

    /// Removes a file or a link; returns false for a folder.
    @discardableResult static func removeFile(_ path: String) -> Bool { unlink(path) == 0 }
}
