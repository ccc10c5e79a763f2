extension SplitRule {
    static let gpt2: [SplitRule] = [
        .contraction(.exact),
        .run(of: .letter, after: .space),
        .run(of: .number, after: .space),
        .run(of: .other, after: .space),
        .whitespaceBeforeWord,
        .run(of: .whitespace),
    ]

    static func llama3(digits: Int) -> [SplitRule] {
        [
            .contraction(.ignoring),
            .run(of: .letter, after: .wordLead),
            .run(of: .number, maximum: digits),
            .run(of: .other, after: .space, before: .newline),
        ] + spaces
    }

    static let qwen35: [SplitRule] =
        [
            .contraction(.ignoring),
            .run(of: [.letter, .mark], after: .wordLead),
            .run(of: .number, maximum: 1),
            .run(of: .otherNotMark, after: .space, before: .newline),
        ] + spaces

    static func gpt4o(
        _ upper: CharacterClass, _ lower: CharacterClass, _ letterCase: ContractionCase?, digits: Int
    ) -> [SplitRule] {
        [
            .casedWord(lead: .wordLead, upper: upper, lower: lower, letterCase),
            .run(of: .number, maximum: digits),
            .run(of: .other, after: .space, before: [.newline, .slash]),
        ] + spaces
    }

    static let deepSeekV3: [SplitRule] =
        [
            .leadAndRun(lead: .asciiPunctuation, body: .asciiLetter),
            .run(of: [.letter, .mark], after: .deepSeekLead),
            .run(of: [.punctuation, .symbol], after: .space, before: .newline),
        ] + spaces

    /// How all rules since Llama 3's end.
    private static let spaces: [SplitRule] = [
        .whitespaceThroughNewline,
        .whitespaceBeforeWord,
        .run(of: .whitespace),
    ]
}
