extension PreTokenizer {
    /// The number of bytes of a text that are split into words at a time, so that the words' ends stay in the cache.
    static let stretch = 1 << 13

    /// The end of the next stretch of a text that splits into the same words alone as within the text.
    ///
    /// A stretch ends between an ASCII letter or digit and a space, if ``endsWordsBeforeSpaces``. A text without such a
    /// position, or with another pre-tokenizer, is a single stretch.
    /// - Parameter length: the minimum length of a stretch, unless the text ends first.
    func stretchEnd(
        in text: Span<UInt8>, from start: Int, to end: Int, length: Int = PreTokenizer.stretch
    ) -> Int {
        guard endsWordsBeforeSpaces else { return end }
        var place = start + length
        while place < end {
            if text[place] == UInt8(ascii: " "), Self.isLetterOrDigit(text[place - 1]) { return place }
            place += 1
        }
        return end
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension PreTokenizer.Step {
    /// Whether scanners always end a word between an ASCII letter or digit and a space.
    ///
    /// That holds if no match spans both, and each letter and digit is in some match: it then ends there. Scanners look
    /// at no character beyond the one after a match, except after whitespace.
    static func endWordsBeforeSpaces(_ steps: [PreTokenizer.Step]) -> Bool {
        if steps.contains(where: { if case .spacesWithWord = $0 { true } else { false } }) { return true }
        let rules = steps.flatMap { step in
            if case .firstMatch(let rules) = step { rules } else { [] as [SplitRule] }
        }
        let others: [CharacterClass] = (UInt32(0x30)...0x7A).map { CharacterClass(codePoint: $0) }
            .filter { !$0.isDisjoint(with: [.letter, .asciiDigit]) }
        let space = CharacterClass(codePoint: 0x20)
        return others.allSatisfy { character in
            rules.contains { $0.alwaysMatches(character) } && !rules.contains { $0.joins(character, space) }
        }
    }
}

extension SplitRule {
    /// Whether the rule matches at each character of a class, unless an earlier match has it.
    fileprivate func alwaysMatches(_ character: CharacterClass) -> Bool {
        switch self {
        case .run(let body, _, let minimum, _, _): minimum <= 1 && !body.isDisjoint(with: character)
        case .casedWord(_, let upper, let lower, _): !upper.union(lower).isDisjoint(with: character)
        case .contraction, .leadAndRun, .whitespaceThroughNewline, .whitespaceBeforeWord: false
        }
    }

    /// Whether a match can have a character of one class before one of another.
    fileprivate func joins(_ first: CharacterClass, _ second: CharacterClass) -> Bool {
        func has(_ one: CharacterClass, _ two: CharacterClass) -> Bool {
            !one.isDisjoint(with: first) && !two.isDisjoint(with: second)
        }
        return switch self {
        case .run(let body, let lead, _, _, let tail):
            has(lead, body) || has(body, body) || has(body, tail) || has(tail, tail)
        case .leadAndRun(let lead, let body): has(lead, body) || has(body, body)
        case .casedWord(let lead, let upper, let lower, _):
            has(lead, upper.union(lower)) || has(upper.union(lower), upper.union(lower))
        case .contraction, .whitespaceThroughNewline, .whitespaceBeforeWord: false
        }
    }
}
