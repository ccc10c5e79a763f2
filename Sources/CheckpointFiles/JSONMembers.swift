/// The members of a JSON object, each value as it is written: for objects whose keys are not known beforehand, and to
/// pass on what only other programs read, to the digit.
package struct JSONMembers: Sendable {
    /// The JSON of each value.
    package private(set) var values: [String: String] = [:]

    /// No members.
    package init() {}

    /// Reads the object in a file.
    ///
    /// - Throws: ``FileError`` if there is no such file, it is too large, or no JSON object.
    package init(file path: String, atMost limit: ReadingLimit = .description) throws(FileError) {
        try self.init(TextFile.bytes(path, atMost: limit), name: path, atMost: limit)
    }

    /// Reads an object from its text.
    ///
    /// - Parameter name: what errors call the text, such as `pairs.jsonl, line 3`.
    /// - Throws: ``FileError`` if it is no JSON, has too many values, or is no object.
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

    /// The members of what a value is encoded as, which must be an object.
    package init(encoding value: some Encodable) {
        do {
            try self.init(JSONText.encode(value), name: "")
        } catch {
            preconditionFailure("\(value) is no object: \(error)")
        }
    }

    /// The JSON of a value; nil where there is none.
    package subscript(key: String) -> String? { values[key] }

    /// The members that a condition holds for.
    package func filter(_ isKept: (String) -> Bool) -> JSONMembers {
        var result = JSONMembers()
        result.values = values.filter { isKept($0.key) }
        return result
    }

    /// These members and others, which count where both have one.
    package func merging(_ others: JSONMembers) -> JSONMembers {
        var result = self
        result.values.merge(others.values) { $1 }
        return result
    }

    /// The object, a member a line in the order of the keys.
    package var json: [UInt8] {
        let lines = values.sorted { $0.key < $1.key }.map { key, value in
            "  " + String(decoding: JSONText.encode(key, onOneLine: true), as: UTF8.self) + " : " + value
        }
        return Array(("{\n" + lines.joined(separator: ",\n") + "\n}\n").utf8)
    }
}
