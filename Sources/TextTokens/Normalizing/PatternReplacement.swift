/// A step that replaces the matches of a regular expression, from left to right.
struct PatternReplacement: TextRewriting {
    private let pattern: ScalarPattern
    private let replacement: [UInt8]

    init(_ pattern: String, with replacement: String, _ budget: inout PatternBudget) throws(TokenizerError) {
        self.pattern = try budget.compile(pattern)
        self.replacement = Array(replacement.utf8)
    }

    func rewritten(
        _ text: [UInt8], within limits: inout RewritingLimits
    ) throws(TokenizerError) -> [UInt8] {
        if text.isEmpty { return text }
        var result: [UInt8] = []
        var copied = 0
        var steps = limits.patternSteps
        defer { limits.patternSteps = steps }
        try pattern.forEachMatch(in: text.span, text.indices, steps: &steps) { (match) throws(TokenizerError) in
            try limits.check(result.count)
            result += text[copied..<match.lowerBound]
            result += replacement
            copied = match.upperBound
        }
        result += text[copied...]
        return result
    }
}
