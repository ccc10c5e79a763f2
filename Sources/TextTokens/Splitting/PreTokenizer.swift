/// A list of steps that split text into words; merges never cross a word's boundary.
///
/// Each step splits the pieces of the previous step into smaller ones. Most tokenizers only cut the text, so that their
/// concatenated words are the text. Some steps also add or drop characters.
struct PreTokenizer: Sendable {
    enum Step: Sendable {
        /// At each position, the first of these rules that matches; matches and the text between them become pieces.
        case firstMatch([SplitRule])
        /// `\s+$`
        case trailingWhitespace
        /// ` *[^ ]+`, with trailing spaces as the last piece.
        case spacesWithWord
        /// Any other pattern.
        indirect case pattern(PatternSplit)
        /// Adds a space before pieces that do not begin with one.
        case spaceBefore
        /// Replaces spaces by a mark, and may add one before pieces that do not begin with one.
        case mark([UInt8], PrependScheme)
        /// Represents bytes by the characters of ``ByteAlphabet``, for steps that see these.
        case byteAlphabet
    }

    let steps: [Step]
    /// Whether all steps are scanners, which only cut and never fail.
    let onlyScans: Bool
    /// Whether all steps only cut, so that words are ranges of the text.
    let onlyCuts: Bool
    /// Whether words always end between an ASCII letter or digit and a space, and nothing before depends on the space.
    let endsWordsBeforeSpaces: Bool

    /// Words as ``spacesWithWord`` cuts them.
    static let spacesWithWord = PreTokenizer(steps: [Step.spacesWithWord])
    /// The whole text is one word.
    static let none = PreTokenizer(steps: [Step]())

    init(steps: [Step]) {
        self.steps = steps
        onlyScans = steps.allSatisfy(\.isScan)
        onlyCuts = steps.allSatisfy(\.isCut)
        endsWordsBeforeSpaces = onlyScans && Step.endWordsBeforeSpaces(steps)
    }

    /// The end of each word in a range of a text, in order; the last is the end of the range. All steps must be
    /// scanners.
    func wordEnds(in text: Span<UInt8>, _ part: Range<Int>) -> [Int] {
        precondition(onlyScans)
        var ends = part.isEmpty ? [] : [part.upperBound]
        for step in steps { ends = step.scan(text, part, ends) }
        return ends
    }
}
