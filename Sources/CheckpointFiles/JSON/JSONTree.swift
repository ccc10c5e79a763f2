/// A JSON value whose objects keep the order of their members.
package enum JSONTree: Sendable {
    case null
    case bool(Bool)
    /// A number, as it is written.
    case number(String)
    case text(String)
    case list([JSONTree])
    case object([(key: String, value: JSONTree)])

    /// Reads a value from its text.
    ///
    /// - Parameter name: the text's name in errors, such as `chats.jsonl, line 3`.
    /// - Throws: ``FileError`` if it is not valid JSON, or has too many values.
    package init(_ text: [UInt8], name: String, atMost limit: ReadingLimit) throws(FileError) {
        self = try text.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
            try JSONText.check(bytes, file: name, atMost: limit)
            var reader = JSONTreeReader(bytes)
            return reader.value()
        }
    }
}

/// Builds the tree of a text that has been checked, so that nothing in it can be wrong.
private struct JSONTreeReader {
    private var scanner: JSONScanner

    init(_ bytes: UnsafeRawBufferPointer) {
        scanner = JSONScanner(bytes, valueLimit: .max)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { scanner.offset = 3 }
    }

    mutating func value() -> JSONTree {
        scanner.skipSpace()
        switch scanner.bytes[scanner.offset] {
        case UInt8(ascii: "{"): return .object(object())
        case UInt8(ascii: "["): return .list(list())
        case UInt8(ascii: "\""): return .text(text())
        default:
            let word = word()
            switch word {
            case "true": return .bool(true)
            case "false": return .bool(false)
            case "null": return .null
            default: return .number(word)
            }
        }
    }

    private mutating func object() -> [(key: String, value: JSONTree)] {
        var members: [(key: String, value: JSONTree)] = []
        while next(before: UInt8(ascii: "}")) {
            let key = text()
            scanner.skipSpace()
            scanner.offset += 1
            members.append((key, value()))
        }
        return members
    }

    private mutating func list() -> [JSONTree] {
        var values: [JSONTree] = []
        while next(before: UInt8(ascii: "]")) { values.append(value()) }
        return values
    }

    /// Skips an opening bracket or a comma, and whitespace. Returns false, after the end, if that follows.
    private mutating func next(before end: UInt8) -> Bool {
        scanner.skipSpace()
        if scanner.bytes[scanner.offset] != end { scanner.offset += 1 }
        scanner.skipSpace()
        guard scanner.bytes[scanner.offset] == end else { return true }
        scanner.offset += 1
        return false
    }

    private mutating func text() -> String {
        guard let range = try? scanner.string().range else { preconditionFailure("unchecked JSON") }
        let end = scanner.offset
        defer { scanner.offset = end }
        return scanner.text(range)
    }

    private mutating func word() -> String {
        let start = scanner.offset
        while scanner.offset < scanner.bytes.count, !"]},: \t\r\n".utf8.contains(scanner.bytes[scanner.offset]) {
            scanner.offset += 1
        }
        return String(decoding: scanner.bytes[start..<scanner.offset], as: UTF8.self)
    }
}
