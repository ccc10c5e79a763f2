extension PreTokenizer.Step {
    /// Whether the step only cuts pieces.
    var isCut: Bool {
        switch self {
        case .firstMatch, .trailingWhitespace, .spacesWithWord: true
        case .pattern(let split): !split.drops
        case .spaceBefore, .mark, .byteAlphabet: false
        }
    }

    /// Whether ``scan(_:_:_:)`` applies the step.
    var isScan: Bool {
        switch self {
        case .firstMatch, .trailingWhitespace, .spacesWithWord: true
        case .pattern, .spaceBefore, .mark, .byteAlphabet: false
        }
    }

    /// Cuts pieces of a range of a text, given by their ends, into smaller ones.
    func scan(_ text: Span<UInt8>, _ part: Range<Int>, _ ends: [Int]) -> [Int] {
        let asciiTable = CharacterTable.ascii
        let ascii = asciiTable.span
        var finer: [Int] = []
        finer.reserveCapacity(max(ends.count, min(part.count, PreTokenizer.stretch) / 5))
        var start = part.lowerBound
        switch self {
        case .firstMatch(let rules):
            let starts = rules.map(\.starts)
            let anyStart = starts.reduce(into: CharacterClass()) { $0.formUnion($1) }
            for end in ends {
                Self.cut(text, start, end, ascii, rules, starts, anyStart, &finer)
                start = end
            }
        case .trailingWhitespace:
            for end in ends {
                Self.cutTrailingWhitespace(text, start, end, ascii, &finer)
                start = end
            }
        case .spacesWithWord:
            for end in ends {
                Self.cutBeforeSpaces(text, start, end, &finer)
                start = end
            }
        case .pattern, .spaceBefore, .mark, .byteAlphabet: preconditionFailure("not a scanner")
        }
        return finer
    }

    private static func cut(
        _ text: Span<UInt8>, _ start: Int, _ end: Int, _ ascii: Span<CharacterClass>, _ rules: [SplitRule],
        _ starts: [CharacterClass], _ anyStart: CharacterClass, _ ends: inout [Int]
    ) {
        var position = start
        var unmatched = start
        while position < end {
            let first = ClassifiedCharacter(text, at: position, end: end, ascii: ascii)
            var next = position
            if !anyStart.isDisjoint(with: first.classes) {
                for index in rules.indices where !starts[index].isDisjoint(with: first.classes) {
                    next = rules[index].match(text, first, at: position, end: end, ascii)
                    if next > position { break }
                }
            }
            if next > position {
                if unmatched < position { ends.append(position) }
                ends.append(next)
                unmatched = next
                position = next
            } else {
                position += first.length
            }
        }
        if unmatched < end { ends.append(end) }
    }

    private static func cutTrailingWhitespace(
        _ text: Span<UInt8>, _ start: Int, _ end: Int, _ ascii: Span<CharacterClass>, _ ends: inout [Int]
    ) {
        var position = start
        var wordEnd = start
        while position < end {
            let character = ClassifiedCharacter(text, at: position, end: end, ascii: ascii)
            position += character.length
            if !character.classes.contains(.whitespace) { wordEnd = position }
        }
        if wordEnd > start { ends.append(wordEnd) }
        if wordEnd < end { ends.append(end) }
    }

    private static func cutBeforeSpaces(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ ends: inout [Int]) {
        let space = UInt8(ascii: " ")
        for position in start..<end where position > start && text[position] == space && text[position - 1] != space {
            ends.append(position)
        }
        if start < end { ends.append(end) }
    }
}
