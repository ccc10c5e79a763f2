/// A Hangul syllable: its decomposition and composition follow a rule (Unicode Standard, section 3.12).
struct HangulSyllable {
    private static let leading: UInt32 = 0x1100
    private static let vowels: UInt32 = 0x1161
    private static let trailing: UInt32 = 0x11A7
    private static let vowelCount: UInt32 = 21
    private static let trailingCount: UInt32 = 28

    /// All syllables.
    static let all: ClosedRange<UInt32> = 0xAC00...0xD7A3
    /// The vowels and trailing consonants that compose with what precedes them.
    static var laterParts: [UInt32] { Array(0x1161...0x1175) + Array(0x11A8...0x11C2) }

    private let index: UInt32

    /// The syllable with a code point; nil if it is none.
    init?(_ codePoint: UInt32) {
        guard Self.all.contains(codePoint) else { return nil }
        index = codePoint - Self.all.lowerBound
    }

    /// Appends the leading consonant, the vowel and, if there is one, the trailing consonant.
    func appendParts(to result: inout [UInt32]) {
        let (rest, trailing) = index.quotientAndRemainder(dividingBy: Self.trailingCount)
        result.append(Self.leading + rest / Self.vowelCount)
        result.append(Self.vowels + rest % Self.vowelCount)
        if trailing > 0 { result.append(Self.trailing + trailing) }
    }

    /// The syllable of a leading consonant and a vowel, or of a syllable without trailing consonant and one.
    static func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if (leading..<leading + 19).contains(first), (vowels..<vowels + vowelCount).contains(second) {
            return all.lowerBound + ((first - leading) * vowelCount + second - vowels) * trailingCount
        }
        guard let syllable = HangulSyllable(first), syllable.index % trailingCount == 0,
            (trailing + 1..<trailing + trailingCount).contains(second)
        else { return nil }
        return first + second - trailing
    }
}
