package import CheckpointFiles
public import TensorCore

/// A model of any supported architecture, loaded from a checkpoint for decoding or training.
///
/// A `Generator` and a `Trainer` need a type that conforms to the protocol, which `any TrainableModel` does not. Boxing
/// the model once, here, avoids an allocation per layer and token.
public struct LoadedModel: TrainableModel {
    private let model: any TrainableModel

    private init(_ model: any TrainableModel) { self.model = model }

    /// Loads a model for decoding.
    ///
    /// - Parameter progress: is told the share of the weights that are loaded, and returns whether to continue.
    /// - Throws: if its tensors are missing or wrong, there is no memory for them, or `progress` ends the loading.
    package init(
        _ stored: StoredModel, on compute: ComputeContext, progress: (Double) -> Bool = { _ in true }
    ) throws(CheckpointError) {
        model = try Transformer(stored, on: compute, progress: progress)
    }

    /// Loads a model for training. All weights become f32; those that are not frozen are parameters.
    ///
    /// - Throws: if its tensors are missing or wrong.
    package init(
        trainable stored: StoredModel, freezing frozen: FrozenParts = FrozenParts(), on compute: ComputeContext
    ) throws(CheckpointError) {
        model = try Transformer(trainable: stored, freezing: frozen, on: compute)
    }

    /// Loads the model in a GGUF file for decoding.
    ///
    /// - Throws: if its architecture is unknown, or its metadata or tensors are wrong.
    package init(_ file: GGUFFile, on compute: ComputeContext) throws(CheckpointError) {
        try self.init(StoredModel(ModelFiles(file)), on: compute)
    }

    public var parameters: [Parameter] { model.parameters }
    public var tensors: [NamedTensor] { model.tensors }
    public func detached() -> LoadedModel { LoadedModel(model.detached()) }

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
