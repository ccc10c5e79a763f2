/// A step that replaces the occurrences of a text, from left to right.
struct TextReplacement: TextRewriting {
    private let finder: SpecialTokenFinder
    private let replacement: [UInt8]

    init(_ text: String, with replacement: String) {
        finder = SpecialTokenFinder([(0, text)], rule: .leftmost)
        self.replacement = Array(replacement.utf8)
    }

    func rewritten(_ text: [UInt8], atMost limit: Int) throws(TokenizerError) -> [UInt8] {
        var result: [UInt8] = []
        var copied = 0
        while let match = finder.firstMatch(in: text.span, copied..<text.count) {
            result += text[copied..<match.range.lowerBound]
            result += replacement
            try Normalizer.check(result.count, atMost: limit)
            copied = match.range.upperBound
        }
        if copied == 0 { return text }
        result += text[copied...]
        return result
    }
}

/// A step that adds a text before a text that is not empty.
struct Prefixing: TextRewriting {
    let prefix: [UInt8]

    func rewritten(_ text: [UInt8], atMost limit: Int) -> [UInt8] { text.isEmpty ? text : prefix + text }
}
