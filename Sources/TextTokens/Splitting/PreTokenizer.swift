/// A list of steps that split text into words; merges never cross a word's boundary.
///
/// Each step splits the pieces of the previous step into smaller ones. Splits are between characters and drop nothing:
/// the concatenated words are the text.
struct PreTokenizer: Sendable {
    /// A pattern to search for; its matches and the text between them become pieces.
    enum Step: Sendable {
        /// At each position, the first of these rules that matches.
        case firstMatch([SplitRule])
        /// `\s+$`
        case trailingWhitespace
        /// ` *[^ ]+`, with trailing spaces as the last piece.
        case spacesWithWord
    }

    var steps: [Step]

    /// The end of each word in a range of a text, in order; the last is the end of the range.
    func wordEnds(in text: Span<UInt8>, _ part: Range<Int>) -> [Int] {
        let asciiTable = CharacterTable.ascii
        var ends = part.isEmpty ? [] : [part.upperBound]
        for step in steps {
            let starts = step.starts
            var finer: [Int] = []
            finer.reserveCapacity(max(ends.count, min(part.count, Self.stretch) / 5))
            var start = part.lowerBound
            for end in ends {
                switch step {
                case .firstMatch(let rules):
                    Self.cut(text, start, end, asciiTable.span, rules, starts, &finer)
                case .trailingWhitespace:
                    Self.cutTrailingWhitespace(text, start, end, asciiTable.span, &finer)
                case .spacesWithWord:
                    Self.cutBeforeSpaces(text, start, end, &finer)
                }
                start = end
            }
            ends = finer
        }
        return ends
    }
}

extension PreTokenizer.Step {
    /// The classes of characters that a match of each rule can start with.
    fileprivate var starts: [CharacterClass] {
        if case .firstMatch(let rules) = self { rules.map(\.starts) } else { [] }
    }
}

extension PreTokenizer {
    private static func cut(
        _ text: Span<UInt8>, _ start: Int, _ end: Int, _ ascii: Span<CharacterClass>, _ rules: [SplitRule],
        _ starts: [CharacterClass], _ ends: inout [Int]
    ) {
        let anyStart = starts.reduce(into: CharacterClass()) { $0.formUnion($1) }
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
