import CLibc

/// The system calls that this target needs, collected so that only these files depend on the C library.
enum SystemCalls {
    /// Opens a file for reading. It never blocks, not even on a named pipe without a writer.
    static func openForReading(_ path: String, followingLinks: Bool = true) throws(SystemError) -> Int32 {
        try open(path, O_RDONLY | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW))
    }

    /// Creates a file and opens it; fails if the path exists.
    static func create(_ path: String, permissions: mode_t) throws(SystemError) -> Int32 {
        try open(path, O_RDWR | O_CREAT | O_EXCL, permissions)
    }

    /// Opens an existing file for appending.
    static func openForAppending(_ path: String) throws(SystemError) -> Int32 { try open(path, O_WRONLY | O_APPEND) }

    /// Opens an existing file to overwrite parts of it.
    static func openForOverwriting(_ path: String) throws(SystemError) -> Int32 { try open(path, O_WRONLY) }

    /// Opens a device or a named pipe for writing; waits for the pipe's reader.
    static func openStream(_ path: String) throws(SystemError) -> Int32 {
        while true {
            do {
                return try open(path, O_WRONLY | O_NOCTTY)
            } catch .interrupted where !InterruptionRequest.isMade {
                continue
            } catch {
                throw error
            }
        }
    }

    private static func open(_ path: String, _ flags: Int32, _ permissions: mode_t = 0) throws(SystemError) -> Int32 {
        let descriptor = CLibc.open(path, flags | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw .last }
        return descriptor
    }

    /// Duplicates a descriptor that is open for writing.
    static func duplicateForWriting(_ descriptor: Int32) throws(SystemError) -> Int32 {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0 else { throw .last }
        guard flags & O_ACCMODE != O_RDONLY else { throw SystemError(code: EBADF) }
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw .last }
        return copy
    }

    static func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }

    /// Maps a file's first `byteCount` > 0 bytes read-only.
    static func map(_ descriptor: Int32, byteCount: Int) throws(SystemError) -> UnsafeRawPointer {
        guard let address = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw .last
        }
        return UnsafeRawPointer(address)
    }

    static func unmap(_ address: UnsafeRawPointer, byteCount: Int) {
        munmap(UnsafeMutableRawPointer(mutating: address), byteCount)
    }

    /// Lets the system drop the pages of a mapping; the next access reads them from the file again.
    static func release(_ address: UnsafeRawPointer, byteCount: Int) {
        _ = madvise(UnsafeMutableRawPointer(mutating: address), byteCount, MADV_DONTNEED)
    }

    /// Asks the system to read the pages of a mapping soon.
    static func prefetch(_ address: UnsafeRawPointer, byteCount: Int) {
        _ = madvise(UnsafeMutableRawPointer(mutating: address), byteCount, MADV_WILLNEED)
    }

    static var pageSize: Int { Int(sysconf(Int32(_SC_PAGESIZE))) }
    static var processIdentifier: Int32 { getpid() }
    static var secondsSince1970: Int { time(nil) }

    /// Whether a process is still running; it may be another user's.
    ///
    /// A killed process keeps its number until its parent waits for it, which the first process of some containers
    /// never does.
    static func processRuns(_ number: Int32) -> Bool {
        guard kill(number, 0) == 0 || SystemError.last != .noSuchProcess else { return false }
        guard let descriptor = try? openForReading("/proc/\(number)/stat") else { return true }
        defer { closeDescriptor(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = bytes.withUnsafeMutableBytes { (try? read(into: $0, from: descriptor, at: 0)) ?? 0 }
        // The state follows the name, which is in parentheses and may contain any character.
        let state = bytes[..<count].lastIndex(of: UInt8(ascii: ")")).map { bytes[min($0 + 2, bytes.count - 1)] }
        return state != UInt8(ascii: "Z") && state != UInt8(ascii: "X")
    }
}
