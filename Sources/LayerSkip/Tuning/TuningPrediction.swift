import TokenDecoding

/// Predicts the time of drafts along the texts of a tuning.
struct TuningPrediction {
    let texts: [TuningText]
    private let layers: Int
    private let passes: ModelCost.Passes?
    private let costs: CostModel
    /// The seconds of choosing a token from its logits.
    private let choosing: Double

    init(_ texts: [TuningText], layers: Int, passes: ModelCost.Passes?, choosing: Double) {
        self.texts = texts
        self.layers = layers
        self.passes = passes
        costs = passes?.model ?? CostModel()
        self.choosing = choosing
    }

    /// The number of tokens of all texts, without their prompts.
    var tokenCount: Int { texts.reduce(0) { $0 + $1.written.count } }

    var plainSecondsPerToken: Double { (costs.secondsPerToken(layers: layers) ?? 0) + choosing }

    /// The share of tokens at which drafts agree with the texts.
    func share(of agreements: [[Bool]]) -> Double {
        Double(agreements.reduce(0) { $0 + $1.count { $0 } }) / Double(max(1, tokenCount))
    }

    /// Drafts on a path, given where they agree with each text.
    ///
    /// - Parameter timeShare: the duration of a low-bit copy's passes, relative to those of the model.
    func cell(
        _ path: DraftPath, _ agreements: [[Bool]], _ draftLength: Int, timeShare: Double? = nil
    ) -> Tuning.Cell {
        var rounds = SimulatedRounds()
        for (text, agreements) in zip(texts, agreements) {
            rounds.add(agreements: agreements, draftLength: draftLength, limit: text.limit)
        }
        let drafting =
            timeShare.map { costs.withLowBit(share: $0) }
            ?? passes?.model(exitLayer: path.layers, draftLength: draftLength)
        return cell(path, rounds, draftLength, drafting)
    }

    /// Lookups of earlier text.
    func lookups(_ draftLength: Int) -> Tuning.Cell {
        var rounds = SimulatedRounds()
        for text in texts {
            rounds.add(
                lookupsIn: text.tokens, promptCount: text.promptCount, draftLength: draftLength, limit: text.limit)
        }
        return cell(nil, rounds, draftLength, nil)
    }

    private func cell(
        _ path: DraftPath?, _ rounds: SimulatedRounds, _ draftLength: Int, _ drafting: CostModel?
    ) -> Tuning.Cell {
        let seconds = rounds.seconds(costs, drafting: drafting, on: path, layers: layers, choosing: choosing)
        return Tuning.Cell(
            exitLayer: path?.weights == .own ? path?.layers : nil, draftLength: draftLength, rounds: rounds.rounds,
            drafted: rounds.drafted, accepted: rounds.accepted, seconds: seconds?.drafting ?? 0,
            speedup: seconds.map { $0.plain / $0.drafting } ?? 1)
    }
}
