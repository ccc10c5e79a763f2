package import LanguageModels
package import TokenDecoding

/// A drafter that takes steps at random: tokens of the text or any others, drafts on all paths that there are, cascades,
/// and ends.
package struct RandomDrafter: Drafter {
    package let draftLength: Int
    package let needsConfidences: Bool
    /// The paths that layers can draft on; may be empty.
    private let paths: [DraftPath]
    private let vocabularySize: Int
    private let exitLayers: [Int]
    private var random: SeededGenerator
    /// Apart from the other, because a text in a batch is not observed.
    private var randomExits: SeededGenerator
    private var path: DraftPath?

    /// - Parameter exitLayers: numbers of layers that draft, each 1 to L - 1.
    package init<Model: LanguageModel>(
        _ random: inout SeededGenerator, exitLayers: [Int], draftLength: Int, for model: Model,
        parts: DraftParts<Model> = DraftParts()
    ) {
        self.draftLength = draftLength
        needsConfidences = random.chance(0.5)
        vocabularySize = model.vocabularySize
        var paths = exitLayers.map { DraftPath(layers: $0) }
        if parts.lowBit != nil {
            paths += [model.layerCount, random.int(1...model.layerCount)].map {
                DraftPath(layers: $0, weights: .lowBit)
            }
        }
        if parts.vocabulary != nil {
            paths += paths.map {
                DraftPath(layers: $0.layers, weights: $0.weights, usesDraftVocabulary: true)
            }
        }
        self.paths = paths
        self.exitLayers = exitLayers
        self.random = SeededGenerator(seed: random.next())
        randomExits = SeededGenerator(seed: random.next())
    }

    package mutating func next(_ context: DraftingContext) -> DraftStep {
        if context.drafted.isEmpty {
            path = paths.isEmpty || random.chance(0.2) ? nil : random.element(paths)
            if let path, path.weights == .own, random.chance(0.3) {
                return .cascade(guess(context)[...], path)
            }
        }
        if let last = context.confidences.last, last < 0.1, random.chance(0.5) { return .done }
        switch random.int(0...9) {
        case 0: return .done
        case 1...6: return path.map { .rows($0) } ?? .tokens(guess(context)[...])
        default: return .tokens(guess(context)[...])
        }
    }

    /// What followed the last token before, with a mistake now and then.
    private mutating func guess(_ context: DraftingContext) -> [Token] {
        let text = context.tokens + context.drafted
        var tokens: [Token] = []
        if let place = text.dropLast().lastIndex(of: text[text.count - 1]) {
            tokens += text[(place + 1)...].prefix(random.int(1...5))
        }
        if tokens.isEmpty || random.chance(0.2) { tokens += random.tokens(1, vocabularySize: vocabularySize) }
        return tokens
    }

    package mutating func observedExits(_ costs: CostModel, layerCount: Int) -> [Int] {
        randomExits.chance(0.3) ? Set(exitLayers).sorted().filter { _ in randomExits.chance(0.7) } : []
    }

    package mutating func learn(_ observation: ExitObservation) {
        precondition(exitLayers.contains(observation.exitLayer) && observation.tokens.count <= draftLength + 1)
    }

    package mutating func learn(_ round: Round) {
        precondition(round.tokens.count == round.accepted + 1 && round.accepted <= round.drafted)
        precondition((round.source == nil) == (round.drafted == 0))
    }
}
