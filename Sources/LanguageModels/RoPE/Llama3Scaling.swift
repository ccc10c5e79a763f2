/// Llama 3.1's RoPE scaling for longer contexts. Frequencies with many turns within the original context are kept,
/// those with few turns are divided by a factor, and those in between are blended.
///
/// GGUF files store the divisors, Hugging Face's configurations these four numbers (`rope_scaling` of type `llama3`;
/// Dubey et al., "The Llama 3 Herd of Models", and transformers' `_compute_llama3_parameters`).
package struct Llama3Scaling: Sendable, Equatable {
    /// The divisor of slow frequencies.
    package var factor: Double
    /// Frequencies with at most this many turns within the original context are fully divided.
    package var lowFrequencyFactor: Double
    /// Frequencies with at least this many turns are kept; more than ``lowFrequencyFactor``.
    package var highFrequencyFactor: Double
    /// Positions of the original context.
    package var originalContext: Int

    /// The divisor of each pair's frequency.
    package func divisors(ropeBase: Double, headDimension: Int) -> [Float] {
        divisors(
            of: (0..<headDimension / 2).map { ropeFrequency(pair: $0, base: ropeBase, headDimension: headDimension) })
    }

    /// The divisors of these frequencies.
    func divisors(of frequencies: [Double]) -> [Float] {
        frequencies.map { frequency in
            let turns = Double(originalContext) * frequency / (2 * Double.pi)
            let share = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor)
            let kept = min(max(share, 0), 1)
            return Float(1 / ((1 - kept) / factor + kept))
        }
    }

    /// Finds the scaling that gives these divisors; nil if none does.
    ///
    /// Only the ratios of the last three numbers matter. So it first tries the paper's factors 1 and 4 with every power
    /// of two as context, as in all known models. Otherwise it takes a context of 8192 and derives the factors.
    package init?(_ divisors: [Float], ropeBase: Double, headDimension: Int) {
        precondition(divisors.count == headDimension / 2, "one divisor for each pair")
        guard let largest = divisors.max(), largest > 1 else { return nil }
        let factor = Double(largest)
        func fits(_ candidate: Llama3Scaling) -> Bool {
            zip(candidate.divisors(ropeBase: ropeBase, headDimension: headDimension), divisors).allSatisfy {
                ours, theirs in
                abs(ours - theirs) <= 1e-6 * theirs
            }
        }
        let usual = (4...24).map { exponent in
            Llama3Scaling(
                factor: factor, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 1 << exponent)
        }
        let blended = Self.blend(divisors, factor: factor, ropeBase: ropeBase, headDimension: headDimension)
        guard let found = (usual + [blended].compactMap(\.self)).first(where: fits) else { return nil }
        self = found
    }

    package init(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContext: Int) {
        self.factor = factor
        self.lowFrequencyFactor = lowFrequencyFactor
        self.highFrequencyFactor = highFrequencyFactor
        self.originalContext = originalContext
    }

    /// Fits a straight line through the two outermost frequencies that are neither kept nor fully divided: kept =
    /// (context * f / 2 pi - low) / (high - low).
    private static func blend(
        _ divisors: [Float], factor: Double, ropeBase: Double, headDimension: Int
    ) -> Llama3Scaling? {
        let points = divisors.indices.filter { divisors[$0] > 1 && Double(divisors[$0]) < factor }.map { pair in
            (
                turns: ropeFrequency(pair: pair, base: ropeBase, headDimension: headDimension) / (2 * Double.pi),
                kept: (1 / Double(divisors[pair]) - 1 / factor) / (1 - 1 / factor)
            )
        }
        guard let first = points.first, let last = points.last, first.turns > last.turns else { return nil }
        let slope = (first.kept - last.kept) / (first.turns - last.turns)
        let context = 8192
        let low = (slope * first.turns - first.kept) * Double(context) / slope
        guard slope > 0, low > 0 else { return nil }
        return Llama3Scaling(
            factor: factor, lowFrequencyFactor: low, highFrequencyFactor: low + Double(context) / slope,
            originalContext: context)
    }
}
