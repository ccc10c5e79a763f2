package import LanguageModels
package import TensorCore

/// A model truncated after its first E layers: the reference for early-exit inference (LayerSkip, arXiv 2404.16710,
/// section 4.2).
package struct Truncated<Model: LanguageModel>: LanguageModel {
    private let model: Model
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

    package var vocabularySize: Int { model.vocabularySize }
    package var contextLength: Int { model.contextLength }
    package var attention: AttentionShape { model.attention }
    package var weightByteCount: Int { model.weightByteCount }
    package var bytesReadPerToken: Int { model.bytesReadPerToken }
    package var compute: ComputeContext { model.compute }

    package func embed(_ tokens: Span<Token>) -> Tensor { model.embed(tokens) }
    package func logits(_ x: Tensor) -> Tensor { model.logits(x) }

    package func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor {
        model.block(index, x, &memory)
    }

    package func storeKeysAndValues(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) {
        model.storeKeysAndValues(index, x, &memory)
    }
}
