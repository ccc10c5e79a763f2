/// Parses JSON into values. Foundation's decoder takes seconds for a vocabulary of 250 thousand tokens; this takes a
/// fraction of one.
struct JSONParser {
    /// The place and kind of a syntax error.
    struct Fault: Error {
        let offset: Int
        let expected: String
    }

    /// The maximum depth of lists and objects; tokenizers have about ten.
    private static let deepest = 128

    private let bytes: [UInt8]
    private var place = 0
    private var depth = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Parses a complete JSON text.
    static func parse(_ bytes: [UInt8]) throws(Fault) -> JSONValue {
        var parser = JSONParser(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.place = 3 }
        let value = try parser.value()
        parser.skipSpace()
        guard parser.place == bytes.count else { throw parser.fault("the end of the file") }
        return value
    }

    private func fault(_ expected: String) -> Fault { Fault(offset: place, expected: expected) }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        place += 1
        return true
    }

    private mutating func value() throws(Fault) -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try nested { (parser) throws(Fault) in .object(try parser.members()) }
        case UInt8(ascii: "["): return try nested { (parser) throws(Fault) in .list(try parser.items()) }
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(Fault) -> JSONValue
    ) throws(Fault) -> JSONValue {
        guard depth < Self.deepest else { throw fault("at most \(Self.deepest) levels of lists and objects") }
        place += 1
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private mutating func members() throws(Fault) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        if take(UInt8(ascii: "}")) { return members }
        repeat {
            skipSpace()
            let key = try text()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon") }
            members.append(JSONValue.Member(key: key, value: try value()))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("a comma or the end of an object") }
        return members
    }

    private mutating func items() throws(Fault) -> [JSONValue] {
        var items: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return items }
        repeat { items.append(try value()) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("a comma or the end of a list") }
        return items
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(Fault) -> JSONValue {
        guard bytes[place...].starts(with: text.utf8) else { throw fault("a value") }
        place += text.utf8.count
        return value
    }

    private mutating func number() throws(Fault) -> Double {
        let start = place
        var whole: Int? = 0
        if next == UInt8(ascii: "-") {
            place += 1
            whole = nil
        }
        loop: while let byte = next {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if let known = whole { whole = place - start < 15 ? known * 10 + Int(byte - 0x30) : nil }
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
                whole = nil
            default: break loop
            }
            place += 1
        }
        if place > start, let whole { return Double(whole) }
        guard let value = Double(String(decoding: bytes[start..<place], as: UTF8.self)), value.isFinite else {
            place = start
            throw fault("a value")
        }
        return value
    }
}

extension JSONParser {
    private mutating func text() throws(Fault) -> String {
        guard next == UInt8(ascii: "\"") else { throw fault("a string") }
        place += 1
        let start = place
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { place += 1 }
        guard next != UInt8(ascii: "\"") else {
            defer { place += 1 }
            return try valid(bytes[start..<place])
        }
        var result = Array(bytes[start..<place])
        while true {
            guard let byte = next, byte >= 0x20 else { throw fault("the end of a string") }
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return try valid(result[...])
            case UInt8(ascii: "\\"): try appendEscape(to: &result)
            default: result.append(byte)
            }
        }
    }

    private func valid(_ bytes: ArraySlice<UInt8>) throws(Fault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw fault("valid UTF-8 in a string") }
        return text
    }

    private mutating func appendEscape(to result: inout [UInt8]) throws(Fault) {
        guard let byte = next else { throw fault("an escape") }
        place += 1
        switch byte {
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "u"):
            var unit = try hexadecimal()
            if (0xD800...0xDBFF).contains(unit) {
                guard next == UInt8(ascii: "\\") else { throw fault("the second half of a character") }
                place += 1
                guard next == UInt8(ascii: "u") else { throw fault("the second half of a character") }
                place += 1
                let second = try hexadecimal()
                guard (0xDC00...0xDFFF).contains(second) else { throw fault("the second half of a character") }
                unit = 0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw fault("a character") }
            result += String(scalar).utf8
        default:
            throw fault("an escape")
        }
    }

    private mutating func hexadecimal() throws(Fault) -> UInt32 {
        guard place + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits") }
        place += 4
        return unit
    }
}
