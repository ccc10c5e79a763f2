/// The sets of a pattern, for fast tests: a bitmap for ASCII, and pages of 256 bits for the other characters.
struct CompiledSets: Sendable {
    private var numbers: [ScalarSet: Int32] = [:]
    /// Two words per set.
    private var ascii: [UInt64] = []
    /// The page of each 256 code points of each set, as an index into ``bits``.
    private var pages: [UInt32] = []
    private var bits: [UInt64] = []
    private var knownPages: [[UInt64]: UInt32] = [:]

    private static let pageCount = 0x1100

    /// The set's number, after adding it if it is new.
    mutating func number(of set: ScalarSet) -> Int32 {
        if let known = numbers[set] { return known }
        let number = Int32(numbers.count)
        numbers[set] = number
        var words = [UInt64](repeating: 0, count: Self.pageCount * 4)
        for range in set.ranges { Self.mark(range, in: &words) }
        ascii += words[0..<2]
        for page in 0..<Self.pageCount { pages.append(pageNumber(Array(words[page * 4..<page * 4 + 4]))) }
        return number
    }

    /// Forgets what only adding sets needs.
    mutating func finish() {
        numbers = [:]
        knownPages = [:]
    }

    private static func mark(_ range: ClosedRange<UInt32>, in words: inout [UInt64]) {
        let (first, last) = (Int(range.lowerBound), Int(range.upperBound))
        for word in first >> 6...last >> 6 {
            var mask = UInt64.max
            if word == first >> 6 { mask &= UInt64.max << UInt64(first & 63) }
            if word == last >> 6 { mask &= UInt64.max >> UInt64(63 - last & 63) }
            words[word] |= mask
        }
    }

    private mutating func pageNumber(_ words: [UInt64]) -> UInt32 {
        if let known = knownPages[words] { return known }
        let number = UInt32(bits.count / 4)
        bits += words
        knownPages[words] = number
        return number
    }

    /// The length in bytes of the character at a position before `end`; negative if the set does not have it.
    ///
    /// An invalid byte counts as U+FFFD.
    @inline(__always)
    func length(_ set: Int32, _ text: Span<UInt8>, at position: Int, end: Int) -> Int {
        let byte = text[position]
        guard byte < 0x80 else { return lengthBeyondASCII(set, text, position, end) }
        return ascii[Int(set) << 1 | Int(byte >> 6)] >> UInt64(byte & 63) & 1 != 0 ? 1 : -1
    }

    @inline(never)
    private func lengthBeyondASCII(_ set: Int32, _ text: Span<UInt8>, _ position: Int, _ end: Int) -> Int {
        let (codePoint, length) = UTF8Sequence.decode(text, at: position, end: end) ?? (0xFFFD, 1)
        let page = Int(pages[Int(set) * Self.pageCount + Int(codePoint >> 8)])
        let word = bits[page << 2 | Int(codePoint >> 6 & 3)]
        return word >> UInt64(codePoint & 63) & 1 != 0 ? length : -length
    }
}

extension ScalarSet {
    /// The bytes that the set's characters can begin with, invalid ones for U+FFFD.
    var firstBytes: [Bool] {
        var result = [Bool](repeating: false, count: 256)
        for range in ranges {
            for byte in Self.firstByte(of: range.lowerBound)...Self.firstByte(of: range.upperBound) {
                result[byte] = true
            }
        }
        if contains(0xFFFD) { for byte in 0x80...0xFF { result[byte] = true } }
        return result
    }

    private static func firstByte(of codePoint: UInt32) -> Int {
        switch codePoint {
        case 0..<0x80: Int(codePoint)
        case 0x80..<0x800: Int(0xC0 | codePoint >> 6)
        case 0x800..<0x1_0000: Int(0xE0 | codePoint >> 12)
        default: Int(0xF0 | codePoint >> 18)
        }
    }
}
