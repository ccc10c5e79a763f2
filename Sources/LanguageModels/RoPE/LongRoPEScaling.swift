import CLibc

/// LongRoPE: each pair's frequency is divided by one number in texts within the original context, and by another in
/// longer ones; cosines and sines are larger.
///
/// Ding et al., "LongRoPE", arXiv 2402.13753; transformers' `_compute_longrope_parameters`. A text uses the divisors of
/// the context that it may grow to from its first position on, because stored keys cannot change.
package struct LongRoPEScaling: Sendable, Equatable {
    /// The divisors of texts that may have at most ``originalContext`` positions, one per pair.
    package var shortDivisors: [Float]
    /// The divisors of longer texts, one per pair.
    package var longDivisors: [Float]
    /// Positions of the original context.
    package var originalContext: Int
    /// The factor of cosines and sines, for short texts too.
    package var attentionFactor: Double

    package init(shortDivisors: [Float], longDivisors: [Float], originalContext: Int, attentionFactor: Double) {
        self.shortDivisors = shortDivisors
        self.longDivisors = longDivisors
        self.originalContext = originalContext
        self.attentionFactor = attentionFactor
    }

    /// The usual factor of cosines and sines for a context that is `factor` times as long: sqrt(1 + ln(factor) /
    /// ln(original context)).
    package static func magnitude(factor: Double, originalContext: Int) -> Double {
        guard factor > 1, originalContext > 1 else { return 1 }
        return (1 + log(factor) / log(Double(originalContext))).squareRoot()
    }
}
