/// What is left of the work that may be done to rewrite texts, because steps from files could make them grow without
/// end.
struct RewritingLimits {
    /// The steps that regular expressions may take; see ``ScalarPattern/stepLimit``.
    var patternSteps = ScalarPattern.stepLimit
    /// The bytes that all steps together may write.
    private var bytes: Int

    /// What published steps write for each byte of a text is far less.
    private static let bytesPerByte = 256
    private static let additionalBytes = 1 << 16

    /// Creates limits for texts of this length in total.
    init(textLength: Int) { bytes = Self.additionalBytes + textLength * Self.bytesPerByte }

    /// Whether a step may write a text of this length.
    func allows(_ byteCount: Int) -> Bool { byteCount <= bytes }

    /// Counts a text that a step has written.
    ///
    /// - Throws: ``TokenizerError/textGrowsTooMuch(byteCount:)`` if that is too much.
    mutating func take(_ byteCount: Int) throws(TokenizerError) {
        guard allows(byteCount) else { throw .textGrowsTooMuch(byteCount: byteCount) }
        bytes -= byteCount
    }
}
