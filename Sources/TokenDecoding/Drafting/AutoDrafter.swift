package import LanguageModels

/// Chooses, in each round, the source of the draft and its length: those with the most expected tokens per second
/// according to measured costs. Often that is no draft at all.
///
/// A round of d drafted tokens is expected to give N(d) = 1 + sum of S(i) over i = 1...d, where S(i) is the chance that
/// the first i tokens are all accepted. A lookup's chances are known beforehand, so its best length is, too. Those of
/// an exit become known with each drafted token: drafting continues as long as one more is expected to pay. (SpecDec++,
/// arXiv 2405.19715, shows that the best rule is a threshold on the chance that all tokens so far are accepted.)
package struct AutoDrafter: Drafter {
    private var lookup = LookupSource()
    private var exit: ExitSource?
    private var choice: DraftSource?
    /// Of the tokens that the exit has drafted in this round.
    private var survival = 1.0
    private var expectedTokens = 1.0

    /// The most tokens of a draft. Sources seldom expect more, and the logits of each take memory.
    package let draftLength = 32

    /// Creates a drafter that looks up earlier text, and drafts by early exit if the model has an exit for it.
    ///
    /// - Parameter exitLayer: 1 to L - 1 layers that draft; nil for lookups only. With all layers there are only
    ///   lookups, too.
    /// - Throws: ``ExitLayerError`` unless 1 <= exitLayer <= layerCount.
    package init(exitLayer: Int?, for model: some LanguageModel) throws(ExitLayerError) {
        guard let exitLayer else { return }
        try ExitLayerError.check(exitLayer, layerCount: model.layerCount)
        if exitLayer < model.layerCount { exit = ExitSource(exitLayer: exitLayer) }
    }

    /// Takes over what other texts have learned; of an exit, if it is the same.
    mutating func learn(from experience: DraftingExperience) {
        if let chances = experience.lookups { lookup.chances = chances }
        if let known = experience.exit, known.exitLayer == exit?.exitLayer { exit = known }
    }

    /// Adds what this text has learned.
    func teach(_ experience: inout DraftingExperience) {
        experience.lookups = lookup.chances
        if let exit { experience.exit = exit }
    }

    package var needsConfidences: Bool { exit != nil }

    package mutating func restart() { lookup.restart() }

    package mutating func next(_ context: DraftingContext) -> DraftStep {
        if context.drafted.isEmpty { return begin(context) }
        guard choice == .earlyExit, let exit, let last = context.confidences.last else { return .done }
        survival *= exit.chance(confidence: last)
        expectedTokens += survival
        guard let now = exitSeconds(exit, context.drafted.count, context),
            let later = exitSeconds(exit, context.drafted.count + 1, context)
        else { return .done }
        let more = survival * exit.chanceOfNext(after: last)
        return (expectedTokens + more) * now > expectedTokens * later ? .rows(through: exit.exitLayer) : .done
    }

    package mutating func learn(_ round: Round) {
        if round.source == .earlyExit {
            exit?.learn(confidences: round.confidences, accepted: round.accepted)
        } else {
            exit?.learnNothing()
        }
    }

    /// Chooses the source of a round.
    private mutating func begin(_ context: DraftingContext) -> DraftStep {
        choice = nil
        (survival, expectedTokens) = (1, 1)
        lookup.propose(context.tokens, promptCount: context.promptCount, limit: context.limit)
        let texts = Double(context.texts)
        // The first round measures what one token costs.
        guard let plain = context.costs.plain(layers: context.layerCount, texts: context.texts) else { return .done }
        var best = Self.leastGain * texts / plain
        var length = 0
        var (survival, tokens) = (1.0, 1.0)
        for position in lookup.proposal.indices {
            survival *= lookup.chance(ofToken: position)
            tokens += survival
            guard survival > Self.leastSurvival,
                let seconds = context.costs.lookup(
                    layers: context.layerCount, texts: context.texts, drafted: position + 1)
            else { break }
            let speed = (texts - 1 + tokens) / seconds
            if speed > best { (best, length, choice) = (speed, position + 1, .lookup) }
        }
        if let exit, let speed = exitSpeed(exit, context), speed > best { choice = .earlyExit }
        switch choice {
        case .lookup: return .tokens(lookup.proposal[..<length])
        case .earlyExit: return exit.map { .rows(through: $0.exitLayer) } ?? .done
        case nil: return .done
        }
    }

    /// The most expected tokens per second of a draft by early exit, before its first token is known.
    private func exitSpeed(_ exit: ExitSource, _ context: DraftingContext) -> Double? {
        var survival = exit.chanceOfNext(after: nil)
        var (tokens, best) = (1.0, 0.0)
        // The chance of later tokens is that after a token of average confidence.
        let chance = survival
        for drafted in 1...max(1, context.limit) {
            guard survival > Self.leastSurvival, let seconds = exitSeconds(exit, drafted, context) else { break }
            tokens += survival
            best = max(best, Double(context.texts) * tokens / seconds)
            survival *= chance
        }
        return context.limit > 0 ? best : nil
    }

    private func exitSeconds(_ exit: ExitSource, _ drafted: Int, _ context: DraftingContext) -> Double? {
        context.costs.earlyExit(
            exit.exitLayer, layers: context.layerCount, texts: context.texts, drafted: drafted)
    }

    /// A draft that is expected to gain less may well lose, because costs and chances are estimates.
    private static let leastGain = 1.03
    /// Tokens that are so unlikely to be reached add nothing.
    private static let leastSurvival = 0.02
}
