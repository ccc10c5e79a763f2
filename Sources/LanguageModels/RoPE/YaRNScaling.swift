import CLibc

/// YaRN's RoPE scaling for longer contexts. Frequencies with many turns within the original context are kept, those
/// with few turns are divided by a factor, and those of pairs in between are blended; cosines and sines are larger.
///
/// Peng et al., "YaRN", arXiv 2309.00071, section 3; transformers' `_compute_yarn_parameters`.
package struct YaRNScaling: Sendable, Equatable {
    /// The divisor of slow frequencies.
    package var factor: Double
    /// Positions of the original context.
    package var originalContext: Int
    /// The factor of cosines and sines, so that scores grow by its square.
    package var attentionFactor: Double
    /// Frequencies with at least this many turns within the original context are kept.
    package var fastTurns = Self.standardFastTurns
    /// Frequencies with at most this many turns are fully divided.
    package var slowTurns = Self.standardSlowTurns
    /// Whether the borders of the blend are rounded to whole pairs.
    package var roundsBorders = true

    package static let standardFastTurns = 32.0
    package static let standardSlowTurns = 1.0

    package init(factor: Double, originalContext: Int, attentionFactor: Double? = nil) {
        self.factor = factor
        self.originalContext = originalContext
        self.attentionFactor = attentionFactor ?? Self.magnitude(factor: factor)
    }

    /// Whether the blend has its usual borders.
    var isUsual: Bool {
        roundsBorders && fastTurns == Self.standardFastTurns && slowTurns == Self.standardSlowTurns
    }

    /// The usual factor of cosines and sines: 0.1 ln(factor) + 1 (equation 22).
    ///
    /// - Parameter weight: a weight of the logarithm, `mscale` in configurations.
    package static func magnitude(factor: Double, weight: Double = 1) -> Double {
        factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1
    }

    /// Scales the frequencies of all pairs (equations 18 to 21).
    func scaled(_ frequencies: [Double], base: Double) -> [Double] {
        let (first, last) = borders(dimensionCount: 2 * frequencies.count, base: base)
        return frequencies.enumerated().map { pair, frequency in
            let share = min(max((Double(pair) - first) / (last - first), 0), 1)
            return frequency * (1 - share) + frequency / factor * share
        }
    }

    /// The pairs at which frequencies stop being kept and start being fully divided.
    private func borders(dimensionCount: Int, base: Double) -> (first: Double, last: Double) {
        func pair(turns: Double) -> Double {
            Double(dimensionCount) * log(Double(originalContext) / (turns * 2 * .pi)) / (2 * log(base))
        }
        var (first, last) = (pair(turns: fastTurns), pair(turns: slowTurns))
        if roundsBorders { (first, last) = (first.rounded(.down), last.rounded(.up)) }
        first = max(first, 0)
        last = min(last, Double(dimensionCount - 1))
        return (first, first == last ? last + 0.001 : last)
    }
}
