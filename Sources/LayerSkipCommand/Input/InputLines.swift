import LayerSkip

/// The lines of an input that are not blank, read one at a time.
struct InputLines {
    /// The longest line.
    let limit: ReadingLimit
    /// What a line should be, and a description of longer ones, for errors.
    let expected: String
    let longerLine: String

    /// Reads the lines.
    ///
    /// - Parameter body: called with each line without its end, and its name in errors.
    /// - Throws: if a line is too long, or there is too much text.
    func read(_ input: borrowing TextInput, _ body: (_ line: [UInt8], _ name: String) throws -> Void) throws {
        let lines = ByteLines(descriptor: input.descriptor, limit: limit.byteCount)
        var (number, bytesLeft) = (0, ReadingLimit.text.byteCount)
        while true {
            number += 1
            let name = "\(input.name), line \(number)"
            guard let line = try next(lines, name: name, file: input.name) else { return }
            bytesLeft -= line.count + 1
            guard bytesLeft >= 0 else {
                throw InputError(
                    name: input.name, expected: "at most \(ReadingLimit.text.byteCount) bytes of texts",
                    found: "more; split the file")
            }
            // Only JSON's whitespace makes a blank line.
            if line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
            try body(line, name)
        }
    }

    private func next(_ lines: ByteLines, name: String, file: String) throws -> [UInt8]? {
        switch lines.next() {
        case .line(let line): return line
        case .end: return nil
        case .interrupted: throw InterruptedError()
        case .failed(let reason): throw InputError(name: file, expected: "a readable text", found: reason)
        case .tooLong: throw InputError(name: name, expected: expected, found: longerLine)
        }
    }
}
