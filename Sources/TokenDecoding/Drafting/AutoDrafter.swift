package import LanguageModels

/// Chooses, in each round, the source of the draft and its length: those with the most expected tokens per second
/// according to measured costs. Often that is no draft at all.
///
/// A round of d drafted tokens is expected to give N(d) = 1 + sum of S(i) over i = 1...d, where S(i) is the chance that
/// the first i tokens are all accepted. A lookup's chances are known beforehand, so its best length is, too. Those of
/// layers become known with each drafted token: drafting continues as long as one more is expected to pay. (SpecDec++,
/// arXiv 2405.19715, shows that the best rule is a threshold on the chance that all tokens so far are accepted.)
package struct AutoDrafter: Drafter {
    private var lookup = LookupSource()
    private var cascade = CascadeSource()
    /// Layers that can draft.
    private var layers: [LayerSource] = []
    private let hasVocabulary: Bool
    private let looksUp: Bool
    private var choice: Choice?
    /// Of the tokens that layers have drafted in this round.
    private var survival = 1.0
    private var expectedTokens = 1.0
    /// The number of tokens that these were computed from.
    private var counted = 0
    /// The number of a cascade's looked-up tokens that the layers agree with; nil before they have run.
    private var agreed: Int?
    /// The number of rounds in which exits were observed, and of rounds since the last of them.
    private var observations = 0
    private var roundsSinceObservation = 0
    /// Whether exits can be observed in this round.
    private var canObserve = false
    /// By how much a cascade was cheaper than drafting its tokens one by one.
    private var savedSeconds = 0.0

    /// The source of a draft.
    private enum Choice: Equatable {
        /// The first tokens of the proposal.
        case lookup(Int)
        /// The source of this index, with or without the draft vocabulary.
        case layers(Int, usesVocabulary: Bool)
        /// The first tokens of the proposal, judged by the source of this index.
        case cascade(Int, by: Int, usesVocabulary: Bool)

        /// The index of the layers that draft.
        var source: Int? {
            switch self {
            case .lookup: nil
            case .layers(let index, _), .cascade(_, by: let index, _): index
            }
        }

        var usesVocabulary: Bool {
            switch self {
            case .lookup: false
            case .layers(_, let usesVocabulary), .cascade(_, _, let usesVocabulary): usesVocabulary
            }
        }
    }

    /// The most tokens of a draft. Sources seldom expect more, and the logits of each take memory.
    package let draftLength = 32

    /// Creates a drafter that looks up earlier text, and drafts by what the model has for it.
    ///
    /// - Parameters:
    ///   - exitLayers: the numbers of layers that may draft; drafts by all layers would cost as much as the text, so
    ///     that exit drafts nothing.
    ///   - parts: what drafts can run besides the model's layers and head.
    /// - Throws: ``ExitLayerError`` unless 1 <= exitLayer <= layerCount.
    package init<Model: LanguageModel>(
        exitLayers: [Int], for model: Model, parts: DraftParts<Model> = DraftParts()
    ) throws(ExitLayerError) {
        var paths: [DraftPath] = []
        for exitLayer in Set(exitLayers).sorted() {
            try ExitLayerError.check(exitLayer, layerCount: model.layerCount)
            if exitLayer < model.layerCount { paths.append(DraftPath(layers: exitLayer)) }
        }
        if parts.lowBit != nil { paths.append(DraftPath(layers: model.layerCount, weights: .lowBit)) }
        layers = paths.map { LayerSource($0) }
        hasVocabulary = parts.vocabulary != nil
        looksUp = parts.looksUp
    }

    /// Takes over what other texts have learned; of layers, if they are the same.
    mutating func learn(from experience: DraftingExperience) {
        if let chances = experience.lookups { lookup.chances = chances }
        if let known = experience.cascade { cascade = known }
        observations = experience.observations
        for index in layers.indices {
            if let known = experience.layers[layers[index].path] { layers[index] = known }
        }
    }

    /// Adds what this text has learned.
    func teach(_ experience: inout DraftingExperience) {
        experience.lookups = lookup.chances
        experience.cascade = cascade
        experience.observations = observations
        for source in layers { experience.layers[source.path] = source }
    }

    package var needsConfidences: Bool { !layers.isEmpty }

    package mutating func restart() { lookup.restart() }

    /// Observes the exits, to know what they would draft without trying: in every fourth round at first, and then as
    /// often as takes 1 % of the time. A single exit is not observed while it drafts.
    package mutating func observedExits(_ costs: CostModel, layerCount: Int) -> [Int] {
        canObserve = true
        guard layers.contains(where: { $0.path.weights == .own }) else { return [] }
        roundsSinceObservation += 1
        var interval = Self.firstInterval
        if observations >= Self.firstObservations, let cost = costs.observation(layers: layerCount) {
            interval = max(interval, Int(min(cost / Self.observingShare, 1000)))
        }
        guard roundsSinceObservation >= interval else { return [] }
        (roundsSinceObservation, observations) = (0, observations + 1)
        return layers.compactMap { $0.path.weights == .own ? $0.path.layers : nil }
    }

    package mutating func learn(_ observation: ExitObservation) {
        for index in layers.indices where layers[index].path == DraftPath(layers: observation.exitLayer) {
            layers[index].learn(observed: observation.tokens)
        }
    }

    package mutating func next(_ context: DraftingContext) -> DraftStep {
        if context.drafted.isEmpty { return begin(context) }
        guard let index = choice?.source, !context.confidences.isEmpty else { return .done }
        let path = layers[index].path(usingVocabulary: choice?.usesVocabulary ?? false)
        if case .cascade(let count, _, _) = choice, agreed == nil { judge(count, path, context) }
        return goOn(layers[index], path, context)
    }

    package mutating func learn(_ round: Round) {
        for index in layers.indices {
            if index == choice?.source, round.drafted > 0 {
                let isCovered = round.isCovered || choice?.usesVocabulary == false
                layers[index].learn(
                    confidences: round.confidences, accepted: round.accepted, isCovered: isCovered)
                if layers.count(where: { $0.path.weights == .own }) == 1 { roundsSinceObservation = 0 }
            } else if !canObserve || layers[index].path.weights == .lowBit {
                layers[index].learnNothing()
            }
        }
        canObserve = false
        if case .cascade(let count, _, _) = choice { learnCascade(round, count) }
    }

    /// Learns what became of a cascade with so many looked-up tokens.
    private mutating func learnCascade(_ round: Round, _ count: Int) {
        var (agreed, drafted) = (agreed, round.drafted)
        if agreed == nil, round.accepted == round.drafted {
            // The draft reached its limit before another step, so its last token may be the layers' own.
            let found = zip(round.tokens.prefix(round.accepted), lookup.proposal.prefix(count)).prefix { $0 == $1 }
                .count
            cascade.learn(matchLength: lookup.matchLength, proposed: min(count, drafted), agreed: found)
            agreed = found
        } else if agreed == nil {
            // It is unknown whether its last token is. The layers agreed with the tokens before it.
            agreed = max(0, drafted - 1)
            drafted = max(0, drafted - 1)
        }
        cascade.learn(
            matchLength: lookup.matchLength, proposed: count, agreed: agreed ?? 0, drafted: drafted,
            accepted: min(round.accepted, drafted))
    }
}

