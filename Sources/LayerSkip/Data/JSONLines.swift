package import CheckpointFiles

/// Checks that reject JSON Lines where prose is expected.
package enum JSONLines {
    /// The keys of a prompt with an answer.
    static let keys = ["prompt", "answer", "completion"]
    /// The key of a conversation.
    static let messages = "messages"

    /// Rejects JSON Lines if prose is expected. Their keys and braces would be learned or measured like words.
    ///
    /// A text is JSON Lines if each of its first two lines is an object, or if its only line is one with a prompt.
    /// - Throws: ``FileError`` with the keys that were found.
    package static func refuse(_ text: [UInt8], file: String) throws(FileError) {
        guard let first = text.first(where: { !isSpace($0) }), first == UInt8(ascii: "{") else { return }
        let lines = firstLines(of: text, 2)
        let objects = lines.compactMap { try? JSONMembers(Array($0), name: file) }
        guard let object = objects.first, objects.count == lines.count,
            lines.count == 2 || ["prompt", messages, "conversations"].contains(where: object.keys.contains)
        else { return }
        // A text of a divided file has a number after the name.
        let isCompressed = file.lowercased().hasSuffix(".gz") || file.lowercased().contains(".gz, text ")
        let name = isCompressed ? ".jsonl.gz" : ".jsonl"
        let advice =
            switch RecordForm(recordWith: object.keys)?.kind {
            case .pair, .instruction: " (to learn answers only, rename it to \(name))"
            case .messages: " (to learn conversations, rename it to \(name))"
            case .text: " (to learn its texts, rename it to \(name))"
            case nil: RecordForm.advice + " in a file named \(name)"
            }
        throw FileError(
            file: file, expected: "prose", found: "JSON Lines with \(object.summary)\(advice)")
    }

    /// Whether a file is JSON Lines according to its name.
    package static func isName(of path: String) -> Bool { CorpusFileKind(path: path) == .lines }

    /// Rejects a file that is JSON Lines according to its name, if prose is expected.
    package static func refuse(path: String) throws(FileError) {
        guard isName(of: path) else { return }
        throw FileError(
            file: path, expected: "prose",
            found: "a file of JSON Lines by its name (write its texts to a .txt file)")
    }

    /// Returns the first lines that are not blank.
    private static func firstLines(of text: [UInt8], _ count: Int) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = text[...]
        while lines.count < count, let start = rest.firstIndex(where: { !isSpace($0) }) {
            let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            lines.append(rest[start..<end])
            rest = rest[end...]
        }
        return lines
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
