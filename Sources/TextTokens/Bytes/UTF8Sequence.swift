/// The structure of UTF-8: the length of a sequence, and which bytes may follow its first (Unicode 16, table 3-7).
enum UTF8Sequence {
    /// The number of bytes of a sequence that starts with this byte; 0 if none does.
    @inline(__always)
    static func length(startingWith lead: UInt8) -> Int {
        switch lead {
        case 0x00...0x7F: 1
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
    }

    /// Whether the byte occurs in valid UTF-8.
    static func has(_ byte: UInt8) -> Bool { byte < 0xC0 || (0xC2...0xF4).contains(byte) }

    /// Whether the second byte may follow the first; it excludes overlong forms, surrogates and code points above
    /// U+10FFFF.
    @inline(__always)
    static func allows(_ second: UInt8, after lead: UInt8) -> Bool {
        switch lead {
        case 0xE0: (0xA0...0xBF).contains(second)
        case 0xED: (0x80...0x9F).contains(second)
        case 0xF0: (0x90...0xBF).contains(second)
        case 0xF4: (0x80...0x8F).contains(second)
        default: isContinuation(second)
        }
    }

    /// Whether the byte is a continuation byte.
    @inline(__always)
    static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    /// The code point at a position and its length in bytes; nil if the bytes before `end` do not start with a valid
    /// sequence.
    static func decode(_ text: Span<UInt8>, at position: Int, end: Int) -> (codePoint: UInt32, length: Int)? {
        let lead = text[position]
        let length = length(startingWith: lead)
        guard length > 1 else { return length == 1 ? (UInt32(lead), 1) : nil }
        guard length <= end - position, allows(text[position + 1], after: lead) else { return nil }
        var codePoint = UInt32(lead) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let byte = text[position + offset]
            guard isContinuation(byte) else { return nil }
            codePoint = codePoint << 6 | UInt32(byte & 0x3F)
        }
        return (codePoint, length)
    }

    /// The end of the run of ASCII that starts at a position.
    @inline(__always)
    static func endOfASCII(in text: Span<UInt8>, from position: Int) -> Int {
        var end = position
        let bytes = unsafe text.bytes
        while end + 8 <= text.count,
            unsafe bytes.unsafeLoadUnaligned(fromByteOffset: end, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            end += 8
        }
        while end < text.count, text[end] < 0x80 { end += 1 }
        return end
    }

    /// The end of the run of other bytes that starts at a position.
    static func endOfOthers(in text: Span<UInt8>, from position: Int) -> Int {
        var end = position
        while end < text.count, text[end] >= 0x80 { end += 1 }
        return end
    }

    /// Appends a range of a text with its characters replaced. A byte that is not part of a character counts as one.
    ///
    /// - Parameter replacement: returns what replaces a character, given its code point and its bytes' range; nil keeps
    ///   it.
    @inline(__always)
    static func append(
        _ text: Span<UInt8>, _ range: Range<Int>, to result: inout [UInt8],
        replacing replacement: (UInt32?, Range<Int>) -> ArraySlice<UInt8>?
    ) {
        var position = range.lowerBound
        while position < range.upperBound {
            let decoded = decode(text, at: position, end: range.upperBound)
            let next = position + (decoded?.length ?? 1)
            if let replacement = replacement(decoded?.codePoint, position..<next) {
                result += replacement
            } else {
                for place in position..<next { result.append(text[place]) }
            }
            position = next
        }
    }

    /// Appends a code point's bytes.
    static func append(_ codePoint: UInt32, to bytes: inout [UInt8]) {
        func append(_ bits: UInt32) { bytes.append(UInt8(truncatingIfNeeded: bits)) }
        switch codePoint {
        case 0..<0x80:
            append(codePoint)
        case 0x80..<0x800:
            append(0xC0 | codePoint >> 6)
            append(0x80 | codePoint & 0x3F)
        case 0x800..<0x1_0000:
            append(0xE0 | codePoint >> 12)
            append(0x80 | codePoint >> 6 & 0x3F)
            append(0x80 | codePoint & 0x3F)
        default:
            append(0xF0 | codePoint >> 18)
            append(0x80 | codePoint >> 12 & 0x3F)
            append(0x80 | codePoint >> 6 & 0x3F)
            append(0x80 | codePoint & 0x3F)
        }
    }

    /// The number of bytes at the end that start a valid but incomplete sequence: 0 to 3.
    static func incompleteSuffix(of bytes: [UInt8]) -> Int {
        for count in 1...3 where count <= bytes.count {
            let lead = bytes[bytes.count - count]
            if isContinuation(lead) { continue }
            guard length(startingWith: lead) > count else { return 0 }
            return count == 1 || allows(bytes[bytes.count - count + 1], after: lead) ? count : 0
        }
        return 0
    }
}
