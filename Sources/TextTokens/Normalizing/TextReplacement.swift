/// A step that replaces the occurrences of a text, from left to right.
struct TextReplacement: TextRewriting {
    private let finder: SpecialTokenFinder
    /// The text if it is a single byte.
    private let byte: UInt8?
    private let replacement: [UInt8]
    /// What is put before a text that is not empty; not replaced itself.
    private var prefix: [UInt8] = []

    init(_ text: String, with replacement: String) {
        finder = SpecialTokenFinder([(0, text)], rule: .leftmost)
        byte = text.utf8.count == 1 ? text.utf8.first : nil
        self.replacement = Array(replacement.utf8)
    }

    /// Creates the step that adds a prefix and then replaces a byte, in one pass; nil unless a single byte is replaced.
    init?(replacing text: String, with replacement: String, after prefix: String) {
        guard text.utf8.count == 1 else { return nil }
        self.init(text, with: replacement)
        for other in prefix.utf8 {
            if other == byte { self.prefix += self.replacement } else { self.prefix.append(other) }
        }
    }

    func rewritten(_ text: [UInt8], within limits: inout RewritingLimits) throws(TokenizerError) -> [UInt8] {
        if let byte { return try replacing(byte, in: text, within: limits) }
        var result: [UInt8] = []
        var copied = 0
        while let match = finder.firstMatch(in: text.span, copied..<text.count) {
            result += text[copied..<match.range.lowerBound]
            result += replacement
            try limits.check(result.count)
            copied = match.range.upperBound
        }
        if copied == 0 { return text }
        result += text[copied...]
        return result
    }

    /// Replaces a byte, for the spaces of SentencePiece's vocabularies.
    private func replacing(
        _ byte: UInt8, in text: [UInt8], within limits: RewritingLimits
    ) throws(TokenizerError) -> [UInt8] {
        let count = text.count { $0 == byte }
        guard count > 0 || !prefix.isEmpty && !text.isEmpty else { return text }
        let length = prefix.count + text.count + count * (replacement.count - 1)
        try limits.check(length)
        return [UInt8](capacity: length) { result in
            for first in prefix { result.append(first) }
            for other in text {
                if other == byte {
                    for new in replacement { result.append(new) }
                } else {
                    result.append(other)
                }
            }
        }
    }
}

/// A step that adds a text before a text that is not empty.
struct Prefixing: TextRewriting {
    let prefix: [UInt8]

    func rewritten(_ text: [UInt8], within limits: inout RewritingLimits) -> [UInt8] {
        text.isEmpty ? text : prefix + text
    }
}
