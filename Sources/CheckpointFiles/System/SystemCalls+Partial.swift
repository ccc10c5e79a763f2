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
    static func empty(_ descriptor: Int32) throws(SystemError) {
        guard ftruncate(descriptor, 0) == 0 else { throw .last }
    }
}
