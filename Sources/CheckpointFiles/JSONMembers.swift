/// The members of a JSON object, each value as it is written: to pass on what only other programs read, to the digit.
package struct JSONMembers: Sendable {
    /// The text of each value.
    package private(set) var values: [String: String] = [:]

    /// No members.
    package init() {}

    /// Reads the members of the object in a file.
    ///
    /// - Throws: ``CheckpointError`` if there is no such file, or no JSON object in it.
    package init(file path: String) throws(CheckpointError) {
        let known: [String: Anything] = try JSONText.read(path)
        self.init(object: try TextFile.bytes(path))
        guard Set(known.keys) == Set(values.keys) else {
            throw CheckpointError(file: path, expected: "JSON in UTF-8", found: "another encoding")
        }
    }

    /// The members of what a value is encoded as, which must be an object.
    package init(encoding value: some Encodable) { self.init(object: JSONText.encode(value)) }

    /// Splits an object that is known to be valid JSON.
    private init(object: [UInt8]) {
        var depth = 0
        var isText = false
        var isEscaped = false
        var start = 0
        var key: String?
        for (place, byte) in object.enumerated() {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else {
                    isText = byte != UInt8(ascii: "\"")
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth == 1 { start = place + 1 }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0, let key { values[key] = Self.trimmed(object[start..<place]) }
            case UInt8(ascii: ":") where depth == 1:
                key = JSONText.decode(line: Array(object[start..<place]))
                start = place + 1
            case UInt8(ascii: ",") where depth == 1:
                if let key { values[key] = Self.trimmed(object[start..<place]) }
                key = nil
                start = place + 1
            default: break
            }
        }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> String {
        func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return String(decoding: text, as: UTF8.self)
    }

    /// The text of a value; nil where there is none.
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

    private struct Anything: Decodable {
        init(from decoder: any Decoder) {}
    }
}
