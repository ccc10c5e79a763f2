package import LanguageModels

/// A model truncated after its first E layers: the reference for early-exit inference (LayerSkip, arXiv 2404.16710,
/// section 4.2).
package struct Truncated<Model: LanguageModel>: WrappedModel {
    package let model: Model
    package let layerCount: Int

    /// Creates a model of the first `exitLayer` layers, with the full model's norm and head.
    ///
    /// - Throws: ``ExitLayerError`` unless 1 <= exitLayer <= layerCount.
    package init(_ model: Model, exitLayer: Int) throws(ExitLayerError) {
        guard (1...model.layerCount).contains(exitLayer) else {
            throw ExitLayerError(found: exitLayer, layerCount: model.layerCount)
        }
        self.model = model
        layerCount = exitLayer
    }
}
