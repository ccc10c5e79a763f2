@testable import TextTokens

extension Normalizer {
    /// Rewrites a single text.
    func normalized(_ text: [UInt8]) throws(TokenizerError) -> [UInt8] {
        var limits = RewritingLimits(textLength: text.count)
        return try normalized(text, within: &limits)
    }
}
