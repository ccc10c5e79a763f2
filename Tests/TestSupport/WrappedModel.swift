package import LanguageModels
package import TensorCore

/// A model that passes everything on to another one. A conforming type declares only what it changes.
package protocol WrappedModel<Model>: LanguageModel {
    associatedtype Model: LanguageModel
    /// The model that computes.
    var model: Model { get }
}

extension WrappedModel {
    package var layerCount: Int { model.layerCount }
    package var vocabularySize: Int { model.vocabularySize }
    package var contextLength: Int { model.contextLength }
    package var shortContext: Int? { model.shortContext }
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
