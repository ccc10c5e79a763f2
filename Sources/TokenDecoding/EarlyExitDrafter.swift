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

    public mutating func propose<Model: LanguageModel>(
        _ draft: inout Draft, _ context: DraftingContext<Model>, sampler: inout Sampler, cache: inout KVCache,
        report: (Token) -> Void
    ) {
        let model = context.model
        guard context.limit > 0, var token = context.tokens.last else { return }
        draft.layersSeen = exitLayer
        while draft.tokens.count < context.limit {
            let hidden = model.run(0..<exitLayer, model.embed(CollectionOfOne(token).span), &cache)
            draft.hidden.append(hidden)
            let position = context.tokens.count + draft.tokens.count
            // An early exit whose logits are not finite has nothing to say. Whether that is an error is for the full
            // model's logits to tell, so that text and errors stay those of plain decoding.
            guard
                let distribution = try? sampler.distribution(
                    model.logits(hidden), row: 0, position: position, after: draft.tokens, on: model.compute)
            else { break }
            token = sampler.draw(distribution, at: position, for: .draft)
            draft.distributions.append(distribution)
            draft.tokens.append(token)
            report(token)
        }
    }
}
