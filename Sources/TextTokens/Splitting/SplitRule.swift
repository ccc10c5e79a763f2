/// An alternative of the patterns that split text into words.
///
/// All pre-tokenizers consist of these few rules. Each rule matches the same text as a piece of a regular expression,
/// but in one pass, without backtracking.
enum SplitRule: Sendable {
    /// `'s|'t|'re|'ve|'m|'ll|'d`
    case contraction(ContractionCase)
    /// `[lead]?[body]{minimum,maximum}[tail]*`
    case run(
        of: CharacterClass, after: CharacterClass = [], minimum: Int = 1, maximum: Int = .max,
        before: CharacterClass = [])
    /// `[lead][body]+`
    case leadAndRun(lead: CharacterClass, body: CharacterClass)
    /// `[lead]?[upper]*[lower]+|[lead]?[upper]+[lower]*`, and a contraction if it has one directly after it
    case casedWord(lead: CharacterClass, upper: CharacterClass, lower: CharacterClass, ContractionCase?)
    /// `\s*[\r\n]+`
    case whitespaceThroughNewline
    /// `\s+(?!\S)`: whitespace except the last character, which may belong to the next word
    case whitespaceBeforeWord

    /// The classes that a match can start with, so that most rules are skipped with one test.
    var starts: CharacterClass {
        switch self {
        case .contraction: .apostrophe
        case .run(let body, let lead, _, _, _): body.union(lead)
        case .leadAndRun(let lead, _): lead
        case .casedWord(let lead, let upper, let lower, _): lead.union(upper).union(lower)
        case .whitespaceThroughNewline, .whitespaceBeforeWord: .whitespace
        }
    }

    /// The end of the match at a position; the position itself if there is no match.
    @inline(__always)
    func match(
        _ text: Span<UInt8>, _ first: ClassifiedCharacter, at start: Int, end: Int, _ ascii: Span<CharacterClass>
    )
        -> Int
    {
        switch self {
        case .contraction(let letterCase):
            Self.contraction(text, start, end, letterCase)
        case .leadAndRun(_, let body):
            Self.leadAndRun(text, start + first.length, start, end, ascii, body)
        case .casedWord(let lead, let upper, let lower, let contraction):
            Self.casedWord(text, first, start, end, ascii, lead, upper, lower, contraction)
        case .run(let body, let lead, let minimum, let maximum, let tail):
            Self.run(text, first, start, end, ascii, body, lead, minimum, maximum, tail)
        case .whitespaceThroughNewline:
            Self.throughNewline(text, start, end, ascii)
        case .whitespaceBeforeWord:
            Self.beforeWord(text, start, end, ascii)
        }
    }
}

extension SplitRule {
    @inline(__always)
    private static func run(
        _ text: Span<UInt8>, _ first: ClassifiedCharacter, _ start: Int, _ end: Int, _ ascii: Span<CharacterClass>,
        _ body: CharacterClass, _ lead: CharacterClass, _ minimum: Int, _ maximum: Int, _ tail: CharacterClass
    ) -> Int {
        var position = start
        if !lead.isDisjoint(with: first.classes), start + first.length < end {
            // The lead is optional, and some characters could be lead or body; it is a lead only if the body follows.
            let second = ClassifiedCharacter(text, at: start + first.length, end: end, ascii: ascii)
            if !body.isDisjoint(with: second.classes) { position += first.length }
        }
        var count = 0
        while position < end, count < maximum {
            let character = ClassifiedCharacter(text, at: position, end: end, ascii: ascii)
            if body.isDisjoint(with: character.classes) { break }
            position += character.length
            count += 1
        }
        if count < minimum { return start }
        if tail.isEmpty { return position }
        return skip(tail, text, position, end, ascii)
    }

    /// The end of the run of a class's characters that starts at a position.
    @inline(__always)
    static func skip(
        _ set: CharacterClass, _ text: Span<UInt8>, _ start: Int, _ end: Int, _ ascii: Span<CharacterClass>
    ) -> Int {
        var position = start
        while position < end {
            let character = ClassifiedCharacter(text, at: position, end: end, ascii: ascii)
            if set.isDisjoint(with: character.classes) { break }
            position += character.length
        }
        return position
    }

    private static func throughNewline(
        _ text: Span<UInt8>, _ start: Int, _ end: Int, _ ascii: Span<CharacterClass>
    ) -> Int {
        let stop = skip(.whitespace, text, start, end, ascii)
        var position = stop
        while position > start, text[position - 1] != 0x0A, text[position - 1] != 0x0D { position -= 1 }
        return position
    }

    private static func beforeWord(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ ascii: Span<CharacterClass>) -> Int
    {
        let stop = skip(.whitespace, text, start, end, ascii)
        guard stop < end, stop > start else { return stop }
        var position = stop - 1
        while position > start, UTF8Sequence.isContinuation(text[position]) { position -= 1 }
        return position
    }
}
