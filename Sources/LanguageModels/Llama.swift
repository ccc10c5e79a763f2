package import CheckpointFiles
public import TensorCore

/// Llama 1, 2, 3 and what shares its graph (CodeLlama, SmolLM2, TinyLlama): pre-norm blocks of grouped-query attention
/// with RoPE and of SwiGLU, and a head that may be tied to the embedding. Touvron et al., arXiv 2302.13971.
public struct Llama: TrainableModel {
    /// The shapes and constants of the model.
    public let configuration: Configuration
    public let compute: ComputeContext
    /// What training changes; none in a model that was loaded for inference.
    public private(set) var parameters: [Parameter]
    /// All weights of a model that was loaded for training.
    package let tensors: [NamedTensor]
    private var embedding: Matrix
    private var blocks: [Block]
    private var norm: RMSNorm
    /// nil where the embedding serves as head.
    private var separateHead: Matrix?

    private struct Attention: Sendable {
        let norm: RMSNorm
        let query: Matrix
        let key: Matrix
        let value: Matrix
        let output: Matrix
        let rotary: RotaryEmbedding

        /// x + output(attention(norm(x)))
        func callAsFunction(
            _ x: Tensor, layer: Int, _ memory: inout some AttentionMemory & ~Copyable, _ compute: ComputeContext
        ) -> Tensor {
            let (queries, keys, values) = compute.linears(
                x, norm: norm, Projection(query), Projection(key), Projection(value))
            let mixed = memory.attend(layer: layer, queries: queries, keys: keys, values: values, rotary: rotary)
            return compute.linear(mixed, output, addingTo: x)
        }

        /// Keys and values alone.
        func storeKeysAndValues(
            _ x: Tensor, layer: Int, _ memory: inout some AttentionMemory & ~Copyable, _ compute: ComputeContext
        ) {
            let (keys, values) = compute.linears(x, norm: norm, Projection(key), Projection(value))
            memory.append(layer: layer, keys: keys, values: values, rotary: rotary)
        }

        func detached() -> Attention {
            Attention(
                norm: norm.detached(), query: query.detached(), key: key.detached(), value: value.detached(),
                output: output.detached(), rotary: rotary)
        }
    }

    private struct MLP: Sendable {
        let norm: RMSNorm
        let gate: Matrix
        let up: Matrix
        let down: Matrix

        /// x + down(silu(gate(norm(x))) * up(norm(x)))
        func callAsFunction(_ x: Tensor, _ compute: ComputeContext) -> Tensor {
            compute.gatedFeedForward(x, norm: norm, gate: gate, up: up, down: down)
        }

        func detached() -> MLP {
            MLP(norm: norm.detached(), gate: gate.detached(), up: up.detached(), down: down.detached())
        }
    }

    private struct Block: Sendable {
        let attention: Attention
        let mlp: MLP

        func detached() -> Block { Block(attention: attention.detached(), mlp: mlp.detached()) }
    }

    public var layerCount: Int { configuration.layerCount }
    public var vocabularySize: Int { configuration.vocabularySize }
    public var contextLength: Int { configuration.contextLength }
    public var attention: AttentionShape { configuration.attention }

    public var weightByteCount: Int { bytesReadPerToken + (separateHead == nil ? 0 : embedding.byteCount) }

    public var bytesReadPerToken: Int {
        let matrices = blocks.flatMap { block in
            [block.attention.query, block.attention.key, block.attention.value, block.attention.output]
                + [block.mlp.gate, block.mlp.up, block.mlp.down]
        }
        let norms = (2 * layerCount + 1) * configuration.width * MemoryLayout<Float>.stride
        return (matrices + [separateHead ?? embedding]).reduce(norms) { $0 + $1.byteCount }
    }

    public func embed(_ tokens: Span<Token>) -> Tensor { compute.embedding(tokens, embedding) }

    public func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor {
        let block = blocks[index]
        return block.mlp(block.attention(x, layer: index, &memory, compute), compute)
    }

    public func storeKeysAndValues(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) {
        blocks[index].attention.storeKeysAndValues(x, layer: index, &memory, compute)
    }

    public func logits(_ x: Tensor) -> Tensor { compute.linear(x, norm: norm, separateHead ?? embedding) }
}

// MARK: Training

