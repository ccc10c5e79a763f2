extension CharacterClass {
    /// Computes the classes of a code point from the standard library's Unicode tables. Slow; use ``CharacterTable``
    /// instead.
    init(codePoint: UInt32) {
        guard let scalar = Unicode.Scalar(codePoint) else {
            self = [.other, .otherNotMark]
            return
        }
        // The standard library's look-ups cost the most here, so each is made once.
        let age = scalar.isASCII ? 1 : scalar.properties.age?.major ?? .max
        let general = Self.general(ScalarSet.generalCategory(of: scalar), isASCII: scalar.isASCII)
        if age <= ScalarSet.unicodeVersion { self = general } else { self = [] }
        if scalar.isASCII { insert(Self.ascii(scalar)) }
        if Self.isControlWhitespace(codePoint) { insert(.whitespace) }
        if isDisjoint(with: [.letter, .number, .whitespace]) { insert(.other) }
        if isDisjoint(with: [.letter, .mark, .number, .whitespace]) { insert(.otherNotMark) }
        if isDisjoint(with: [.letter, .number, .newline]) { insert(.wordLead) }
        if isDisjoint(with: [.letter, .punctuation, .symbol, .newline]) { insert(.deepSeekLead) }
        if Self.isAsian(codePoint) { insert(.asian) }
        if Self.isKanaOrHan(codePoint) { insert(.kanaOrHan) }
        if DeepSeekRanges.casedLetters.contains(codePoint) { insert(.casedLetter) }
        if DeepSeekRanges.punctuation.contains(codePoint) { insert(.listedPunctuation) }
        if general.contains(.number) { insert(.stepDigit) }
        // The step has tables of Unicode 8.
        if contains(.asciiPunctuation) || ScalarSet.formerPunctuation.contains(codePoint)
            || age <= 8 && general.contains(.punctuation)
        {
            insert(.stepPunctuation)
        }
    }

    /// The classes of the characters of a general category.
    private static func general(_ category: Unicode.GeneralCategory, isASCII: Bool) -> Self {
        let letter: Self = isASCII ? [.letter, .asciiLetter] : .letter
        switch category {
        case .uppercaseLetter, .titlecaseLetter: return letter.union(.upper)
        case .lowercaseLetter: return letter.union(.lower)
        case .modifierLetter, .otherLetter: return letter.union([.upper, .lower])
        case .nonspacingMark, .spacingMark, .enclosingMark: return [.mark, .upper, .lower]
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return .punctuation
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: return .symbol
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return .whitespace
        default: return []
        }
    }

    private static func ascii(_ scalar: Unicode.Scalar) -> Self {
        switch scalar {
        case "\r", "\n": .newline
        case " ": .space
        case "0"..."9": .asciiDigit
        case "'": [.apostrophe, .asciiPunctuation]
        case "/": [.slash, .asciiPunctuation]
        case "$", "+", "<", "=", ">", "^", "~", "|": [.sign, .asciiPunctuation]
        case "!"..."/", ":"..."@", "["..."`", "{"..."~": .asciiPunctuation
        default: []
        }
    }

    /// Whether a control character has White_Space; all other characters that have it are separators.
    private static func isControlWhitespace(_ codePoint: UInt32) -> Bool {
        (0x09...0x0D).contains(codePoint) || codePoint == 0x85
    }

    private static func isAsian(_ codePoint: UInt32) -> Bool {
        (0x0800...0x9FA5).contains(codePoint) || (0xAC00...0xD7FF).contains(codePoint)
    }

    private static func isKanaOrHan(_ codePoint: UInt32) -> Bool {
        (0x4E00...0x9FA5).contains(codePoint) || (0x3040...0x30FF).contains(codePoint)
    }
}
