/// What is left of the work that may be done to rewrite texts, because steps from files could make them grow without
/// end.
struct RewritingLimits {
    /// The steps that regular expressions may take; see ``ScalarPattern/stepLimit``.
    var patternSteps = ScalarPattern.stepLimit
    private let limit: Int
    /// The bytes that all steps together have written.
    private var written = 0

    /// Creates limits for texts of this length in total. Published steps write far less for each of their bytes.
    init(textLength: Int) { limit = 256 * textLength + (1 << 16) }

    /// Checks that a step may write a text of this length.
    ///
    /// - Throws: ``TokenizerError/malformedFile(place:expected:found:)``.
    func check(_ byteCount: Int) throws(TokenizerError) {
        guard byteCount > limit - written else { return }
        throw .malformedFile(
            place: "normalizer or decoder", expected: "at most \(limit) bytes of rewritten text in all steps",
            found: "more")
    }

    /// Counts a text that a step has written.
    ///
    /// - Throws: as above, if it is too long.
    mutating func take(_ byteCount: Int) throws(TokenizerError) {
        try check(byteCount)
        written += byteCount
    }
}
