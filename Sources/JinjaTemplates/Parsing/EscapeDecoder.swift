/// Decodes the escapes in a text of a template, which are Python's.
struct EscapeDecoder {
    private var rest: ArraySlice<UInt8>
    /// The escape that could not be decoded.
    private(set) var fault = ""

    init(bytes: ArraySlice<UInt8>) { rest = bytes }

    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "'"): 0x27, UInt8(ascii: "\""): 0x22, UInt8(ascii: "a"): 7,
        UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
        UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11,
    ]
    private static let lengths: [UInt8: Int] = [UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8]

    mutating func decoded() -> String? {
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let letter = rest.popFirst() else {
                bytes.append(byte)
                continue
            }
            if let character = Self.simple[letter] {
                bytes.append(character)
            } else if letter == UInt8(ascii: "\n") {
                continue
            } else if let length = Self.lengths[letter] {
                guard let scalar = hexadecimal(length, letter) else { return nil }
                bytes += scalar.utf8
            } else if (0x30...0x37).contains(letter) {
                bytes += octal(letter).utf8
            } else if letter == UInt8(ascii: "N") {
                fault = "\\N"
                return nil
            } else {
                bytes += [byte, letter]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func hexadecimal(_ length: Int, _ letter: UInt8) -> Unicode.Scalar? {
        let digits = String(decoding: rest.prefix(length), as: UTF8.self)
        fault = "\\\(Character(Unicode.Scalar(letter)))\(digits)"
        guard digits.utf8.count == length, digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16)
        else { return nil }
        rest = rest.dropFirst(length)
        return Unicode.Scalar(value)
    }

    private mutating func octal(_ first: UInt8) -> Unicode.Scalar {
        var value = UInt32(first - 0x30)
        for _ in 0..<2 {
            guard let digit = rest.first, (0x30...0x37).contains(digit) else { break }
            value = value * 8 + UInt32(digit - 0x30)
            rest = rest.dropFirst()
        }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
}
