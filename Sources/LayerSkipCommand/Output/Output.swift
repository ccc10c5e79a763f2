import LayerSkip
import CLibc

/// Results go to standard output, everything else to standard error.
enum Output {
    /// Standard output cannot be written.
    enum Failure: Error, CustomStringConvertible {
        /// The reader has closed the pipe.
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

    /// Writes a result, unbuffered.
    static func write(_ text: String) throws(Failure) {
        switch send(text, to: STDOUT_FILENO) {
        case 0: return
        case EPIPE: throw .closed
        case let code: throw .failed(unsafe String(cString: strerror(code)))
        }
    }

    /// Writes a line that summarizes an output file, to standard error if that file is standard output. The file is the
    /// result, so failing to write this line is not an error.
    ///
    /// - Parameter path: the file's path.
    static func summarize(_ line: String, of path: String) {
        if StandardDescriptors.outputIs(path) { return note(line) }
        do {
            try write(line.harmless(limit: .max) + "\n")
        } catch .closed {
            // The reader has closed the output.
        } catch {
            note("note: \(error)")
        }
    }

    /// Writes a line for people. A failure to write it is ignored.
    static func note(_ text: String) {
        // The text may contain names from the command line and from files.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            String($0).harmless(limit: .max)
        }
        _ = send(lines.joined(separator: "\n") + "\n", to: STDERR_FILENO)
    }

    /// Writes text for people without ending the line.
    static func prompt(_ text: String) { _ = send(text, to: STDERR_FILENO) }

    /// Whether standard output is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    /// Whether standard error is a terminal.
    static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// The terminal's columns; nil if standard output is not a terminal, or one that cannot move its cursor.
    static var terminalWidth: Int? {
        var size = winsize()
        let status = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
        guard isTerminal, status == 0, size.ws_col > 0 else { return nil }
        guard let kind = unsafe getenv("TERM"), unsafe strcmp(kind, "dumb") != 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes all of a text. Returns 0 or the system's error number.
    private static func send(_ text: String, to descriptor: Int32) -> Int32 {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            switch writeSome(rest, to: descriptor) {
            case .success(let count): rest = rest.dropFirst(count)
            case .failure(let reason):
                if reason.number != EINTR { return reason.number }
            }
        }
        return 0
    }
}

/// A system error number.
private struct ErrorNumber: Error {
    let number: Int32
}

/// Writes some bytes and returns their number. Reads `errno` at once, before another call can change it.
private func writeSome(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Result<Int, ErrorNumber> {
    unsafe bytes.withUnsafeBytes { bytes in
        let count = unsafe write(descriptor, bytes.baseAddress, bytes.count)
        return count < 0 ? .failure(ErrorNumber(number: errno)) : .success(count)
    }
}
