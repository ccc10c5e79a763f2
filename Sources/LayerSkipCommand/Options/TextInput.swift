import FoundationEssentials
import LayerSkip

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file or standard input that could not be read as text.
struct InputError: Error, CustomStringConvertible {
    let name: String
    let expected: String
    let found: String

    var description: String { "\(name): expected \(expected), found \(found)" }
}

/// Text from files and from standard input.
enum TextInput {
    /// A file's text; "-" is standard input.
    static func read(_ path: String) throws -> String {
        let name = path == "-" ? "standard input" : path
        let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, let bytes = readToEnd(descriptor) else {
            if errno == EINTR { throw InterruptedError() }
            throw InputError(
                name: name, expected: "a readable text", found: unsafe String(cString: strerror(errno)).lowercased())
        }
        if descriptor != STDIN_FILENO { _ = close(descriptor) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InputError(name: name, expected: "text in UTF-8", found: "other bytes")
        }
        return text
    }
}

extension String {
    /// Without the line end that editors and `echo` put at the end.
    var withoutLineEnd: String { last?.isNewline == true ? String(dropLast()) : self }
}

/// Everything up to the end; nil, with `errno` set, where that cannot be read, or after Ctrl-C.
private func readToEnd(_ descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        if Interruption.isRequested {
            errno = EINTR
            return nil
        }
        let count = unsafe read(descriptor, &buffer, buffer.count)
        if count == 0 { return bytes }
        if count > 0 { bytes += buffer[..<count] } else if errno != EINTR { return nil }
    }
}

/// Prompts in JSON Lines: one object with a string `prompt` a line.
struct PromptFile {
    let prompts: [String]

    private struct Line: Decodable { let prompt: String }

    init(path: String) throws {
        // By bytes: a carriage return and a line feed together are one character, which is not "\n".
        let lines = try TextInput.read(path).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var prompts: [String] = []
        for (index, line) in lines.enumerated() where !Substring(line).allSatisfy(\.isWhitespace) {
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(line)) else {
                throw InputError(
                    name: "\(path), line \(index + 1)", expected: "{\"prompt\": \"...\"}",
                    found: String(Substring(line)).quoted)
            }
            prompts.append(line.prompt)
        }
        guard !prompts.isEmpty else { throw InputError(name: path, expected: "at least one prompt", found: "none") }
        self.prompts = prompts
    }

    func tokens(for model: TextModel) -> [[Token]] { prompts.map { model.tokenizer.encode($0) } }
}