extension Llama {
    public func detached() -> Llama {
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

extension Llama {
    /// Loads and packs the weights.
    ///
    /// - Throws: if a tensor is missing or has another shape than the configuration asks for.
    package init(
        _ weights: Weights, _ configuration: Configuration, on compute: ComputeContext
    ) throws(CheckpointError) {
        var loading = PackedLoading(compute: compute)
        try self.init(weights, configuration, pairing: weights.source.ropePairing, &loading)
    }

    /// Loads the weights in a form that `loading` decides on; all forms walk this one path.
    init(
        _ weights: Weights, _ configuration: Configuration, pairing: RoPEPairing, _ loading: inout some WeightLoading
    ) throws(CheckpointError) {
        let width = configuration.width
        let hidden = configuration.feedForwardWidth
        let heads = configuration.attention
        let queries = heads.heads * heads.headDimension
        let keys = heads.keyValueHeads * heads.headDimension
        let vocabulary = configuration.vocabularySize
        let model = weights["model"]
        let rotary = configuration.rotary(pairing: pairing)
        func norm(_ weights: Weights, _ part: ModelPart) throws(CheckpointError) -> RMSNorm {
            let gain = try loading.vector(weights, "weight", width, of: part)
            return RMSNorm(gain: gain, epsilon: configuration.normEpsilon)
        }

        embedding = try loading.matrix(model, "embed_tokens.weight", vocabulary, width, of: .embedding)
        var blocks: [Block] = []
        for index in 0..<configuration.layerCount {
            let layer = model["layers"][index]
            let (attention, mlp) = (layer["self_attn"], layer["mlp"])
            let part = ModelPart.layer(index)
            blocks.append(
                Block(
                    attention: Attention(
                        norm: try norm(layer["input_layernorm"], part),
                        query: try loading.heads(attention, "q_proj.weight", queries, width, heads, of: part),
                        key: try loading.heads(attention, "k_proj.weight", keys, width, heads, of: part),
                        value: try loading.matrix(attention, "v_proj.weight", keys, width, of: part),
                        output: try loading.matrix(attention, "o_proj.weight", width, queries, of: part),
                        rotary: rotary),
                    mlp: MLP(
                        norm: try norm(layer["post_attention_layernorm"], part),
                        gate: try loading.matrix(mlp, "gate_proj.weight", hidden, width, of: part),
                        up: try loading.matrix(mlp, "up_proj.weight", hidden, width, of: part),
                        down: try loading.matrix(mlp, "down_proj.weight", width, hidden, of: part))))
        }
        self.blocks = blocks
        self.norm = try norm(model["norm"], .head)
        separateHead =
            weights.contains("lm_head.weight")
            ? try loading.matrix(weights, "lm_head.weight", vocabulary, width, of: .head) : nil
        parameters = loading.parameters
        tensors = loading.tensors
        self.configuration = configuration
        compute = loading.compute
    }
}

// MARK: Configuration

extension Llama {
    /// The shapes and constants of a Llama.
    public struct Configuration: Sendable, Equatable {
        /// Number of blocks.
        public var layerCount: Int
        /// Width of the residual stream.
        public var width: Int
        /// Width inside the MLP.
        public var feedForwardWidth: Int
        /// Heads of each attention layer.
        public var attention: AttentionShape
        /// Number of token ids.
        public var vocabularySize: Int
        /// Positions the model was trained for.
        public var contextLength: Int
        /// Added to the mean square in every norm.
        public var normEpsilon: Float
        /// Base of the RoPE frequencies: base^(-2i / headDimension) for pair i.
        public var ropeBase: Double
        /// Linear RoPE scaling: positions are divided by this.
        public var ropeLinearFactor: Double
        /// What the frequency of each pair is divided by; nil for 1 throughout. Llama 3's scaling leaves high
        /// frequencies as they are and slows low ones down.
        public var ropeFrequencyFactors: [Float]?

        /// A configuration; by default RoPE's frequencies are not scaled.
        public init(
            layerCount: Int, width: Int, feedForwardWidth: Int, attention: AttentionShape, vocabularySize: Int,
            contextLength: Int, normEpsilon: Float, ropeBase: Double, ropeLinearFactor: Double = 1,
            ropeFrequencyFactors: [Float]? = nil
        ) {
            self.layerCount = layerCount
            self.width = width
            self.feedForwardWidth = feedForwardWidth
            self.attention = attention
            self.vocabularySize = vocabularySize
            self.contextLength = contextLength
            self.normEpsilon = normEpsilon
            self.ropeBase = ropeBase
            self.ropeLinearFactor = ropeLinearFactor
            self.ropeFrequencyFactors = ropeFrequencyFactors
        }
    }
}
