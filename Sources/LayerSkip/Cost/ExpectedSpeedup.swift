/// A cost model that predicts the speedup of self-speculation over plain decoding, from the cost of passes and the
/// acceptance rate.
///
/// A round of d drafts by the first E of L layers runs (d + 1) E layers and d heads for one row at a time, then L - E
/// layers and the head for d + 1 rows at once. If a is the chance that one more draft is accepted, a round gives
///
///     N = (1 - a^(d+1)) / (1 - a)
///
/// tokens. Plain decoding needs L layers and a head for each of them. See LayerSkip, arXiv 2404.16710, section 4.3.
public struct ExpectedSpeedup: Sendable {
    /// The number of layers L.
    public let layerCount: Int
    /// h: the cost of the head, in units of one layer.
    public let headCost: Double
    /// v: the cost of a pass over several tokens, in units of a pass over one.
    public let passCosts: PassCosts

    /// Creates the cost model of a language model.
    public init(layerCount: Int, headCost: Double, passCosts: PassCosts) {
        self.layerCount = layerCount
        self.headCost = headCost
        self.passCosts = passCosts
    }

    /// Returns the expected speedup.
    ///
    /// - Parameters:
    ///   - chance: a, the chance that one more draft is accepted; see ``chance(acceptanceRate:draftLength:)``.
    ///   - exitLayer: E, the number of layers that draft.
    ///   - draftLength: d, the number of tokens drafted per round.
    public func callAsFunction(chance: Double, exitLayer: Int, draftLength: Int) -> Double {
        let (drafted, exit) = (Double(draftLength), Double(exitLayer))
        let layers = Double(layerCount)
        let drafting = drafted * (exit + headCost) + exit
        let verifying = (layers - exit + headCost) * passCosts[draftLength + 1]
        let tokens = Self.tokensPerRound(chance: chance, draftLength: draftLength)
        return tokens * (layers + headCost) / (drafting + verifying)
    }

    /// Returns the draft length with the greatest speedup among those whose verification has been measured.
    public func best(chance: Double, exitLayer: Int) -> (draftLength: Int, speedup: Double) {
        let speedups = (1..<max(2, passCosts.longest)).map { length in
            (draftLength: length, speedup: self(chance: chance, exitLayer: exitLayer, draftLength: length))
        }
        return speedups.max { $0.speedup < $1.speedup } ?? (0, 1)
    }

    /// Returns N, the expected tokens per round: the accepted drafts and one token by the full model.
    public static func tokensPerRound(chance: Double, draftLength: Int) -> Double {
        // The sum itself, because its closed form is undefined at a = 1.
        var (sum, power) = (1.0, 1.0)
        for _ in 0..<draftLength {
            power *= chance
            sum += power
        }
        return sum
    }

    /// Returns a, the chance that one more draft is accepted, given the acceptance rate A = (N - 1) / d that statistics
    /// report.
    public static func chance(acceptanceRate: Double, draftLength: Int) -> Double {
        // A grows from 0 to 1 as a does, so bisection reaches a Double's precision in 52 steps.
        var (low, high) = (0.0, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            let rate = (tokensPerRound(chance: middle, draftLength: draftLength) - 1) / Double(draftLength)
            if rate < acceptanceRate { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
