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
        let lines = InputLines(limit: limit, expected: "{\"\(keys[0])\": \"...\"}", longerLine: longerLine)
        try lines.read(input) { line, name in
            try body(text(JSONMembers(line, name: name, atMost: limit), name: name), name)
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
