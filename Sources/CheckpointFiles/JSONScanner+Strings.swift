// Strings of JSON, with their escapes.

extension JSONScanner {
    /// A string, from its opening quotation mark on.
    mutating func string() throws(Problem) -> String {
        place += 1
        var text: [UInt8] = []
        var start = place
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                text += bytes[start..<place]
                place += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text += bytes[start..<place]
                text += try escape().utf8
                start = place
            case 0..<0x20:
                throw Problem(
                    found: "a control character in a string (byte \(place)), where an escape such as \\n is due")
            default: place += 1
            }
        }
        throw Problem(found: "the line's end within a string")
    }

    /// What an escape stands for, from its backslash on.
    private mutating func escape() throws(Problem) -> String {
        let start = place
        place += 2
        guard start + 1 < bytes.count else { throw Problem(found: "the line's end within a string") }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return String(decoding: [bytes[start + 1]], as: UTF8.self)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return String(Character(try scalar(from: start)))
        default: throw Problem(found: "\(text(from: start, count: 2).quoted), which is no escape of JSON")
        }
    }

    /// The character of an escape `\uXXXX`, or of two that are a surrogate pair.
    private mutating func scalar(from start: Int) throws(Problem) -> Unicode.Scalar {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        if unit < 0xDC00, place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
            bytes[place + 1] == UInt8(ascii: "u")
        {
            place += 2
            let low = try codeUnit()
            if 0xDC00...0xDFFF ~= low, let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) {
                return scalar
            }
        }
        throw Problem(found: "the lone surrogate \(text(from: start, count: 6)), which is half of a character")
    }

    private mutating func codeUnit() throws(Problem) -> UInt32 {
        let digits = text(from: place, count: 4)
        guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt32(digits, radix: 16) else {
            throw Problem(found: "\(("\\u" + digits).quoted), where four hexadecimal digits are due")
        }
        place += 4
        return unit
    }
}
