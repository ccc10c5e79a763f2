import LayerSkip

/// A file of prompts to answer: a text per line, or an object of JSON Lines per line.
struct PromptRecords {
    /// The prompts, and their names in errors.
    private(set) var all: [(record: PromptRecord, name: String)] = []
    /// Notes for people.
    private(set) var notes: [String] = []

    /// Reads the prompts.
    ///
    /// - Parameters:
    ///   - key: the key of the prompt in objects; nil for the usual ones.
    ///   - outputKey: the key that answers will have; nil if the records are not written again.
    ///   - longestPrompt: the most bytes of a prompt.
    /// - Throws: if a line is not a prompt, or there is none.
    init(_ input: borrowing TextInput, key: String?, outputKey: String?, longestPrompt: Int) throws {
        var isObjects = JSONLines.isName(of: input.name)
        var ids = RepeatedIDs()
        // A byte may be written as an escape of six bytes, and an object may have other keys.
        let lines = InputLines(
            limit: ReadingLimit(byteCount: min(6 * longestPrompt + (1 << 20), ReadingLimit.text.byteCount)),
            expected: "a prompt for the model's context", longerLine: "a longer line; shorten it")
        var found: [(record: PromptRecord, name: String)] = []
        try lines.read(input) { line, name in
            if found.isEmpty, !isObjects { isObjects = try Self.isObject(line, input.name) }
            let record = try Self.record(line, isObject: isObjects, name: name, key: key)
            if let outputKey { try record.check(name, outputKey: outputKey) }
            ids.add(record.id, on: name)
            found.append((record, name))
        }
        guard !found.isEmpty else {
            throw InputError(
                name: input.name, expected: "at least one prompt",
                found: "none; write a text per line, or {\"prompt\": \"...\"}")
        }
        all = found
        notes = ids.notes
    }

    /// Whether a file's first line is an object with a prompt.
    private static func isObject(_ line: [UInt8], _ file: String) throws -> Bool {
        let line = line.dropFirst(TextEncoding.markLength(line))
        if let kind = TextEncoding.otherKind(Array(line)) {
            let advice =
                kind.contains("gzip") ? "unpack it, such as with zcat FILE | layerskip ... --prompts -" : "convert it"
            throw InputError(name: file, expected: "lines of text in UTF-8", found: "\(kind); \(advice)")
        }
        // The lines of a list of records are no prompts.
        if file.lowercased().hasSuffix(".json") { return true }
        guard !file.lowercased().hasSuffix(".txt"), let members = try? JSONMembers(Array(line), name: file) else {
            return false
        }
        return !members.keys.isEmpty
    }

    private static func record(_ line: [UInt8], isObject: Bool, name: String, key: String?) throws -> PromptRecord {
        if isObject {
            if line.first == UInt8(ascii: "[") {
                throw InputError(
                    name: name, expected: "an object per line",
                    found: "a list; jq -c '.[]' FILE writes a list's objects as lines")
            }
            return try PromptRecord(json: line, name: name, key: key)
        }
        let bytes = Array(line.dropFirst(TextEncoding.markLength(line)))
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InputError(name: name, expected: "text in UTF-8", found: "other bytes; convert the file")
        }
        return PromptRecord(text: text)
    }
}
