/// The classes of every code point, in pages of 256. Asking the standard library would take tens of nanoseconds.
struct CharacterTable: Sendable {
    /// The classes of ASCII, indexed by byte; sufficient for most text.
    static let ascii: [CharacterClass] = (0..<128).map { CharacterClass(codePoint: $0) }

    /// The table of all Unicode, built when the first non-ASCII character occurs (a few milliseconds).
    static let all = CharacterTable()

    /// The classes of bytes that are not valid UTF-8.
    static let invalid = CharacterClass(codePoint: 0xFFFD)

    private var pages: [UInt16]
    private var classes: [CharacterClass] = []

    private init() {
        // Planes 4 to 13 are unassigned, 15 and 16 are for private use; all unlisted code points share one page.
        let assigned: [Range<UInt32>] = [0..<0x3_3500, 0xE_0000..<0xE_1000]
        pages = Array(repeating: 0, count: 0x1100)
        classes = Array(repeating: CharacterClass(codePoint: 0x10_FFFF), count: 256)
        var known: [[CharacterClass]: UInt16] = [classes: 0]
        for range in assigned {
            for start in stride(from: range.lowerBound, to: range.upperBound, by: 256) {
                let page = (start..<start + 256).map { CharacterClass(codePoint: $0) }
                let number = known[page] ?? UInt16(classes.count / 256)
                if number == classes.count / 256 {
                    classes += page
                    known[page] = number
                }
                pages[Int(start / 256)] = number
            }
        }
    }

    /// The classes of a code point up to U+10FFFF.
    func find(_ codePoint: UInt32) -> CharacterClass {
        classes[Int(pages[Int(codePoint >> 8)]) << 8 | Int(codePoint & 0xFF)]
    }
}

extension CharacterClass: Hashable {}

/// A character's classes and its length in bytes; an invalid byte counts as a character.
struct ClassifiedCharacter {
    let classes: CharacterClass
    let length: Int

    /// Reads the character at a position before `end`.
    @inline(__always)
    init(_ text: Span<UInt8>, at position: Int, end: Int, ascii: Span<CharacterClass>) {
        let byte = text[position]
        if byte < 0x80 {
            self.init(classes: ascii[Int(byte)], length: 1)
        } else {
            self = Self.beyondASCII(text, at: position, end: end)
        }
    }

    private init(classes: CharacterClass, length: Int) {
        self.classes = classes
        self.length = length
    }

    @inline(never)
    private static func beyondASCII(_ text: Span<UInt8>, at position: Int, end: Int) -> Self {
        guard let (codePoint, length) = UTF8Sequence.decode(text, at: position, end: end) else {
            return Self(classes: CharacterTable.invalid, length: 1)
        }
        return Self(classes: CharacterTable.all.find(codePoint), length: length)
    }
}
