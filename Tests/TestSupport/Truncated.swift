public import LanguageModels
public import TensorCore

/// A model truncated after its first E layers: the reference for early-exit inference (LayerSkip, arXiv 2404.16710,
/// section 4.2).
public struct Truncated<Model: LanguageModel>: LanguageModel {
    private let model: Model
    public let layerCount: Int

    /// Creates a model of the first `exitLayer` layers, with the full model's norm and head.
    ///
    /// - Throws: ``ExitLayerError`` unless 1 <= exitLayer <= layerCount.
    public init(_ model: Model, exitLayer: Int) throws(ExitLayerError) {
        guard (1...model.layerCount).contains(exitLayer) else {
            throw ExitLayerError(found: exitLayer, layerCount: model.layerCount)
        }
        self.model = model
        layerCount = exitLayer
    }

    public var vocabularySize: Int { model.vocabularySize }
    public var contextLength: Int { model.contextLength }
    public var attention: AttentionShape { model.attention }
    public var weightByteCount: Int { model.weightByteCount }
    public var bytesReadPerToken: Int { model.bytesReadPerToken }
    public var compute: ComputeContext { model.compute }

    public func embed(_ tokens: Span<Token>) -> Tensor { model.embed(tokens) }
    public func logits(_ x: Tensor) -> Tensor { model.logits(x) }

    public func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor {
        model.block(index, x, &memory)
    }

    public func storeKeysAndValues(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) {
        model.storeKeysAndValues(index, x, &memory)
    }
}
