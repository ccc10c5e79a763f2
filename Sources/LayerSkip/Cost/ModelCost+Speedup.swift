import TokenDecoding

extension ModelCost {
    /// Returns N, the expected tokens per round: the accepted drafts and one token by the full model. If a is the
    /// chance that one more draft is accepted,
    ///
    ///     N = (1 - a^(d+1)) / (1 - a)
    ///
    /// - Parameters:
    ///   - chance: a.
    ///   - draftLength: d, the number of tokens drafted per round.
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

extension ModelCost.Passes {
    /// Returns the expected speedup of self-speculation over plain decoding.
    ///
    /// - Parameters:
    ///   - chance: the chance that one more draft is accepted; see ``ModelCost/chance(acceptanceRate:draftLength:)``.
    ///   - exitLayer: the number of layers that draft, fewer than all.
    ///   - draftLength: the number of tokens drafted per round, at least 1.
    public func speedup(chance: Double, exitLayer: Int, draftLength: Int) -> Double {
        model.speedup(
            tokensPerRound: ModelCost.tokensPerRound(chance: chance, draftLength: draftLength),
            exitLayer: exitLayer, layers: layerCount, draftLength: draftLength) ?? 1
    }

    /// Returns the draft length with the greatest speedup among those whose verification has been measured.
    public func best(chance: Double, exitLayer: Int) -> (draftLength: Int, speedup: Double) {
        let speedups = (1..<max(2, costs.last?.tokens ?? 2)).map { length in
            (draftLength: length, speedup: speedup(chance: chance, exitLayer: exitLayer, draftLength: length))
        }
        return speedups.max { $0.speedup < $1.speedup } ?? (0, 1)
    }
}
