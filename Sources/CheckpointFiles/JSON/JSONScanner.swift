/// Checks that bytes are valid JSON (RFC 8259), in one pass and without building values.
///
/// Foundation's decoder does not report where text is wrong, accepts trailing commas, and takes the first of two equal
/// keys. It also needs 25 times a file's size in memory before it can refuse it. So this checks its input first.
struct JSONScanner {
    let bytes: UnsafeRawBufferPointer
    /// The maximum number of values.
    let valueLimit: Int
    /// Whether keys may differ only in their Unicode form, such as é as one code point or two. Readers whose
    /// dictionaries have Swift strings as keys would merge such keys.
    var allowsEquivalentKeys = true
    /// Called for each number with its byte range and its place.
    var onNumber: ((Range<Int>, String) -> Void)?
    /// Called for each member of the outermost object, with the range between its key's quotation marks and its value's
    /// range.
    var onMember: ((_ key: Range<Int>, _ value: Range<Int>) -> Void)?
    var offset = 0
    private(set) var valueCount = 0
    private var depth = 0
    private var path: [Step] = []
    /// Hashes and ranges of the keys of all open objects.
    private(set) var keys: [(hash: UInt64, range: Range<Int>)] = []

    private enum Step { case key(Range<Int>), index(Int) }

    init(_ bytes: UnsafeRawBufferPointer, valueLimit: Int) {
        self.bytes = bytes
        self.valueLimit = valueLimit
    }

    /// Scans the whole text.
    ///
    /// - Returns: the kind of its value.
    @discardableResult mutating func scan() throws(JSONFault) -> JSONKind {
        try checkEncoding()
        skipSpace()
        let first = peek
        try value()
        skipSpace()
        if offset < bytes.count { throw fault("the end", whatFollows) }
        return JSONKind(firstByte: first)
    }

    private mutating func value() throws(JSONFault) {
        skipSpace()
        valueCount += 1
        guard valueCount <= valueLimit else { throw fault("at most \(valueLimit) values", "more") }
        switch peek {
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "["): try list()
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "-"): try number()
        case let byte? where isDigit(byte): try number()
        default:
            guard take("true") || take("false") || take("null") else { throw fault("a value", whatFollows) }
        }
    }

    private mutating func object() throws(JSONFault) {
        try enter()
        let firstKey = keys.count
        while !take("}") {
            if keys.count > firstKey { try expect(",", "\",\" or \"}\"") }
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw fault("a key in quotation marks", whatFollows) }
            let key = try string()
            keys.append(key)
            skipSpace()
            try expect(":", "\":\"")
            path.append(.key(key.range))
            skipSpace()
            let start = offset
            try value()
            if depth == 1, let onMember { onMember(key.range, start..<offset) }
            path.removeLast()
            skipSpace()
        }
        try checkKeys(from: firstKey)
        keys.removeSubrange(firstKey...)
        depth -= 1
    }

    private mutating func list() throws(JSONFault) {
        try enter()
        var count = 0
        while !take("]") {
            if count > 0 { try expect(",", "\",\" or \"]\"") }
            path.append(.index(count))
            try value()
            path.removeLast()
            count += 1
            skipSpace()
        }
        depth -= 1
    }

    /// Enters an object or list: skips the opening bracket and the whitespace after it.
    private mutating func enter() throws(JSONFault) {
        depth += 1
        guard depth <= ReadingLimit.jsonDepth else {
            throw fault("objects and lists at most \(ReadingLimit.jsonDepth) deep", "deeper ones")
        }
        offset += 1
        skipSpace()
    }

    private mutating func number() throws(JSONFault) {
        let start = offset
        _ = take("-")
        guard let first = peek, isDigit(first) else {
            offset = start
            throw fault("a number", whatFollows)
        }
        if !take("0") { skipDigits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            try digits()
        }
        if let next = peek, isDigit(next) {
            offset = start
            throw fault("a number without leading zeros", whatFollows)
        }
        if let onNumber { onNumber(start..<offset, place) }
    }

    private mutating func digits() throws(JSONFault) {
        guard let first = peek, isDigit(first) else { throw fault("a digit", whatFollows) }
        skipDigits()
    }

    private mutating func skipDigits() { while let byte = peek, isDigit(byte) { offset += 1 } }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Throws if an object has two equal keys, since readers differ in which one they take.
    private func checkKeys(from first: Int) throws(JSONFault) {
        guard keys.count > first + 1 else { return }
        let sorted = keys[first...].sorted { ($0.hash, $0.range.lowerBound) < ($1.hash, $1.range.lowerBound) }
        for (one, other) in zip(sorted, sorted.dropFirst()) where one.hash == other.hash {
            let key = String(decoding: bytes[other.range], as: UTF8.self)
            throw fault(at: other.range.lowerBound, "each key once", "\(key.quoted) again")
        }
        if !allowsEquivalentKeys { try checkForms(from: first) }
    }

    /// The keys and indices that lead to the current value.
    var place: String {
        path.reduce(into: "") { text, step in
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let range): text += (text.isEmpty ? "" : ".") + String(decoding: bytes[range], as: UTF8.self)
            }
        }
    }
}
