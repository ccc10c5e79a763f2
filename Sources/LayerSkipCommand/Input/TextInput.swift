import LayerSkip
import CLibc

/// A text in a file or on standard input. It is opened first and read later, so that a missing file is reported before
/// a model is loaded.
struct TextInput: ~Copyable {
    /// The name that errors use.
    let name: String
    let descriptor: Int32

    /// Opens a file; "-" is standard input.
    init(_ path: String) throws {
        name = Self.name(of: path)
        descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw Self.failure(name) }
    }

    /// The name that errors use for a path; "-" is standard input.
    static func name(of path: String) -> String { path == "-" ? "standard input" : path }

    /// Whether there is something at a path, even if it cannot be read.
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 || errno != ENOENT }

    deinit {
        if descriptor > STDIN_FILENO { _ = close(descriptor) }
    }

    /// Reads the whole text; returns nil if it has more bytes than the limit.
    ///
    /// - Parameter keepsMark: whether a byte order mark is part of the text.
    func text(atMost limit: Int, keepsMark: Bool = false) throws -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            if Interruption.isRequested { throw InterruptedError() }
            let count = readSome(descriptor, into: &buffer)
            if count == 0 { break }
            if count < 0, errno != EINTR { throw Self.failure(name) }
            if bytes.count + buffer.count > max(bytes.capacity, 1 << 20) {
                try MemoryBudget.check(4 * bytes.count, for: name)
            }
            bytes += buffer[..<max(0, count)]
            if bytes.count > limit { return nil }
        }
        let text = bytes.dropFirst(keepsMark ? 0 : TextEncoding.markLength(bytes))
        guard let text = String(validating: text, as: UTF8.self) else {
            throw InputError(
                name: name, expected: "text in UTF-8", found: TextEncoding.otherKind(bytes) ?? "other bytes")
        }
        return text
    }

    /// Reads a prompt for a model, without its last line end.
    func prompt(for model: TextModel) throws -> String {
        let limit = model.longestPrompt
        // Two bytes more, for a line end that is not part of the prompt.
        let text = try text(atMost: limit + 2)?.withoutLineEnd
        try inText(name) { try model.checkPrompt(byteCount: text?.utf8.count ?? limit + 1) }
        return text ?? ""
    }

    /// Reads a file's text; "-" is standard input.
    static func read(_ path: String, atMost limit: ReadingLimit, keepsMark: Bool = false) throws -> String {
        let input = try TextInput(path)
        guard let text = try input.text(atMost: limit.byteCount, keepsMark: keepsMark) else {
            throw InputError(name: input.name, expected: "at most \(limit.byteCount) bytes of text", found: "more")
        }
        // The memory that tokenizing needs.
        try MemoryBudget.check(12 * text.utf8.count, for: input.name)
        return text
    }

    private static func failure(_ name: String) -> any Error {
        if errno == EINTR { return InterruptedError() }
        return InputError(
            name: name, expected: "a readable text", found: unsafe String(cString: strerror(errno)).lowercased())
    }
}

extension String {
    /// Without the line feed, or carriage return and line feed, that editors and `echo` put at the end.
    var withoutLineEnd: String {
        // "\r\n" is one character.
        last == "\n" || last == "\r\n" ? String(dropLast()) : self
    }
}

/// Reads some bytes. Returns their number, 0 at the end, or a negative number after a failure, with `errno` set.
private func readSome(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
    unsafe read(descriptor, &buffer, buffer.count)
}
