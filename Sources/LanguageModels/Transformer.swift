package import CheckpointFiles
package import TensorCore

/// A decoder-only transformer: pre-norm blocks of grouped-query attention with RoPE and a gated MLP, and a head that
/// may be tied to the embedding. Touvron et al., arXiv 2302.13971.
///
/// Biases, norms of heads and norms after attention and the MLP are optional: they are applied if the ``Architecture``
/// has weights for them.
package struct Transformer: TrainableModel {
    /// The architecture, shapes and constants of the model.
    package let configuration: ModelConfiguration
    package let compute: ComputeContext
    package let weightByteCount: Int
    private let exitBlockByteCount: Int
    package private(set) var parameters: [Parameter] = []
    package private(set) var tensors: [NamedTensor] = []
    private var embedding: Matrix
    /// Those of all layers, and an exit block.
    private var blocks: [BlockWeights]
    /// Runs packed blocks in one parallel region; nil if they are not packed.
    private let stack: BlockStack?
    /// What follows an exit block; nil without one.
    private var exitOutput: (norm: RMSNorm, matrix: Matrix)?
    private var norm: RMSNorm
    /// nil if the embedding is also the head.
    private var separateHead: Matrix?

    package var layerCount: Int { configuration.layerCount }
    package var vocabularySize: Int { configuration.vocabularySize }
    package var contextLength: Int { configuration.contextLength }
    package var shortContext: Int? { configuration.rope.shortContext }
    package var hasDynamicRoPE: Bool { configuration.rope.isDynamic }
    package var attention: AttentionShape { configuration.attention }
    package var bytesReadPerToken: Int {
        weightByteCount - (separateHead == nil ? 0 : embedding.byteCount) - exitBlockByteCount
    }
    package var exitBlock: Int? { configuration.exitBlock }

    package func embed(_ tokens: Span<Token>) -> Tensor {
        compute.scaled(compute.embedding(tokens, embedding), by: configuration.multipliers.embedding)
    }

    package func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor {
        let block = blocks[index]
        let output = block.mlp(block.attention(x, layer: index, &memory, compute), compute)
        return index == layerCount ? exitOutput(output) : output
    }

    /// What the head reads of an exit block's output.
    private func exitOutput(_ x: Tensor) -> Tensor {
        exitOutput.map { compute.linear(x, norm: $0.norm, $0.matrix) } ?? x
    }

    package func run(
        _ layers: Range<Int>, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable
    ) -> Tensor {
        // Calibration needs the inputs of all products.
        guard let stack, !layers.isEmpty, compute.inputSquares == nil,
            let result = memory.extend(layers: layers, by: x.rows, { stack(layers, x, of: $0, on: compute) })
        else { return runOneByOne(layers, x, &memory) }
        return layers.upperBound > layerCount ? exitOutput(result) : result
    }

    package func storeKeysAndValues(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) {
        blocks[index].attention.storeKeysAndValues(x, layer: index, &memory, compute)
    }

    package func logits(_ x: Tensor) -> Tensor {
        let logits = compute.linear(x, norm: norm, separateHead ?? embedding)
        return compute.scaled(logits, by: 1 / configuration.multipliers.logits)
    }

    package func draftVocabulary(_ tokens: [Token]) -> DraftVocabulary {
        guard case .packed(let head) = separateHead ?? embedding else { return DraftVocabulary(tokens, nil) }
        // Drafts need no more precision, and fewer bytes are read; rows that are no whole blocks stay as they are.
        let dtype: DType = head.columns % DType.q8_0.elementsPerBlock == 0 ? .q8_0 : .f32
        return DraftVocabulary(tokens, PackedMatrix(rows: tokens, of: head, as: dtype, on: compute))
    }

    package func headRow(_ token: Token) -> [Float] {
        compute.embedding(CollectionOfOne(token).span, separateHead ?? embedding).values
    }

    package func logits(_ x: Tensor, of head: borrowing DraftHead) -> Tensor {
        guard let matrix = head.vocabulary.matrix else { return compute.columns(head.tokens, of: logits(x)) }
        let scale = 1 / configuration.multipliers.logits
        guard let added = head.addedMatrix else {
            return compute.scaled(compute.linear(x, norm: norm, matrix), by: scale)
        }
        let (first, second) = compute.linears(x, norm: norm, matrix, added)
        return compute.scaled(compute.joined(first, second), by: scale)
    }

    package func detached() -> Transformer {
        var model = self
        model.parameters = []
        model.embedding = embedding.detached()
        model.blocks = blocks.map { $0.detached() }
        model.exitOutput = exitOutput.map { ($0.norm.detached(), $0.matrix.detached()) }
        model.norm = norm.detached()
        model.separateHead = separateHead?.detached()
        return model
    }
}

