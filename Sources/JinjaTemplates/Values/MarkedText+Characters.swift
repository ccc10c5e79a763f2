/// Characters as Python sees them: Unicode scalars.
extension MarkedText {
    /// The number of characters.
    var count: Int {
        isASCII ? bytes.count : bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }

    /// The offset of each character, and the text's length.
    var offsets: [Int] {
        if isASCII { return Array(0...bytes.count) }
        return bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
    }

    /// The offset of the character with this number, which is at most the number of characters.
    func offset(ofCharacter number: Int) -> Int {
        if isASCII { return number }
        var (offset, left) = (0, number)
        while left > 0 {
            offset = end(ofCharacterAt: offset)
            left -= 1
        }
        return offset
    }

    /// The number of characters before an offset.
    func number(ofCharacterAt offset: Int) -> Int { isASCII ? offset : self[0..<offset].count }

    /// The offset after the character at an offset.
    func end(ofCharacterAt offset: Int) -> Int {
        var end = offset + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    /// The offset of the character that ends at an offset.
    func start(ofCharacterBefore offset: Int) -> Int {
        var start = offset - 1
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    /// The scalar at an offset.
    func scalar(at offset: Int) -> Unicode.Scalar { UTF8Bytes.scalar(at: offset, of: bytes) }

    /// The scalars with their marks, replaced by texts of any length.
    func replacing(_ replacement: (Unicode.Scalar, Int) -> String?) -> MarkedText {
        var result = MarkedText.empty
        result.isMarkup = isMarkup
        var (offset, kept) = (0, 0)
        while offset < bytes.count {
            let end = end(ofCharacterAt: offset)
            if let text = replacement(scalar(at: offset), offset) {
                result.append(self, kept..<offset)
                result.append(text, mark: mark(at: offset))
                kept = end
            }
            offset = end
        }
        result.append(self, kept..<bytes.count)
        return result
    }

    /// The scalars of the text.
    var scalars: [Unicode.Scalar] { Array(string.unicodeScalars) }
}

/// Valid UTF-8 in an array.
enum UTF8Bytes {
    static func scalar(at offset: Int, of bytes: [UInt8]) -> Unicode.Scalar {
        let lead = bytes[offset]
        guard lead >= 0x80 else { return Unicode.Scalar(lead) }
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        var value = UInt32(lead) & (0xFF >> UInt32(length + 1))
        for byte in bytes[(offset + 1)..<min(offset + length, bytes.count)] { value = value << 6 | UInt32(byte & 0x3F) }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
}

extension Unicode.Scalar {
    /// Whether Python's `str.isspace` says that it is white space.
    var isPythonSpace: Bool {
        switch value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Whether Python's `str.splitlines` ends a line here.
    var isPythonLineEnd: Bool {
        switch value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }
}
