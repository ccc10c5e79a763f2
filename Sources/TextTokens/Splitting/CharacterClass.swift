/// The character classes that pre-tokenizers distinguish; a character may be in several.
struct CharacterClass: OptionSet, Sendable {
    let rawValue: UInt16

    /// `\p{L}`
    static let letter = Self(rawValue: 1 << 0)
    /// `\p{N}`
    static let number = Self(rawValue: 1 << 1)
    /// `\s`: Unicode's White_Space
    static let whitespace = Self(rawValue: 1 << 2)
    /// `[^\s\p{L}\p{N}]`; invalid bytes count as U+FFFD, which is one of these
    static let other = Self(rawValue: 1 << 3)
    /// `\p{P}`
    static let punctuation = Self(rawValue: 1 << 4)
    /// `[\r\n]`
    static let newline = Self(rawValue: 1 << 5)
    /// U+0020
    static let space = Self(rawValue: 1 << 6)
    /// `[0-9]`
    static let asciiDigit = Self(rawValue: 1 << 7)
    /// `[$+<=>^~|]`: characters that Falcon's rule treats as punctuation besides `\p{P}`
    static let sign = Self(rawValue: 1 << 8)
    /// `[^\r\n\p{L}\p{N}]`: characters that may precede a word in Llama 3's rule
    static let wordLead = Self(rawValue: 1 << 9)
    /// The cased letters that DeepSeek LLM's rule lists
    static let casedLetter = Self(rawValue: 1 << 10)
    /// The punctuation that DeepSeek LLM's rule lists
    static let listedPunctuation = Self(rawValue: 1 << 11)
    /// U+0800...U+9FA5 and U+AC00...U+D7FF, for DeepSeek's rules: Asian scripts and everything in between
    static let asian = Self(rawValue: 1 << 12)
    /// U+0027
    static let apostrophe = Self(rawValue: 1 << 13)
}

extension CharacterClass {
    /// Computes the classes of a code point from the standard library's Unicode tables. Slow; use ``CharacterTable``
    /// instead.
    init(codePoint: UInt32) {
        guard let scalar = Unicode.Scalar(codePoint) else {
            self = .other
            return
        }
        self = Self.general(scalar)
        if scalar.value < 0x80 { insert(Self.ascii(scalar)) }
        if isDisjoint(with: [.letter, .number, .whitespace]) { insert(.other) }
        if isDisjoint(with: [.letter, .number, .newline]) { insert(.wordLead) }
        if !contains(.whitespace), Self.isAsian(codePoint) { insert(.asian) }
        if DeepSeekRanges.casedLetters.contains(where: { $0.contains(codePoint) }) { insert(.casedLetter) }
        if DeepSeekRanges.punctuation.contains(where: { $0.contains(codePoint) }) { insert(.listedPunctuation) }
    }

    private static func general(_ scalar: Unicode.Scalar) -> Self {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
        case .decimalNumber, .letterNumber, .otherNumber: .number
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            .punctuation
        default: scalar.properties.isWhitespace ? .whitespace : []
        }
    }

    private static func ascii(_ scalar: Unicode.Scalar) -> Self {
        switch scalar {
        case "\r", "\n": .newline
        case " ": .space
        case "'": .apostrophe
        case "0"..."9": .asciiDigit
        case "$", "+", "<", "=", ">", "^", "~", "|": .sign
        default: []
        }
    }

    private static func isAsian(_ codePoint: UInt32) -> Bool {
        (0x0800...0x9FA5).contains(codePoint) || (0xAC00...0xD7FF).contains(codePoint)
    }
}
