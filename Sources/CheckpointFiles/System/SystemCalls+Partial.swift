import CLibc

extension SystemCalls {
    /// Opens or creates a file to read it and to append to it.
    static func openPartial(_ path: String) throws(SystemError) -> Int32 {
        try openOrCreate(path, O_RDWR | O_APPEND | O_NOFOLLOW)
    }

    /// Opens or creates a file whose contents do not matter.
    static func openToLock(_ path: String) throws(SystemError) -> Int32 { try openOrCreate(path, O_RDWR) }

    private static func openOrCreate(_ path: String, _ flags: Int32) throws(SystemError) -> Int32 {
        let descriptor = open(path, flags | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o666)
        guard descriptor >= 0 else { throw .last }
        return descriptor
    }

    /// Removes a file's bytes.
    static func empty(_ descriptor: Int32) throws(SystemError) { try truncate(descriptor, to: 0) }

    /// Removes a file's bytes from `length` on.
    static func truncate(_ descriptor: Int32, to length: Int) throws(SystemError) {
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw .last }
    }

    /// The number of a file's bytes; nil if it is no file.
    static func byteCount(of descriptor: Int32) -> Int? {
        guard case .file(let count)? = try? status(of: descriptor).kind else { return nil }
        return count
    }
}
