import LanguageModels
import Synchronization
import TensorCore
import TokenDecoding

/// What a loaded model has for drafts besides its layers and head.
final class LoadedDrafting: Sendable {
    /// A copy of the weights in smaller formats; nil if there is none.
    let lowBit: LoadedModel?
    /// Notes for people on the copy.
    let notes: [String]
    private let choice: DraftingOptions.Vocabulary
    private let ranking: [Token]
    /// Packed when it is first needed.
    private let vocabulary = Mutex<DraftVocabulary?>(nil)

    /// - Parameter ranking: tokens from the most frequent on; others follow in order of their ids.
    init(_ options: DraftingOptions, lowBit: LoadedModel?, notes: [String], ranking: [Token] = []) {
        choice = options.vocabulary
        self.lowBit = lowBit
        self.notes = notes
        self.ranking = ranking
    }

    /// What drafts of a strategy can run.
    func parts(for strategy: DecodingStrategy, of model: LoadedModel) -> DraftParts<LoadedModel> {
        switch strategy {
        case .plain, .earlyExit, .approximate: DraftParts()
        case .auto(let exitLayers):
            DraftParts(
                lowBit: lowBit, vocabulary: !exitLayers.isEmpty || lowBit != nil ? vocabulary(choice, of: model) : nil)
        case .selfSpeculative:
            if case .count = choice { DraftParts(vocabulary: vocabulary(choice, of: model)) } else { DraftParts() }
        }
    }

    private func vocabulary(_ choice: DraftingOptions.Vocabulary, of model: LoadedModel) -> DraftVocabulary? {
        let size = model.vocabularySize
        let count: Int
        switch choice {
        case .full: return nil
        case .count(let number): count = min(number, size)
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