// MARK: Loading

extension Transformer {
    /// Loads a model and packs its weights, or maps them if they are kept in packed form.
    ///
    /// - Parameters:
    ///   - weights: how the weights are loaded.
    ///   - notes: receives notes for people on what was done.
    ///   - progress: is told the fraction of the weights that is loaded, and returns whether to continue.
    /// - Throws: if tensors are missing or do not have the shapes that the configuration requires, if there is no
    ///   memory for them, if their file changed during loading, if a format cannot hold them, or if `progress` stops
    ///   the loading.
    package init(
        _ stored: StoredModel, on compute: ComputeContext, _ weights: WeightOptions = WeightOptions(),
        notes: inout [String], progress: (Double) -> Bool = { _ in true }
    ) throws(CheckpointError) {
        let weights = try LoadedWeights(stored, on: compute, weights, notes: &notes, progress: progress)
        self.init(stored.configuration, weights, pairing: stored.source.ropePairing, on: compute)
    }

    /// Loads a model and packs its weights.
    ///
    /// - Throws: as above.
    package init(_ stored: StoredModel, on compute: ComputeContext) throws(CheckpointError) {
        var notes: [String] = []
        try self.init(stored, on: compute, notes: &notes)
    }

    /// Loads a model for training. All weights become f32, whatever their stored format; those that are not frozen are
    /// parameters. Query and key rows are in Hugging Face's order.
    ///
    /// - Parameters:
    ///   - frozen: the parts that are not trained; nil for the whole model, whose 16-bit matrices keep their format.
    ///   - adapter: if given, only this LoRA adapter is trained, and the whole model is frozen.
    /// - Throws: if the architecture cannot be trained, or a tensor is missing or does not have the shape that the
    ///   configuration requires.
    package init(
        trainable stored: StoredModel, freezing frozen: FrozenParts? = FrozenParts(),
        adapting adapter: AdapterTraining? = nil, on compute: ComputeContext
    ) throws(CheckpointError) {
        try stored.checkTrainable()
        let headDimension = stored.configuration.attention.headDimension
        var form = TrainableLoading(
            frozen: frozen, adapting: adapter, headDimension: headDimension, on: compute)
        let weights = try LoadedWeights(stored, as: &form)
        self.init(stored.configuration, weights, pairing: .halfSplit, on: compute)
        parameters = form.parameters
        tensors = form.tensors
    }

    private init(
        _ configuration: ModelConfiguration, _ weights: LoadedWeights, pairing: RoPEPairing,
        on compute: ComputeContext
    ) {
        let rules = PositionRules(configuration, pairing: pairing)
        self.configuration = configuration
        self.compute = compute
        weightByteCount = weights.byteCount
        exitBlockByteCount = weights.byteCount(layer: configuration.layerCount)
        embedding = weights.matrix(.embedding)
        blocks = (0..<configuration.layerCount).map { weights.block($0, rule: rules[$0], of: configuration) }
        if let exit = configuration.exitBlock {
            let index = configuration.layerCount
            blocks.append(weights.block(index, rule: rules[exit], of: configuration))
            exitOutput = (weights.norm(.exitNorm, layer: index), weights.matrix(.exitOutput, layer: index))
        }
        stack = BlockStack(blocks)
        norm = weights.norm(.finalNorm)
        separateHead = weights.matrixIfPresent(.head)
    }
}
