import CLibc

/// A reader of lines from standard input that notices Ctrl-C while it waits.
///
/// `readLine` would keep waiting, and would treat a closed input as an empty one.
final class LineReader {
    enum Next: Equatable {
        /// A line without its end.
        case line(String)
        /// A line that is not UTF-8.
        case notText
        /// A line longer than the limit.
        case tooLong
        /// A signal arrived before the end of a line.
        case interrupted
        /// Reading failed, for the system's reason.
        case failed(String)
        case end
    }

    /// Whether a person types the lines.
    let isTerminal: Bool
    private let lines: ByteLines

    /// - Parameter limit: the maximum number of bytes in a line.
    init(descriptor: Int32 = STDIN_FILENO, limit: Int) {
        lines = ByteLines(descriptor: descriptor, limit: limit)
        isTerminal = isatty(descriptor) == 1
    }

    func next() -> Next {
        switch lines.next() {
        case .line(let bytes): String(validating: bytes, as: UTF8.self).map { .line($0) } ?? .notText
        case .tooLong: .tooLong
        case .interrupted: .interrupted
        case .failed(let reason): .failed(reason)
        case .end: .end
        }
    }
}