// MARK: A draft that goes on

extension AutoDrafter {
    /// Learns what the layers made of looked-up tokens.
    private mutating func judge(_ count: Int, _ path: DraftPath, _ context: DraftingContext) {
        let agreed = zip(context.drafted, lookup.proposal.prefix(count)).prefix { $0 == $1 }.count
        self.agreed = agreed
        cascade.learn(matchLength: lookup.matchLength, proposed: count, agreed: agreed)
        guard
            let slow = context.costs.draft(
                on: path, layers: context.layerCount, texts: 1, drafted: context.drafted.count),
            let fast = context.costs.cascade(
                path, layers: context.layerCount, lookedUp: count, verified: context.drafted.count)
        else { return }
        savedSeconds = slow - fast
    }

    /// Drafts one more token if that is expected to pay.
    private mutating func goOn(
        _ source: LayerSource, _ path: DraftPath, _ context: DraftingContext
    ) -> DraftStep {
        // A cascade has drafted several.
        while counted < context.confidences.count {
            survival *= source.chance(confidence: context.confidences[counted])
            expectedTokens += survival
            counted += 1
        }
        guard let now = seconds(path, context.drafted.count, context),
            let later = seconds(path, context.drafted.count + 1, context)
        else { return .done }
        let more = survival * chance(source, path, after: context.confidences.last, context)
        let pays = (expectedTokens + more) * (now - savedSeconds) > expectedTokens * (later - savedSeconds)
        return pays ? .rows(path) : .done
    }
}

// MARK: The choice

