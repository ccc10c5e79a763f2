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
    package private(set) var parameters: [Parameter] = []
    package private(set) var tensors: [NamedTensor] = []
    private var embedding: Matrix
    private var blocks: [Block]
    private var norm: RMSNorm
    /// nil if the embedding is also the head.
    private var separateHead: Matrix?

    /// A class, like the MLP, so that running it changes the reference count of one object instead of each weight's.
    private final class Attention: Sendable {
        let norm: RMSNorm
        let query: Projection
        let key: Projection
        let value: Projection
        /// The norms of each head of queries and keys, in architectures that have them.
        let queryNorm: RMSNorm?
        let keyNorm: RMSNorm?
        let output: Projection
        let rule: PositionRule
        let queryScale: Float
        let residual: Residual

        init(
            norm: RMSNorm, query: Projection, key: Projection, value: Projection, queryNorm: RMSNorm?,
            keyNorm: RMSNorm?, output: Projection, rule: PositionRule, queryScale: Float, residual: Residual
        ) {
            self.norm = norm
            self.query = query
            self.key = key
            self.value = value
            self.queryNorm = queryNorm
            self.keyNorm = keyNorm
            self.output = output
            self.rule = rule
            self.queryScale = queryScale
            self.residual = residual
        }

        /// x + output(attention(norm(x))), where the summand may be normalized and scaled.
        func callAsFunction(
            _ x: Tensor, layer: Int, _ memory: inout some AttentionMemory & ~Copyable, _ compute: ComputeContext
        ) -> Tensor {
            var (queries, keys, values) = compute.linears(x, norm: norm, query, key, value)
            if let queryNorm { queries = compute.headNorms(queries, queryNorm) }
            if let keyNorm { keys = compute.headNorms(keys, keyNorm) }
            // Attention divides scores by sqrt(headDimension); another factor of the scores is one of the queries.
            queries = compute.scaled(queries, by: queryScale)
            let mixed = memory.attend(layer: layer, queries: queries, keys: keys, values: values, rule: rule)
            guard residual.changes else { return compute.linear(mixed, output, addingTo: x) }
            return residual.add(compute.linear(mixed, output, addingTo: nil), to: x, compute)
        }

        /// Computes and stores only keys and values.
        func storeKeysAndValues(
            _ x: Tensor, layer: Int, _ memory: inout some AttentionMemory & ~Copyable, _ compute: ComputeContext
        ) {
            var (keys, values) = compute.linears(x, norm: norm, key, value)
            if let keyNorm { keys = compute.headNorms(keys, keyNorm) }
            memory.append(layer: layer, keys: keys, values: values, rule: rule)
        }

        func detached() -> Attention {
            Attention(
                norm: norm.detached(), query: query.detached(), key: key.detached(), value: value.detached(),
                queryNorm: queryNorm?.detached(), keyNorm: keyNorm?.detached(), output: output.detached(),
                rule: rule, queryScale: queryScale, residual: residual.detached())
        }
    }

    private final class MLP: Sendable {
        let norm: RMSNorm
        let gate: Projection
        let up: Projection
        let down: Projection
        let activation: GatedActivation
        let residual: Residual

        init(
            norm: RMSNorm, gate: Projection, up: Projection, down: Projection, activation: GatedActivation,
            residual: Residual
        ) {
            self.norm = norm
            self.gate = gate
            self.up = up
            self.down = down
            self.activation = activation
            self.residual = residual
        }

        /// x + down(activation(gate(norm(x))) * up(norm(x))), where the summand may be normalized and scaled.
        func callAsFunction(_ x: Tensor, _ compute: ComputeContext) -> Tensor {
            let result = compute.gatedFeedForward(
                x, norm: norm, gate: gate, up: up, down: down, activation: activation, addsInput: !residual.changes)
            return residual.changes ? residual.add(result, to: x, compute) : result
        }

        func detached() -> MLP {
            MLP(
                norm: norm.detached(), gate: gate.detached(), up: up.detached(), down: down.detached(),
                activation: activation, residual: residual.detached())
        }
    }

    /// How attention and the MLP add to the residual stream.
    private struct Residual: Sendable {
        /// The norm of the summand, in architectures that have one.
        let norm: RMSNorm?
        /// The factor of the summand.
        let scale: Float

        /// Whether the summand is changed before it is added.
        var changes: Bool { norm != nil || scale != 1 }

        /// x + scale * norm(summand)
        func add(_ summand: Tensor, to x: Tensor, _ compute: ComputeContext) -> Tensor {
            compute.add(x, compute.scaled(norm.map { compute.rmsNorm(summand, $0) } ?? summand, by: scale))
        }

        func detached() -> Residual { Residual(norm: norm?.detached(), scale: scale) }
    }

    private struct Block: Sendable {
        let attention: Attention
        let mlp: MLP

        func detached() -> Block { Block(attention: attention.detached(), mlp: mlp.detached()) }
    }

    package var layerCount: Int { configuration.layerCount }
    package var vocabularySize: Int { configuration.vocabularySize }
    package var contextLength: Int { configuration.contextLength }
    package var shortContext: Int? { configuration.rope.shortContext }
    package var hasDynamicRoPE: Bool { configuration.rope.isDynamic }
    package var attention: AttentionShape { configuration.attention }
    package var bytesReadPerToken: Int { weightByteCount - (separateHead == nil ? 0 : embedding.byteCount) }

    package func embed(_ tokens: Span<Token>) -> Tensor {
        compute.scaled(compute.embedding(tokens, embedding), by: configuration.multipliers.embedding)
    }

    package func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor {
        let block = blocks[index]
        return block.mlp(block.attention(x, layer: index, &memory, compute), compute)
    }

    package func storeKeysAndValues(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) {
        blocks[index].attention.storeKeysAndValues(x, layer: index, &memory, compute)
    }

    package func logits(_ x: Tensor) -> Tensor {
        let logits = compute.linear(x, norm: norm, separateHead ?? embedding)
        return compute.scaled(logits, by: 1 / configuration.multipliers.logits)
    }

    package func detached() -> Transformer {
        var model = self
        model.parameters = []
        model.embedding = embedding.detached()
        model.blocks = blocks.map { $0.detached() }
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
    /// - Throws: if the architecture cannot be trained, or a tensor is missing or does not have the shape that the
    ///   configuration requires.
    package init(
        trainable stored: StoredModel, freezing frozen: FrozenParts = FrozenParts(), on compute: ComputeContext
    ) throws(CheckpointError) {
        try stored.checkTrainable()
        let headDimension = stored.configuration.attention.headDimension
        var form = TrainableLoading(frozen: frozen, headDimension: headDimension, on: compute)
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
        let multipliers = configuration.multipliers
        self.configuration = configuration
        self.compute = compute
        weightByteCount = weights.byteCount
        embedding = weights.matrix(.embedding)
        blocks = (0..<configuration.layerCount).map { layer in
            Block(
                attention: Attention(
                    norm: weights.norm(.attentionNorm, layer: layer),
                    query: weights.projection(.query, bias: .queryBias, layer: layer),
                    key: weights.projection(.key, bias: .keyBias, layer: layer),
                    value: weights.projection(.value, bias: .valueBias, layer: layer),
                    queryNorm: weights.normIfPresent(.queryNorm, layer: layer),
                    keyNorm: weights.normIfPresent(.keyNorm, layer: layer),
                    output: weights.projection(.attentionOutput, bias: .attentionOutputBias, layer: layer),
                    rule: rules[layer],
                    queryScale: multipliers.attention.map { $0 / configuration.attention.scale } ?? 1,
                    residual: Residual(
                        norm: weights.normIfPresent(.attentionPostNorm, layer: layer), scale: multipliers.residual)),
                mlp: MLP(
                    norm: weights.norm(.feedForwardNorm, layer: layer),
                    gate: weights.projection(.gate, bias: .gateBias, layer: layer),
                    up: weights.projection(.up, bias: .upBias, layer: layer),
                    down: weights.projection(.down, bias: .downBias, layer: layer),
                    activation: configuration.architecture.activation,
                    residual: Residual(
                        norm: weights.normIfPresent(.feedForwardPostNorm, layer: layer), scale: multipliers.residual)))
        }
        norm = weights.norm(.finalNorm)
        separateHead = weights.matrixIfPresent(.head)
    }
}
