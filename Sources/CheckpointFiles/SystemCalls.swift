#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The operating system's calls that this target needs, so that only these files ask which C library there is.
///
/// Each returns nil or false on failure; ``lastError`` then says why.
enum SystemCalls {
    /// What the system says about the call that failed last on this thread.
    static var lastError: String { String(cString: strerror(errno)) }

    /// A file descriptor for reading; never waits, not even for a named pipe's writer.
    static func openForReading(_ path: String) -> Int32? {
        descriptor(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK))
    }

    /// A file descriptor for writing to a file that did not exist before; nil if there is one of that name.
    static func create(_ path: String) -> Int32? {
        descriptor(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666))
    }

    enum Kind { case file(byteCount: Int), directory, other }

    static func kind(of descriptor: Int32) -> Kind? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        return kind(status)
    }

    /// A read-only mapping of a file's first `byteCount` > 0 bytes.
    static func map(_ descriptor: Int32, byteCount: Int) -> UnsafeRawPointer? {
        guard let address = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            return nil
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
    static var processIdentifier: Int { Int(getpid()) }

    /// Writes all the bytes, however many calls that takes.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
            #if canImport(Darwin)
                let count = Darwin.write(descriptor, base, min(rest.count, 1 << 30))
            #elseif canImport(Glibc)
                let count = Glibc.write(descriptor, base, min(rest.count, 1 << 30))
            #elseif canImport(Musl)
                let count = Musl.write(descriptor, base, min(rest.count, 1 << 30))
            #endif
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Writes a few bytes over the first ones of a file.
    static func overwriteStart(_ bytes: UnsafeRawBufferPointer, of descriptor: Int32) -> Bool {
        pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count
    }

    /// Waits until the file's bytes are on the disk.
    static func synchronize(_ descriptor: Int32) -> Bool { fsync(descriptor) == 0 }

    /// Makes the names in a path's folder safe, such as one that was just given to the path's own file.
    ///
    /// Some file systems cannot, which is no failure.
    static func synchronizeFolder(of path: String) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard let folder = openForReading(folder) else { return }
        _ = synchronize(folder)
        closeDescriptor(folder)
    }

    /// A name in the same folder that nobody uses, for what is not complete yet.
    static func temporaryName(beside path: String) -> String {
        "\(path).\(processIdentifier)-\(UInt32.random(in: 0 ... .max)).partial"
    }

    /// Whether a name is one of those, and not another program's.
    static func isTemporary(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[parts.count - 1] == "partial" else { return false }
        let numbers = parts[parts.count - 2].split(separator: "-", omittingEmptySubsequences: false)
        return numbers.count == 2 && numbers.allSatisfy { UInt32($0) != nil }
    }

    static func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }

    /// Gives a file a new name in one step, replacing whatever had that name.
    static func renameFile(_ old: String, to new: String) -> Bool { rename(old, new) == 0 }

    /// Removes a file or a link; false for a folder.
    @discardableResult static func removeFile(_ path: String) -> Bool { unlink(path) == 0 }

    /// Makes an empty folder that did not exist before.
    static func createFolder(_ path: String) -> Bool { mkdir(path, 0o777) == 0 }

    /// Removes an empty folder.
    static func removeFolder(_ path: String) { _ = rmdir(path) }

    /// What a path leads to; nil if there is nothing, or it cannot be told.
    static func kind(of path: String) -> Kind? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return kind(status)
    }

    static func kind(_ status: stat) -> Kind {
        switch status.st_mode & S_IFMT {
        case S_IFREG: .file(byteCount: Int(status.st_size))
        case S_IFDIR: .directory
        default: .other
        }
    }

    private static func descriptor(_ result: Int32) -> Int32? { result < 0 ? nil : result }
}