extension AutoDrafter {
    /// Chooses the source of a round.
    private mutating func begin(_ context: DraftingContext) -> DraftStep {
        (choice, agreed, savedSeconds) = (nil, nil, 0)
        (survival, expectedTokens, counted) = (1, 1, 0)
        if looksUp { lookup.propose(context.tokens, promptCount: context.promptCount, limit: context.limit) }
        // The first round measures what one token costs.
        guard let plain = context.costs.plain(layers: context.layerCount, texts: context.texts) else { return .done }
        var best = Self.leastGain * Double(context.texts) / plain
        chooseLookup(context, &best)
        // The exit that drafts best, also if drafts by it alone are not chosen, is the one to judge looked-up tokens.
        var judge: (index: Int, usesVocabulary: Bool, speed: Double)?
        for index in layers.indices {
            for usesVocabulary in hasVocabulary ? [true, false] : [false] {
                let speed = chooseLayers(index, usesVocabulary, context, &best)
                if layers[index].path.weights == .own, speed > judge?.speed ?? 0 {
                    judge = (index, usesVocabulary, speed)
                }
            }
        }
        if context.texts == 1, let judge { chooseCascade(judge.index, judge.usesVocabulary, context, &best) }
        switch choice {
        case .lookup(let count): return .tokens(lookup.proposal[..<count])
        case .layers(let index, let usesVocabulary):
            return .rows(layers[index].path(usingVocabulary: usesVocabulary))
        case .cascade(let count, let index, let usesVocabulary):
            return .cascade(lookup.proposal[..<count], layers[index].path(usingVocabulary: usesVocabulary))
        case nil: return .done
        }
    }

    private mutating func chooseLookup(_ context: DraftingContext, _ best: inout Double) {
        var (survival, tokens) = (1.0, 1.0)
        for position in lookup.proposal.indices {
            survival *= lookup.chance(ofToken: position)
            tokens += survival
            guard survival > Self.leastSurvival,
                let seconds = context.costs.lookup(
                    layers: context.layerCount, texts: context.texts, drafted: position + 1)
            else { break }
            let speed = (Double(context.texts) - 1 + tokens) / seconds
            if speed > best { (best, choice) = (speed, .lookup(position + 1)) }
        }
    }

    /// Chooses a draft by layers by its most expected tokens per second, before its first token is known.
    ///
    /// - Returns: that speed.
    private mutating func chooseLayers(
        _ index: Int, _ usesVocabulary: Bool, _ context: DraftingContext, _ best: inout Double
    ) -> Double {
        guard context.limit > 0 else { return 0 }
        let path = layers[index].path(usingVocabulary: usesVocabulary)
        // The chance of later tokens is that after a token of average confidence.
        let chance = chance(layers[index], path, after: nil, context)
        var (survival, tokens, last) = (chance, 1.0, 0.0)
        for drafted in 1...context.limit {
            guard survival > Self.leastSurvival, let seconds = seconds(path, drafted, context) else { break }
            tokens += survival
            let speed = Double(context.texts) * tokens / seconds
            // Each further token adds less than the one before.
            guard speed > last else { break }
            last = speed
            survival *= chance
        }
        if last > best { (best, choice) = (last, .layers(index, usesVocabulary: usesVocabulary)) }
        return last
    }

    private mutating func chooseCascade(
        _ index: Int, _ usesVocabulary: Bool, _ context: DraftingContext, _ best: inout Double
    ) {
        guard !lookup.proposal.isEmpty else { return }
        let path = layers[index].path(usingVocabulary: usesVocabulary)
        let next = chance(layers[index], path, after: 1, context)
        for count in Self.cascadeLengths where count <= lookup.proposal.count {
            let expected = cascade.expectation(matchLength: lookup.matchLength, count: count, next: next)
            // Often even the shortest round would be too long.
            guard
                let least = context.costs.cascade(path, layers: context.layerCount, lookedUp: count, verified: 1),
                expected.tokens > best * least
            else { continue }
            var seconds = 0.0
            for (agreed, chance) in expected.agreed.enumerated() {
                guard
                    let cost = context.costs.cascade(
                        path, layers: context.layerCount, lookedUp: count, verified: min(agreed + 1, context.limit))
                else { return }
                seconds += chance * cost
            }
            let speed = expected.tokens / seconds
            if speed > best { (best, choice) = (speed, .cascade(count, by: index, usesVocabulary: usesVocabulary)) }
        }
    }

    /// The chance that one more token that layers draft would be accepted if those before it are.
    private func chance(
        _ source: LayerSource, _ path: DraftPath, after last: Double?, _ context: DraftingContext
    ) -> Double {
        source.chanceOfNext(after: last) * (path.usesDraftVocabulary ? context.coverage : 1)
    }

    private func seconds(_ path: DraftPath, _ drafted: Int, _ context: DraftingContext) -> Double? {
        context.costs.draft(on: path, layers: context.layerCount, texts: context.texts, drafted: drafted)
    }

    /// A draft that is expected to gain less may well lose, because costs and chances are estimates.
    private static let leastGain = 1.03
    /// Observations of the exits that come soon, to choose between them at all, and the rounds from one to the next.
    private static let firstObservations = 12
    private static let firstInterval = 4
    /// The share of the time that later observations take.
    private static let observingShare = 0.01
    /// Tokens that are so unlikely to be reached add nothing.
    private static let leastSurvival = 0.02
    /// Numbers of looked-up tokens that are considered; others lie between them.
    private static let cascadeLengths = [1, 2, 3, 4, 6, 8, 12]
}
