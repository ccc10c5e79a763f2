#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The operating system's calls that this target needs, so that only these files ask which C library there is.
enum SystemCalls {
    /// A file descriptor for reading; never waits, not even for a named pipe's writer.
    static func openForReading(_ path: String, followingLinks: Bool = true) throws(SystemError) -> Int32 {
        try open(path, O_RDONLY | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW))
    }

    /// A file descriptor for writing to a file that did not exist before.
    static func create(_ path: String, permissions: mode_t) throws(SystemError) -> Int32 {
        try open(path, O_RDWR | O_CREAT | O_EXCL, permissions)
    }

    /// A file descriptor that writes at the end of a file that exists.
    static func openForAppending(_ path: String) throws(SystemError) -> Int32 { try open(path, O_WRONLY | O_APPEND) }

    /// A file descriptor for writing to a device or a named pipe, for whose reader it waits.
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
        #if canImport(Darwin)
            let descriptor = Darwin.open(path, flags | O_CLOEXEC, permissions)
        #elseif canImport(Glibc)
            let descriptor = Glibc.open(path, flags | O_CLOEXEC, permissions)
        #elseif canImport(Musl)
            let descriptor = Musl.open(path, flags | O_CLOEXEC, permissions)
        #endif
        guard descriptor >= 0 else { throw .last }
        return descriptor
    }

    /// Another descriptor of the same open file, if that is open for writing.
    static func duplicateForWriting(_ descriptor: Int32) throws(SystemError) -> Int32 {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0 else { throw .last }
        guard flags & O_ACCMODE != O_RDONLY else { throw SystemError(code: EBADF) }
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw .last }
        return copy
    }

    static func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }

    /// A read-only mapping of a file's first `byteCount` > 0 bytes.
    static func map(_ descriptor: Int32, byteCount: Int) throws(SystemError) -> UnsafeRawPointer {
        guard let address = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw .last
        }
        return UnsafeRawPointer(address)
    }

    static func unmap(_ address: UnsafeRawPointer, byteCount: Int) {
        munmap(UnsafeMutableRawPointer(mutating: address), byteCount)
    }

    /// Lets the system take back the pages of a mapping; the next read brings them from the file again.
    static func release(_ address: UnsafeRawPointer, byteCount: Int) {
        _ = madvise(UnsafeMutableRawPointer(mutating: address), byteCount, MADV_DONTNEED)
    }

    static var pageSize: Int { Int(sysconf(Int32(_SC_PAGESIZE))) }
    static var processIdentifier: Int32 { getpid() }
    static var secondsSince1970: Int { time(nil) }

    /// Whether the process of a number, which may be another user's, still runs.
    ///
    /// A killed one keeps its number until its parent asks for it, which the first process of some containers never
    /// does.
    static func processRuns(_ number: Int32) -> Bool {
        guard kill(number, 0) == 0 || SystemError.last != .noSuchProcess else { return false }
        guard let descriptor = try? openForReading("/proc/\(number)/stat") else { return true }
        defer { closeDescriptor(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = bytes.withUnsafeMutableBytes { (try? read(into: $0, from: descriptor, at: 0)) ?? 0 }
        // The state follows the name, which stands in parentheses and may hold any character.
        let state = bytes[..<count].lastIndex(of: UInt8(ascii: ")")).map { bytes[min($0 + 2, bytes.count - 1)] }
        return state != UInt8(ascii: "Z") && state != UInt8(ascii: "X")
    }
}
