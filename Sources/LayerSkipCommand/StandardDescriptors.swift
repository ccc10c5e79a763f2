#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard input, output and error, of which the program's starter may have closed any.
enum StandardDescriptors {
    /// Fills the places of closed ones, so that no file gets their numbers and what is meant for people does not land
    /// in it.
    ///
    /// Each is opened the wrong way round: using it is still the error that it would have been. Call it before any file
    /// is opened.
    static func reserve() {
        // A new descriptor gets the lowest number that is free.
        for (number, flags) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(number, F_GETFD) < 0 {
            _ = unsafe open("/dev/null", flags)
        }
    }

    /// Whether writing to a path is writing to standard output, as with `/dev/stdout`.
    static func outputIs(_ path: String) -> Bool {
        var output = stat()
        var file = stat()
        guard unsafe fstat(STDOUT_FILENO, &output) == 0, unsafe stat(path, &file) == 0 else { return false }
        return output.st_dev == file.st_dev && output.st_ino == file.st_ino
    }
}
