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
    /// Predicts the duration of rounds from these passes.
    var model: CostModel { model(layer: rising(points.layer), head: rising(points.head)) }

    private func model(layer: [PassPoint], head: [PassPoint]) -> CostModel {
        var model = CostModel(layer: layer, head: head)
        model.exitBlock = exitBlock
        return model
    }

    /// Lets no pass take less than one over fewer tokens. Where one did, drafts that are all rejected would seem to gain
    /// speed.
    private func rising(_ points: [PassPoint]) -> [PassPoint] {
        var most = 0.0
        return points.map { point in
            most = max(most, point.seconds)
            return (point.rows, most)
        }
    }

    /// The same for rounds of drafts by an exit.
    ///
    /// The weights of a few layers and the head may stay in a processor's cache from one drafted token to the next, so
    /// drafts can take less than their share of a whole pass. Only the first run of these layers in a round finds that
    /// the other layers have evicted them.
    func model(exitLayer: Int, draftLength: Int) -> CostModel {
        guard exitLayer <= draftCosts.count, let layer = points.layer.first, let head = points.head.first else {
            return model
        }
        let pass = Double(layerCount) * layer.seconds + head.seconds
        let layers = exitLayer + (exitLayer == exitBlock ? 1 : 0)
        let share = draftCosts[exitLayer - 1] * pass / (Double(layers) * layer.seconds + head.seconds)
        let factor = (1 + Double(draftLength) * share) / Double(draftLength + 1)
        func scaled(_ points: [PassPoint]) -> [PassPoint] {
            rising(points).map { $0.rows == 1 ? (1, factor * $0.seconds) : $0 }
        }
        return model(layer: scaled(points.layer), head: scaled(points.head))
    }

    /// Returns the expected speedup of self-speculation over plain decoding.
    ///
    /// - Parameters:
    ///   - chance: the chance that one more draft is accepted; see ``ModelCost/chance(acceptanceRate:draftLength:)``.
    ///   - exitLayer: the number of layers that draft, fewer than all.
    ///   - draftLength: the number of tokens drafted per round, at least 1.
    public func speedup(chance: Double, exitLayer: Int, draftLength: Int) -> Double {
        model.speedup(
            tokensPerRound: ModelCost.tokensPerRound(chance: chance, draftLength: draftLength),
            exitLayer: exitLayer, layers: layerCount, draftLength: draftLength,
            drafting: model(exitLayer: exitLayer, draftLength: draftLength)) ?? 1
    }

    /// Returns the draft length with the greatest speedup among those whose verification has been measured.
    public func best(chance: Double, exitLayer: Int) -> (draftLength: Int, speedup: Double) {
        let speedups = (1..<max(2, costs.last?.tokens ?? 2)).map { length in
            (draftLength: length, speedup: speedup(chance: chance, exitLayer: exitLayer, draftLength: length))
        }
        return speedups.max { $0.speedup < $1.speedup } ?? (0, 1)
    }
}
