/// The speedup over plain decoding that self-speculation should have, from what its passes cost and how often drafts
/// are accepted.
///
/// A round of d drafts by the first E of L layers runs (d + 1) E layers and d heads for one row at a time, then L - E
/// layers and the head for d + 1 rows at once. Where a is the chance that one more draft is accepted, it gives
///
///     N = (1 - a^(d+1)) / (1 - a)
///
/// tokens, each of which plain decoding would pay L layers and a head for. See LayerSkip, arXiv 2404.16710, section
/// 4.3.
public struct ExpectedSpeedup: Sendable {
    /// The number of layers L.
    public let layerCount: Int
    /// h: what the head costs, in units of one layer.
    public let headCost: Double
    /// v: what a pass over several tokens costs, in units of a pass over one.
    public let passCosts: PassCosts

    /// Expectations for a model.
    public init(layerCount: Int, headCost: Double, passCosts: PassCosts) {
        self.layerCount = layerCount
        self.headCost = headCost
        self.passCosts = passCosts
    }

    /// The speedup.
    ///
    /// - Parameters:
    ///   - chance: a, that one more draft is accepted; see ``chance(acceptanceRate:draftLength:)``.
    ///   - exitLayer: E, how many layers draft.
    ///   - draftLength: d, how many tokens they draft a round.
    public func callAsFunction(chance: Double, exitLayer: Int, draftLength: Int) -> Double {
        let (drafted, exit) = (Double(draftLength), Double(exitLayer))
        let layers = Double(layerCount)
        let drafting = drafted * (exit + headCost) + exit
        let verifying = (layers - exit + headCost) * passCosts[draftLength + 1]
        let tokens = Self.tokensPerRound(chance: chance, draftLength: draftLength)
        return tokens * (layers + headCost) / (drafting + verifying)
    }

    /// The draft length with the greatest speedup, among those whose verification has been measured.
    public func best(chance: Double, exitLayer: Int) -> (draftLength: Int, speedup: Double) {
        let speedups = (1..<max(2, passCosts.longest)).map { length in
            (draftLength: length, speedup: self(chance: chance, exitLayer: exitLayer, draftLength: length))
        }
        return speedups.max { $0.speedup < $1.speedup } ?? (0, 1)
    }

    /// N: the tokens that a round gives, one by the full model and the accepted drafts before it.
    public static func tokensPerRound(chance: Double, draftLength: Int) -> Double {
        // The geometric sum itself: its closed form has no value at a = 1.
        var (sum, power) = (1.0, 1.0)
        for _ in 0..<draftLength {
            power *= chance
            sum += power
        }
        return sum
    }

    /// a: the chance that one more draft is accepted, from the share A = (N - 1) / d of all drafts that is, as tables
    /// and telemetry report it.
    public static func chance(acceptanceRate: Double, draftLength: Int) -> Double {
        // A grows with a, from 0 to 1 as a does: halving the interval reaches a Double's precision in 52 steps.
        var (low, high) = (0.0, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            let rate = (tokensPerRound(chance: middle, draftLength: draftLength) - 1) / Double(draftLength)
            if rate < acceptanceRate { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
