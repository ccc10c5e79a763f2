#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Results go to standard output, everything else to standard error.
enum Output {
    /// Standard output cannot be written.
    enum Failure: Error, CustomStringConvertible {
        /// Its reader is gone.
        case closed
        /// Anything else, such as a full disk.
        case failed(String)

        var description: String {
            switch self {
            case .closed: "standard output: expected a reader, found a closed pipe"
            case .failed(let reason): "standard output: expected to write, found: \(reason)"
            }
        }
    }

    /// Writes a result at once.
    static func write(_ text: String) throws(Failure) {
        switch send(text, to: STDOUT_FILENO) {
        case 0: return
        case EPIPE: throw .closed
        case let code: throw .failed(unsafe String(cString: strerror(code)))
        }
    }

    /// Writes a line for people; that it cannot be written is nobody's concern.
    static func note(_ line: String) { _ = send(line + "\n", to: STDERR_FILENO) }

    /// Writes text for people without ending the line.
    static func prompt(_ text: String) { _ = send(text, to: STDERR_FILENO) }

    /// Whether standard output is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    /// Whether standard error is a terminal.
    static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns of the terminal that standard output is; nil where it is none, or one that cannot move its cursor.
    static var terminalWidth: Int? {
        var size = winsize()
        let status = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
        guard isTerminal, status == 0, size.ws_col > 0 else { return nil }
        guard let kind = unsafe getenv("TERM"), unsafe strcmp(kind, "dumb") != 0 else { return nil }
        return Int(size.ws_col)
    }

    /// 0, or the system's error number.
    private static func send(_ text: String, to descriptor: Int32) -> Int32 {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = writeSome(rest, to: descriptor)
            if count < 0, errno != EINTR { return errno }
            rest = rest.dropFirst(max(0, count))
        }
        return 0
    }
}

/// How many bytes the system took; negative, with `errno` set, where it took none.
private func writeSome(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int {
    unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
}
