public import LanguageModels
import TensorCore

/// Self-speculation: the model's own first E layers and its head draft (LayerSkip, arXiv 2404.16710, section 4.3).
public struct EarlyExitDrafter: Drafter {
    /// How many layers draft.
    public let exitLayer: Int
    public let draftLength: Int

    /// Drafts `draftLength` tokens with the first `exitLayer` layers of a model.
    ///
    /// With a draft length of 0, or all layers, nothing is drafted: a draft would cost what the text itself costs.
    ///
    /// - Throws: ``ExitLayerError`` unless 1 <= exitLayer <= layerCount.
    public init(exitLayer: Int, draftLength: Int, for model: some LanguageModel) throws(ExitLayerError) {
        try ExitLayerError.check(exitLayer, layerCount: model.layerCount)
        precondition(draftLength >= 0, "a draft length is not negative")
        self.exitLayer = exitLayer
        self.draftLength = exitLayer == model.layerCount ? 0 : draftLength
    }

    public mutating func draft<Model: LanguageModel>(
        _ context: DraftingContext<Model>, cache: inout KVCache
    ) throws(DecodingError) -> Draft {
        let model = context.model
        guard context.limit > 0, var token = context.tokens.last else { return Draft() }
        var draft = Draft()
        draft.layersSeen = exitLayer
        for _ in 0..<context.limit {
            let hidden = model.run(0..<exitLayer, model.embed([token]), &cache)
            let position = context.tokens.count + draft.tokens.count
            let distribution: Distribution
            do {
                distribution = try context.sampler.distribution(
                    model.logits(hidden), row: 0, position: position, after: draft.tokens, on: model.compute)
            } catch {
                // A text that never comes to be may be nonsense to the model; only its last layer can say that the
                // text itself is. The row is taken back, since no token was drafted from it.
                cache.truncate(to: position - 1)
                break
            }
            token = context.sampler.draw(distribution, at: position, for: .draft)
            draft.hidden.append(hidden)
            draft.distributions.append(distribution)
            draft.tokens.append(token)
            context.report(token)
        }
        return draft
    }
}
