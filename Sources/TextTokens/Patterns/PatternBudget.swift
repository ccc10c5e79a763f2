/// What is left of the size that all regular expressions of a tokenizer may have, since compiling them takes time.
struct PatternBudget {
    /// The total of the patterns' sizes; those of published tokenizers have a few thousand.
    private var size = PatternCompiler.standardSize

    /// Compiles a pattern.
    ///
    /// - Throws: ``TokenizerError/malformedPattern(pattern:offset:expected:found:)`` if it is not valid or too large.
    mutating func compile(_ pattern: String) throws(TokenizerError) -> ScalarPattern {
        let compiled = try ScalarPattern(pattern, maximumSize: size)
        size -= max(compiled.size, pattern.unicodeScalars.count)
        return compiled
    }
}
