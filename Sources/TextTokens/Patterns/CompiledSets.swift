/// The sets of a pattern, for fast tests: a bitmap for ASCII, and pages of 256 bits for the other characters.
struct CompiledSets: Sendable {
    private var numbers: [ScalarSet: Int32] = [:]
    /// Two words per set.
    private var ascii: [UInt64] = []
    /// The page of each 256 code points of each set, as an index into ``bits``.
    private var pages: [UInt32] = []
    private var bits = [UInt64](repeating: 0, count: 4) + [UInt64](repeating: .max, count: 4)
    private var knownPages: [[UInt64]: UInt32] = [:]

    private static let pageCount = 0x1100
    /// The first two pages in ``bits``.
    private static let (empty, full): (UInt32, UInt32) = (0, 1)

    var count: Int { ascii.count / 2 }

    /// The set's number, after adding it if it is new.
    mutating func number(of set: ScalarSet) -> Int32 {
        if let known = numbers[set] { return known }
        let number = Int32(numbers.count)
        numbers[set] = number
        let first = pages.count
        pages += repeatElement(Self.empty, count: Self.pageCount)
        var words = [UInt64](repeating: 0, count: 4)
        var page = 0
        for range in set.ranges {
            var start = range.lowerBound
            while start <= range.upperBound {
                if Int(start >> 8) != page { finish(&words, first + page) }
                page = Int(start >> 8)
                let last = min(range.upperBound, start | 0xFF)
                Self.mark(Int(start & 0xFF)...Int(last & 0xFF), in: &words)
                start = last + 1
            }
        }
        finish(&words, first + page)
        let ascii = Int(pages[first]) * 4
        self.ascii += bits[ascii..<ascii + 2]
        return number
    }

    /// Stores the bits of a page, and clears them.
    private mutating func finish(_ words: inout [UInt64], _ place: Int) {
        pages[place] = pageNumber(words)
        for index in words.indices { words[index] = 0 }
    }

    /// Forgets what only adding sets needs.
    mutating func finish() {
        numbers = [:]
        knownPages = [:]
    }

    private static func mark(_ range: ClosedRange<Int>, in words: inout [UInt64]) {
        let (first, last) = (range.lowerBound, range.upperBound)
        for word in first >> 6...last >> 6 {
            var mask = UInt64.max
            if word == first >> 6 { mask &= UInt64.max << UInt64(first & 63) }
            if word == last >> 6 { mask &= UInt64.max >> UInt64(63 - last & 63) }
            words[word] |= mask
        }
    }

    private mutating func pageNumber(_ words: [UInt64]) -> UInt32 {
        if words.allSatisfy({ $0 == 0 }) { return Self.empty }
        if words.allSatisfy({ $0 == .max }) { return Self.full }
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
