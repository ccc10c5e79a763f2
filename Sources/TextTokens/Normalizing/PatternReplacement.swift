/// A step that replaces the matches of a regular expression, from left to right.
struct PatternReplacement: TextRewriting {
    private let pattern: ScalarPattern
    private let replacement: [UInt8]

    init(_ pattern: String, with replacement: String) throws(TokenizerError) {
        self.pattern = try ScalarPattern(pattern)
        self.replacement = Array(replacement.utf8)
    }

    func rewritten(_ text: [UInt8], atMost limit: Int) throws(TokenizerError) -> [UInt8] {
        if text.isEmpty { return text }
        var result: [UInt8] = []
        var copied = 0
        var position = 0
        /// The end of the last match, where an empty one does not count.
        var lastEnd: Int?
        var steps = ScalarPattern.stepLimit
        while position <= text.count,
            let match = try pattern.firstMatch(in: text.span, from: position, to: text.count, steps: &steps)
        {
            if match.isEmpty {
                position = match.lowerBound + Self.characterLength(text.span, at: match.lowerBound)
                if match.lowerBound == lastEnd { continue }
            } else {
                position = match.upperBound
            }
            lastEnd = match.upperBound
            result += text[copied..<match.lowerBound]
            result += replacement
            try Normalizer.check(result.count, atMost: limit)
            copied = match.upperBound
        }
        if lastEnd == nil { return text }
        result += text[copied...]
        return result
    }

    /// The length of the character at a position; 1 for an invalid byte and at the end.
    private static func characterLength(_ text: Span<UInt8>, at position: Int) -> Int {
        guard position < text.count else { return 1 }
        return UTF8Sequence.decode(text, at: position, end: text.count)?.length ?? 1
    }
}
