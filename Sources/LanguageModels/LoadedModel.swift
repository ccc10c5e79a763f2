package import CheckpointFiles
package import TensorCore

/// A model of any supported architecture, loaded from a checkpoint for decoding or training.
///
/// A `Generator` and a `Trainer` need a type that conforms to the protocol, which `any TrainableModel` does not. Boxing
/// the model once, here, avoids an allocation per layer and token.
package struct LoadedModel: TrainableModel {
    private let model: any TrainableModel
    /// Notes for people on what was done to the weights when they were loaded.
    package let notes: [String]

    private init(_ model: any TrainableModel) {
        self.model = model
        notes = []
    }

    /// Loads a model for decoding.
    ///
    /// - Parameters:
    ///   - weights: how the weights are loaded.
    ///   - progress: is told the share of the weights that are loaded, and returns whether to continue.
    /// - Throws: if its tensors are missing or wrong, there is no memory for them, or `progress` ends the loading.
    package init(
        _ stored: StoredModel, on compute: ComputeContext, _ weights: WeightOptions = WeightOptions(),
        progress: (Double) -> Bool = { _ in true }
    ) throws(CheckpointError) {
        var notes: [String] = []
        model = try Transformer(stored, on: compute, weights, notes: &notes, progress: progress)
        self.notes = notes
    }

    /// Loads a model for training. All weights become f32; those that are not frozen are parameters.
    ///
    /// - Parameters:
    ///   - frozen: the parts that are not trained; nil for the whole model, whose 16-bit matrices keep their format.
    ///   - adapter: if given, only this LoRA adapter is trained, and the whole model is frozen.
    /// - Throws: if its tensors are missing or wrong.
    package init(
        trainable stored: StoredModel, freezing frozen: FrozenParts? = FrozenParts(),
        adapting adapter: AdapterTraining? = nil, on compute: ComputeContext
    ) throws(CheckpointError) {
        self.init(try Transformer(trainable: stored, freezing: frozen, adapting: adapter, on: compute))
    }

    /// Loads the model in a GGUF file for decoding.
    ///
    /// - Throws: if its architecture is unknown, or its metadata or tensors are wrong.
    package init(_ file: GGUFFile, on compute: ComputeContext) throws(CheckpointError) {
        try self.init(StoredModel(ModelFiles(file)), on: compute)
    }

    package var parameters: [Parameter] { model.parameters }
    package var tensors: [NamedTensor] { model.tensors }
    package func detached() -> LoadedModel { LoadedModel(model.detached()) }

    package var layerCount: Int { model.layerCount }
    package var vocabularySize: Int { model.vocabularySize }
    package var contextLength: Int { model.contextLength }
    package var shortContext: Int? { model.shortContext }
    package var hasDynamicRoPE: Bool { model.hasDynamicRoPE }
    package var attention: AttentionShape { model.attention }
    package var weightByteCount: Int { model.weightByteCount }
    package var bytesReadPerToken: Int { model.bytesReadPerToken }
    package var exitBlock: Int? { model.exitBlock }
    package var compute: ComputeContext { model.compute }

    package func embed(_ tokens: Span<Token>) -> Tensor { model.embed(tokens) }
    package func logits(_ x: Tensor) -> Tensor { model.logits(x) }
    package func draftVocabulary(_ tokens: [Token]) -> DraftVocabulary { model.draftVocabulary(tokens) }
    package func headRow(_ token: Token) -> [Float] { model.headRow(token) }
    package func logits(_ x: Tensor, of head: borrowing DraftHead) -> Tensor { model.logits(x, of: head) }

    package func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor {
        model.block(index, x, &memory)
    }

    package func run(
        _ layers: Range<Int>, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable
    ) -> Tensor {
        model.run(layers, x, &memory)
    }

    package func storeKeysAndValues(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) {
        model.storeKeysAndValues(index, x, &memory)
    }
}
