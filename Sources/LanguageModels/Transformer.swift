package import CheckpointFiles
package import TensorCore

/// A decoder-only transformer: pre-norm blocks of grouped-query attention with RoPE and a SwiGLU MLP, and a head that
/// may be tied to the embedding. Touvron et al., arXiv 2302.13971.
///
/// Biases and norms of heads are optional: they are applied if the ``Architecture`` has weights for them.
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
        let rotary: RotaryEmbedding
        let queryScale: Float
        let residualScale: Float

        init(
            norm: RMSNorm, query: Projection, key: Projection, value: Projection, queryNorm: RMSNorm?,
            keyNorm: RMSNorm?, output: Projection, rotary: RotaryEmbedding, queryScale: Float, residualScale: Float
        ) {
            self.norm = norm
            self.query = query
            self.key = key
            self.value = value
            self.queryNorm = queryNorm
            self.keyNorm = keyNorm
            self.output = output
            self.rotary = rotary
            self.queryScale = queryScale
            self.residualScale = residualScale
        }

        /// x + output(attention(norm(x)))
        func callAsFunction(
            _ x: Tensor, layer: Int, _ memory: inout some AttentionMemory & ~Copyable, _ compute: ComputeContext
        ) -> Tensor {
            var (queries, keys, values) = compute.linears(x, norm: norm, query, key, value)
            if let queryNorm { queries = compute.headNorms(queries, queryNorm) }
            if let keyNorm { keys = compute.headNorms(keys, keyNorm) }
            // Attention divides scores by sqrt(headDimension); another factor of the scores is one of the queries.
            queries = compute.scaled(queries, by: queryScale)
            let mixed = memory.attend(layer: layer, queries: queries, keys: keys, values: values, rotary: rotary)
            guard residualScale != 1 else { return compute.linear(mixed, output, addingTo: x) }
            return compute.add(x, compute.scaled(compute.linear(mixed, output, addingTo: nil), by: residualScale))
        }

        /// Computes and stores only keys and values.
        func storeKeysAndValues(
            _ x: Tensor, layer: Int, _ memory: inout some AttentionMemory & ~Copyable, _ compute: ComputeContext
        ) {
            var (keys, values) = compute.linears(x, norm: norm, key, value)
            if let keyNorm { keys = compute.headNorms(keys, keyNorm) }
            memory.append(layer: layer, keys: keys, values: values, rotary: rotary)
        }

        func detached() -> Attention {
            Attention(
                norm: norm.detached(), query: query.detached(), key: key.detached(), value: value.detached(),
                queryNorm: queryNorm?.detached(), keyNorm: keyNorm?.detached(), output: output.detached(),
                rotary: rotary, queryScale: queryScale, residualScale: residualScale)
        }
    }

    private final class MLP: Sendable {
        let norm: RMSNorm
        let gate: Projection
        let up: Projection
        let down: Projection
        let residualScale: Float

        init(norm: RMSNorm, gate: Projection, up: Projection, down: Projection, residualScale: Float) {
            self.norm = norm
            self.gate = gate
            self.up = up
            self.down = down
            self.residualScale = residualScale
        }

        /// x + down(silu(gate(norm(x))) * up(norm(x)))
        func callAsFunction(_ x: Tensor, _ compute: ComputeContext) -> Tensor {
            guard residualScale != 1 else {
                return compute.gatedFeedForward(x, norm: norm, gate: gate, up: up, down: down)
            }
            let change = compute.gatedFeedForward(x, norm: norm, gate: gate, up: up, down: down, addsInput: false)
            return compute.add(x, compute.scaled(change, by: residualScale))
        }

        func detached() -> MLP {
            MLP(
                norm: norm.detached(), gate: gate.detached(), up: up.detached(), down: down.detached(),
                residualScale: residualScale)
        }
    }

    private struct Block: Sendable {
        let attention: Attention
        let mlp: MLP

        func detached() -> Block { Block(attention: attention.detached(), mlp: mlp.detached()) }
    }

    package var layerCount: Int { configuration.layerCount }
    package var vocabularySize: Int { configuration.vocabularySize }
    package var contextLength: Int { configuration.contextLength }
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
    /// Loads a model and packs its weights.
    ///
    /// - Parameter progress: is told the fraction of the weights that is loaded, and returns whether to continue.
    /// - Throws: if tensors are missing or do not have the shapes that the configuration requires, if there is no
    ///   memory for them, if their file changed during loading, or if `progress` stops the loading.
    package init(
        _ stored: StoredModel, on compute: ComputeContext, progress: (Double) -> Bool = { _ in true }
    ) throws(CheckpointError) {
        try stored.checkMemory()
        var form = PackedLoading(compute: compute)
        let weights = try LoadedWeights(stored, as: &form, progress: progress)
        self.init(stored.configuration, weights, pairing: stored.source.ropePairing, on: compute)
        try stored.source.checkUnchanged()
    }

    /// Loads a model for training. All weights become f32, whatever their stored format; those that are not frozen are
    /// parameters. Query and key rows are in Hugging Face's order.
    ///
    /// - Throws: if a tensor is missing or does not have the shape that the configuration requires.
    package init(
        trainable stored: StoredModel, freezing frozen: FrozenParts = FrozenParts(), on compute: ComputeContext
    ) throws(CheckpointError) {
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
        let rotary = configuration.rotary(pairing: pairing)
        let unrotated = configuration.rotary(pairing: pairing, isRotated: false)
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
                    rotary: configuration.unrotatedLayers.contains(layer) ? unrotated : rotary,
                    queryScale: multipliers.attention.map { $0 / configuration.attention.scale } ?? 1,
                    residualScale: multipliers.residual),
                mlp: MLP(
                    norm: weights.norm(.feedForwardNorm, layer: layer),
                    gate: weights.projection(.gate, bias: .gateBias, layer: layer),
                    up: weights.projection(.up, bias: .upBias, layer: layer),
                    down: weights.projection(.down, bias: .downBias, layer: layer),
                    residualScale: multipliers.residual))
        }
        norm = weights.norm(.finalNorm)
        separateHead = weights.matrixIfPresent(.head)
    }
}
