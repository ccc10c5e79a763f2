/// The members of a JSON object, each value as its source text. It serves objects whose keys are not known in advance,
/// and preserves values exactly that are only passed on to other programs.
package struct JSONMembers: Sendable {
    /// Each value's JSON text, by key.
    package private(set) var values: [String: String] = [:]

    /// Creates an object without members.
    package init() {}

    /// Reads the object in a file.
    ///
    /// - Throws: ``FileError`` if the file is missing or too large, or does not hold a JSON object.
    package init(file path: String, atMost limit: ReadingLimit = .description) throws(FileError) {
        try self.init(TextFile.bytes(path, atMost: limit), name: path, atMost: limit)
    }

    /// Reads an object from its text.
    ///
    /// - Parameter name: the text's name in errors, such as `pairs.jsonl, line 3`.
    /// - Throws: ``FileError`` if it is not valid JSON, has too many values, or is not an object.
    package init(_ text: [UInt8], name: String, atMost limit: ReadingLimit = .text) throws(FileError) {
        try text.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
            var members: [String: String] = [:]
            let kind = try JSONText.check(bytes, file: name, atMost: limit) { key, value in
                members[key] = String(decoding: bytes[value], as: UTF8.self)
            }
            guard kind == .object else {
                throw FileError(file: name, expected: "an object", found: kind.description)
            }
            values = members
        }
    }

    /// Creates the members of a value's encoding, which must be an object.
    package init(encoding value: some Encodable) {
        do {
            try self.init(JSONText.encode(value), name: "")
        } catch {
            preconditionFailure("\(value) is no object: \(error)")
        }
    }

    /// The JSON text of a value; nil if the key is missing.
    package subscript(key: String) -> String? { values[key] }

    /// The members whose keys satisfy a condition.
    package func filter(_ isKept: (String) -> Bool) -> JSONMembers {
        var result = JSONMembers()
        result.values = values.filter { isKept($0.key) }
        return result
    }

    /// These members merged with others, which win where both have a key.
    package func merging(_ others: JSONMembers) -> JSONMembers {
        var result = self
        result.values.merge(others.values) { $1 }
        return result
    }

    /// The object as JSON: one member per line, sorted by key.
    package var json: [UInt8] {
        let lines = values.sorted { $0.key < $1.key }.map { key, value in
            "  " + String(decoding: JSONText.encode(key, onOneLine: true), as: UTF8.self) + " : " + value
        }
        return Array(("{\n" + lines.joined(separator: ",\n") + "\n}\n").utf8)
    }
}
