import CLibc

/// Standard input, output and error, any of which the parent process may have closed.
enum StandardDescriptors {
    /// Opens `/dev/null` for closed ones, so that no file gets their numbers and receives messages.
    ///
    /// Each is opened in the wrong direction, so using it is still an error. Call this before opening any file.
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
