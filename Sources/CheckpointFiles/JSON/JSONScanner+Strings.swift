import TensorCore

extension JSONScanner {
    /// Skips a string, including its opening quotation mark.
    ///
    /// - Returns: the range between the quotation marks, and a hash of the decoded text.
    mutating func string() throws(JSONFault) -> (hash: UInt64, range: Range<Int>) {
        offset += 1
        let start = offset
        var hash = FowlerNollVo()
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return (hash.value, start..<offset - 1)
            case UInt8(ascii: "\\"): try hash.add(escape())
            case ..<0x20: throw fault("no control character in a string", "0x" + String(byte, radix: 16))
            case ..<0x80:
                hash.add(byte)
                offset += 1
            default: try hash.add(multibyte())
            }
        }
        throw fault("the end of the string that begins at byte \(start - 1)", "the end of the text")
    }

    /// Decodes a string that has been skipped.
    ///
    /// - Parameter range: the range between its quotation marks.
    mutating func text(_ range: Range<Int>) -> String {
        let backslash = UInt8(ascii: "\\")
        guard bytes[range].contains(backslash) else { return String(decoding: bytes[range], as: UTF8.self) }
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        offset = range.lowerBound
        while offset < range.upperBound {
            if bytes[offset] == backslash, let scalar = try? escape() {
                text += scalar.utf8
            } else {
                text.append(bytes[offset])
                offset += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Throws if two keys differ only in their Unicode form, which Swift's strings treat as equal. Plain ASCII keys
    /// cannot.
    func checkForms(from first: Int) throws(JSONFault) {
        let ranges = keys[first...].map(\.range)
        guard ranges.contains(where: { bytes[$0].contains { $0 >= 0x80 || $0 == UInt8(ascii: "\\") } }) else { return }
        var known: Set<String> = []
        for range in ranges {
            let quoted = bytes[range.lowerBound - 1..<range.upperBound + 1]
            guard let key: String = JSONText.decode(line: quoted), !known.insert(key).inserted else { continue }
            throw fault(at: range.lowerBound, "each key once", "\(key.quoted) again, in another form of Unicode")
        }
    }

    private mutating func multibyte() throws(JSONFault) -> Unicode.Scalar {
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes[offset...].prefix(4).makeIterator()
        guard case .valid(let sequence) = parser.parseScalar(from: &rest) else {
            throw fault("valid UTF-8", "the byte 0x" + String(bytes[offset], radix: 16))
        }
        offset += sequence.count
        return Unicode.UTF8.decode(sequence)
    }

    private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
        let start = offset
        offset += 1
        guard let byte = peek else { throw fault("an escaped character", "the end") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw fault(at: start, "a valid JSON escape", "\\" + String(decoding: [byte], as: UTF8.self))
        }
        let first = try hexadecimalDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // The first half of a surrogate pair: it is valid only if the second half follows.
        if first < 0xDC00, take("\\u") {
            let second = try hexadecimalDigits()
            if second & 0xFC00 == 0xDC00,
                let scalar = Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
            {
                return scalar
            }
        }
        throw fault(at: start, "Unicode text", "half of a surrogate pair, \\u" + String(first, radix: 16))
    }

    private mutating func hexadecimalDigits() throws(JSONFault) -> UInt32 {
        let digits = bytes[offset...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits", whatFollows) }
        offset += 4
        return value
    }
}

extension FowlerNollVo {
    fileprivate mutating func add(_ scalar: Unicode.Scalar) { for byte in scalar.utf8 { add(byte) } }
}
