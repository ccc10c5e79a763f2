package import CheckpointFiles

/// A prompt in a file of prompts: a line of text, or an object of JSON Lines whose other keys the answer repeats.
package struct PromptRecord: Sendable {
    /// What is asked.
    package enum Content: Sendable {
        case text(String)
        case conversation(ChatRecord)
    }

    /// What is asked.
    package let content: Content
    /// The value of the key `id` or `task_id`, as JSON; nil if there is none.
    package let id: String?
    /// The beginning of the answer's line: the record's object without its closing brace.
    let head: [UInt8]

    /// The keys that may have the prompt; the first one in a record is read.
    package static let keys = ["messages", "prompt", "question"]

    /// Creates a record from a line of text.
    package init(text: String) {
        content = .text(text)
        id = nil
        head = Array(#"{"prompt": "#.utf8) + JSONText.encode(text, onOneLine: true)
    }

    /// Creates a record from an object.
    ///
    /// - Parameters:
    ///   - line: the object's JSON, on one line.
    ///   - name: the line's name in errors, such as `prompts.jsonl, line 3`.
    ///   - key: the key of the prompt; nil for the first one of ``keys``.
    /// - Throws: ``FileError`` if it is not an object with a prompt: a string, or a list of messages.
    package init(json line: [UInt8], name: String, key: String?) throws(FileError) {
        let members = try JSONMembers(line, name: name)
        guard let key = (key.map { [$0] } ?? Self.keys).first(where: { members[$0] != nil }) else {
            let names = (key.map { [$0] } ?? Self.keys).map(\.quoted).joined(separator: " or ")
            throw FileError(
                file: name, expected: "the key \(names)",
                found: members.summary + (key == nil ? "; --prompt-key names another key" : ""))
        }
        let value = members[key] ?? ""
        if key == "messages" || value.hasPrefix("[") {
            content = .conversation(try ChatRecord(json: line, name: name, messagesKey: key, atMost: .text))
        } else {
            content = .text(try members.text(key, name: name))
        }
        id = members["task_id"] ?? members["id"]
        head = Self.head(of: line)
    }

    /// Throws if a key that the answer adds is already in the record.
    ///
    /// - Parameters:
    ///   - name: the record's name in errors.
    ///   - outputKey: the key of the answer.
    package func check(_ name: String, outputKey: String) throws(FileError) {
        let members = try JSONMembers(head + [UInt8(ascii: "}")], name: name)
        for key in [outputKey, AnswerLine.detailsKey] where members[key] != nil {
            throw FileError(
                file: name, expected: "no key \(key.quoted), which the answer adds",
                found: "one; " + (key == outputKey ? "--output-key names another key for the answer" : "rename it"))
        }
    }

    private static func head(of line: [UInt8]) -> [UInt8] {
        let start = TextEncoding.markLength(line)
        let end = line.lastIndex(of: UInt8(ascii: "}")) ?? line.endIndex
        return Array(line[start..<end].reversed().drop { [0x20, 0x09].contains($0) }.reversed())
    }
}
