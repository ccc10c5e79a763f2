/// Reads JSON (RFC 8259) strictly, and says what is wrong where it is none. Foundation's decoder says only where.
struct JSONScanner {
    /// A value, of which only texts and the keys of objects are kept.
    enum Value: Sendable {
        case text(String)
        case object([(key: String, value: Value)])
        case list, number, boolean, null

        /// In words, with an article.
        var kind: String {
            switch self {
            case .text: "a string"
            case .object: "an object"
            case .list: "a list"
            case .number: "a number"
            case .boolean: "true or false"
            case .null: "null"
            }
        }
    }

    /// What is wrong.
    struct Problem: Error {
        /// The key of the outermost object at whose value the problem is; empty where it is at none.
        var key = ""
        /// What was found, such as `NaN, which is no JSON`.
        let found: String
    }

    let bytes: [UInt8]
    var place = 0
    private var depth = 0
    private static let deepest = 256

    /// The value that bytes in UTF-8 are.
    static func value(_ bytes: [UInt8]) throws(Problem) -> Value {
        var scanner = JSONScanner(bytes: bytes)
        let value = try scanner.value()
        guard scanner.next() == nil else {
            throw Problem(found: "more after it: \(scanner.rest.quoted)")
        }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func value() throws(Problem) -> Value {
        guard let first = next() else {
            throw Problem(found: depth > 0 ? "the line's end within a value" : "nothing")
        }
        switch first {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "{"): return .object(try nested { (scanner) throws(Problem) in try scanner.members() })
        case UInt8(ascii: "["):
            try nested { (scanner) throws(Problem) in try scanner.elements() }
            return .list
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number()
            return .number
        default: return try word()
        }
    }

    private mutating func nested<Result>(
        _ body: (inout JSONScanner) throws(Problem) -> Result
    ) throws(Problem) -> Result {
        guard depth < Self.deepest else { throw Problem(found: "more than \(Self.deepest) levels") }
        depth += 1
        place += 1
        let result = try body(&self)
        depth -= 1
        return result
    }

    private mutating func members() throws(Problem) -> [(key: String, value: Value)] {
        var members: [(key: String, value: Value)] = []
        let isOutermost = depth == 1
        if take("}") { return members }
        while true {
            guard next() == UInt8(ascii: "\"") else {
                throw unexpected("a key in double quotes", after: members.isEmpty)
            }
            let key = try string()
            guard take(":") else { throw unexpected("a colon after the key \(key.quoted)") }
            do {
                members.append((key, try value()))
            } catch {
                throw Problem(key: isOutermost ? key : error.key, found: error.found)
            }
            if take("}") { return members }
            guard take(",") else { throw unexpected("a comma or }") }
        }
    }

    private mutating func elements() throws(Problem) {
        if take("]") { return }
        while true {
            if next() == UInt8(ascii: "]") { throw Problem(found: "a comma before ]") }
            _ = try value()
            if take("]") { return }
            guard take(",") else { throw unexpected("a comma or ]") }
        }
    }

    /// The next byte that is no white space, which stays.
    mutating func next() -> UInt8? {
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
        return place < bytes.count ? bytes[place] : nil
    }

    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard next() == UInt8(ascii: sign) else { return false }
        place += 1
        return true
    }

    var rest: String { String(decoding: bytes[place...], as: UTF8.self) }

    func text(from start: Int, count: Int) -> String {
        String(decoding: bytes[start..<min(start + count, bytes.count)], as: UTF8.self)
    }

    mutating func unexpected(_ due: String, after isFirst: Bool = true) -> Problem {
        switch next() {
        case nil: Problem(found: "the line's end, where \(due) is due")
        case UInt8(ascii: "}") where !isFirst: Problem(found: "a comma before }")
        default: Problem(found: "\(rest.quoted), where \(due) is due")
        }
    }
}
