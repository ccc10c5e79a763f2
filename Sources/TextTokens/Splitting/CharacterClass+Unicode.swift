extension CharacterClass {
    /// Computes the classes of a code point from the standard library's Unicode tables. Slow; use ``CharacterTable``
    /// instead.
    init(codePoint: UInt32) {
        guard let scalar = Unicode.Scalar(codePoint) else {
            self = [.other, .otherNotMark]
            return
        }
        self = Self.general(scalar)
        if scalar.value < 0x80 { insert(Self.ascii(scalar)) }
        if isDisjoint(with: [.letter, .number, .whitespace]) { insert(.other) }
        if isDisjoint(with: [.letter, .mark, .number, .whitespace]) { insert(.otherNotMark) }
        if isDisjoint(with: [.letter, .number, .newline]) { insert(.wordLead) }
        if isDisjoint(with: [.letter, .punctuation, .symbol, .newline]) { insert(.deepSeekLead) }
        if Self.isAsian(codePoint) { insert(.asian) }
        if Self.isKanaOrHan(codePoint) { insert(.kanaOrHan) }
        if DeepSeekRanges.casedLetters.contains(where: { $0.contains(codePoint) }) { insert(.casedLetter) }
        if DeepSeekRanges.punctuation.contains(where: { $0.contains(codePoint) }) { insert(.listedPunctuation) }
        if UnicodeProperty.numbers.contains(scalar.properties.generalCategory) { insert(.stepDigit) }
        if Self.isStepPunctuation(scalar) { insert(.stepPunctuation) }
    }

    private static func general(_ scalar: Unicode.Scalar) -> Self {
        guard ScalarSet.isAssigned(scalar) else { return [] }
        let letter: Self = scalar.isASCII ? [.letter, .asciiLetter] : .letter
        switch ScalarSet.generalCategory(of: scalar) {
        case .uppercaseLetter, .titlecaseLetter: return letter.union(.upper)
        case .lowercaseLetter: return letter.union(.lower)
        case .modifierLetter, .otherLetter: return letter.union([.upper, .lower])
        case .nonspacingMark, .spacingMark, .enclosingMark: return [.mark, .upper, .lower]
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return .punctuation
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: return .symbol
        default: return scalar.properties.isWhitespace ? .whitespace : []
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

    private static func isAsian(_ codePoint: UInt32) -> Bool {
        (0x0800...0x9FA5).contains(codePoint) || (0xAC00...0xD7FF).contains(codePoint)
    }

    private static func isKanaOrHan(_ codePoint: UInt32) -> Bool {
        (0x4E00...0x9FA5).contains(codePoint) || (0x3040...0x30FF).contains(codePoint)
    }

    private static func isStepPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        ScalarSet.formerPunctuation.contains(scalar.value) || ascii(scalar).contains(.asciiPunctuation)
            || (ScalarSet.isAssigned(scalar, 8)
                && UnicodeProperty.punctuation.contains(scalar.properties.generalCategory))
    }
}
