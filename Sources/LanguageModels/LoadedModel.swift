package import CheckpointFiles
public import TensorCore

/// A model of any architecture we know, loaded from a checkpoint. One line of the switch for each.
///
/// A `Generator` needs a type that is itself a model, which `any LanguageModel` is not. The model is put into its box
/// once, here: a box made anew for each call would be an allocation per layer and token.
public struct LoadedModel: LanguageModel {
    private let model: any LanguageModel

    /// Loads the model of a checkpoint.
    ///
    /// - Throws: if its architecture is unknown, or its configuration or tensors are wrong.
    package init(_ checkpoint: Checkpoint, on compute: ComputeContext) throws(CheckpointError) {
        switch try Architecture(checkpoint) {
        case .llama: model = try Llama(StoredLlama(checkpoint), on: compute)
        }
    }

    /// Loads the model in a GGUF file.
    ///
    /// - Throws: if its architecture is unknown, or its metadata or tensors are wrong.
    package init(_ file: GGUFFile, on compute: ComputeContext) throws(CheckpointError) {
        try self.init(.gguf(file), on: compute)
    }

    public var layerCount: Int { model.layerCount }
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
