import LayerSkip

/// Texts in JSON Lines: each line that is not blank is an object with a string under one of some keys.
struct TextLines {
    /// The keys, of which the first one in a line is read.
    let keys: [String]
    /// The longest line.
    let limit: ReadingLimit
    /// A description of longer lines, for errors.
    let longerLine: String

    /// Reads the texts, line by line.
    ///
    /// - Parameter body: called with each text, and its name in errors.
    /// - Throws: if a line is not such an object, or there is too much text.
    func read(_ input: borrowing TextInput, _ body: (_ text: String, _ name: String) throws -> Void) throws {
        let lines = ByteLines(descriptor: input.descriptor, limit: limit.byteCount)
        var (number, bytesLeft) = (0, ReadingLimit.text.byteCount)
        while true {
            number += 1
            let name = "\(input.name), line \(number)"
            guard let line = try next(lines, name: name, file: input.name) else { return }
            bytesLeft -= line.count + 1
            guard bytesLeft >= 0 else {
                throw InputError(
                    name: input.name, expected: "at most \(ReadingLimit.text.byteCount) bytes of texts", found: "more")
            }
            // Only JSON's whitespace makes a blank line.
            if line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
            try body(text(JSONMembers(line, name: name, atMost: limit), name: name), name)
        }
    }

    private func next(_ lines: ByteLines, name: String, file: String) throws -> [UInt8]? {
        switch lines.next() {
        case .line(let line): return line
        case .end: return nil
        case .interrupted: throw InterruptedError()
        case .failed(let reason): throw InputError(name: file, expected: "a readable text", found: reason)
        case .tooLong:
            throw InputError(name: name, expected: "{\"\(keys[0])\": \"...\"}", found: longerLine)
        }
    }

    private func text(_ line: JSONMembers, name: String) throws -> String {
        guard let key = keys.first(where: { line[$0] != nil }) else {
            let names = keys.map(\.quoted).joined(separator: " or ")
            throw InputError(name: name, expected: "the key \(names)", found: line.summary)
        }
        return try line.text(key, name: name)
    }
}
