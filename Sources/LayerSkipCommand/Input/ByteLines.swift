import CLibc

/// The lines of a file or of standard input, read one at a time.
final class ByteLines {
    enum Next {
        /// A line without its end (LF or CR LF).
        case line([UInt8])
        /// A line longer than the limit.
        case tooLong
        /// A signal arrived before the end of a line.
        case interrupted
        /// Reading failed, for the system's reason.
        case failed(String)
        case end
    }

    private let descriptor: Int32
    private let limit: Int
    private var bytes: [UInt8] = []
    private var hasEnded = false

    /// - Parameter limit: the maximum number of bytes in a line.
    init(descriptor: Int32, limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
    }

    func next() -> Next {
        var searched = 0
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = bytes[..<end]
                bytes.removeFirst(end + 1)
                return .line(Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line))
            }
            searched = bytes.count
            if searched > limit { return .tooLong }
            if hasEnded {
                defer { bytes = [] }
                return bytes.isEmpty ? .end : .line(bytes)
            }
            if let problem = readMore() { return problem }
        }
    }

    private func readMore() -> Next? {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
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
