#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard input, a line at a time, so that Ctrl-C is noticed while it waits.
///
/// `readLine` would go on waiting, and would take a closed input for an empty one.
final class LineReader {
    enum Next: Equatable {
        /// A line without the spaces around it.
        case line(String)
        /// A line that is not UTF-8.
        case notText
        /// A signal came first.
        case interrupted
        /// The system's reason why nothing can be read.
        case failed(String)
        case end
    }

    /// Whether a person types the lines.
    let isTerminal: Bool
    private let descriptor: Int32
    private var bytes: [UInt8] = []
    private var hasEnded = false

    init(descriptor: Int32 = STDIN_FILENO) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    func next() -> Next {
        var searched = 0
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { bytes.removeFirst(end + 1) }
                return line(bytes[..<end])
            }
            searched = bytes.count
            if hasEnded {
                defer { bytes = [] }
                return bytes.isEmpty ? .end : line(bytes[...])
            }
            if let problem = readMore() { return problem }
        }
    }

    private func line(_ bytes: ArraySlice<UInt8>) -> Next {
        guard let text = String(validating: bytes, as: UTF8.self) else { return .notText }
        let start = text.drop(while: \.isWhitespace)
        return .line(String(start.reversed().drop(while: \.isWhitespace).reversed()))
    }

    private func readMore() -> Next? {
        var buffer = [UInt8](repeating: 0, count: 1 << 12)
        let count = unsafe read(descriptor, &buffer, buffer.count)
        guard count >= 0 else {
            if errno == EINTR { return .interrupted }
            return .failed(unsafe String(cString: strerror(errno)))
        }
        hasEnded = count == 0
        bytes += buffer[..<count]
        return nil
    }
}
