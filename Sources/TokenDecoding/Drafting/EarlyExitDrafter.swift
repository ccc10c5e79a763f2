package import LanguageModels

/// Self-speculation: drafts with the model's own first E layers and its head (LayerSkip, arXiv 2404.16710, section
/// 4.3).
package struct EarlyExitDrafter: Drafter {
    /// The number of layers that draft.
    package let exitLayer: Int
    package let draftLength: Int
    /// Whether only the tokens of the draft vocabulary are drafted, if there is one.
    package let usesDraftVocabulary: Bool

    /// Drafts `draftLength` tokens with the first `exitLayer` layers of a model.
    ///
    /// With a draft length of 0, or with all layers, it drafts nothing: drafts by all layers would cost as much as the
    /// text itself.
    ///
    /// - Throws: ``ExitLayerError`` unless 1 <= exitLayer <= layerCount.
    package init(
        exitLayer: Int, draftLength: Int, usesDraftVocabulary: Bool = false, for model: some LanguageModel
    ) throws(ExitLayerError) {
        try ExitLayerError.check(exitLayer, layerCount: model.layerCount)
        precondition(draftLength >= 0, "a draft length is not negative")
        self.exitLayer = exitLayer
        self.usesDraftVocabulary = usesDraftVocabulary
        self.draftLength = exitLayer == model.layerCount ? 0 : draftLength
    }

    package mutating func next(_ context: DraftingContext) -> DraftStep {
        .rows(DraftPath(layers: exitLayer, usesDraftVocabulary: usesDraftVocabulary))
    }
}
