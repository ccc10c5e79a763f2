import LanguageModels
import Synchronization
import TensorCore
import TokenDecoding

/// What a loaded model has for drafts besides its layers and head.
final class LoadedDrafting: Sendable {
    /// A copy of the weights in smaller formats; nil if there is none.
    let lowBit: LoadedModel?
    /// Whether the caller asked for the copy. Otherwise it depends on the memory that was free while loading.
    private let isLowBitRequested: Bool
    /// Notes for people on the copy.
    let notes: [String]
    private let choice: DraftingOptions.Vocabulary
    private let looksUp: Bool
    private let ranking: [Token]
    /// Packed when it is first needed.
    private let vocabulary = Mutex<DraftVocabulary?>(nil)

    /// - Parameter ranking: tokens from the most frequent on; others follow in order of their ids.
    init(_ options: DraftingOptions, lowBit: LoadedModel?, notes: [String], ranking: [Token] = []) {
        choice = options.vocabulary
        looksUp = options.looksUp
        if case .recipe = options.lowBit { isLowBitRequested = true } else { isLowBitRequested = false }
        self.lowBit = lowBit
        self.notes = notes
        self.ranking = ranking
    }

    /// What drafts of a strategy can run.
    ///
    /// With rejections, drafts influence the text. So only a copy that was asked for drafts, and no draft vocabulary,
    /// which depends on other texts: a seed's text then does not depend on free memory.
    func parts(
        for strategy: DecodingStrategy, _ acceptance: Acceptance, of model: LoadedModel
    ) -> DraftParts<LoadedModel> {
        let isCoupled = acceptance == .coupled
        switch strategy {
        case .plain, .earlyExit, .approximate: return DraftParts()
        case .auto(let exitLayers):
            let lowBit = isCoupled || isLowBitRequested ? lowBit : nil
            let hasLayers = !exitLayers.isEmpty || lowBit != nil
            return DraftParts(
                lowBit: lowBit, vocabulary: isCoupled && hasLayers ? vocabulary(choice, of: model) : nil,
                looksUp: looksUp)
        case .selfSpeculative:
            guard case .count = choice, isCoupled else { return DraftParts() }
            return DraftParts(vocabulary: vocabulary(choice, of: model))
        }
    }

    /// Whether any drafts of a strategy are by layers, which choose from the draft vocabulary.
    func draftsByLayers(_ strategy: DecodingStrategy) -> Bool {
        !strategy.draftingExitLayers.isEmpty || strategy.choosesSource && lowBit != nil
    }

    /// Whether nothing drafts for a strategy that chooses among sources.
    func hasNoSource(_ strategy: DecodingStrategy) -> Bool {
        strategy.choosesSource && !looksUp && !draftsByLayers(strategy)
    }

    private func vocabulary(_ choice: DraftingOptions.Vocabulary, of model: LoadedModel) -> DraftVocabulary? {
        let size = model.vocabularySize
        let count: Int
        switch choice {
        case .full: return nil
        case .count(let number):
            // All tokens are the model's own head.
            guard number < size else { return nil }
            count = number
        case .automatic:
            guard size >= Self.leastVocabulary else { return nil }
            count = DraftVocabulary.standardSize(of: size)
        }
        return vocabulary.withLock { known in
            if let known { return known }
            let made = model.draftVocabulary(DraftVocabulary.tokens(ranked: ranking, count: count, of: size))
            known = made
            return made
        }
    }

    /// In a smaller vocabulary, the head takes little time.
    private static let leastVocabulary = 1024
}
