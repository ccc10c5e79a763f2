package import CheckpointFiles
public import TensorCore

/// Llama 1, 2, 3 and what shares its graph (CodeLlama, SmolLM2, TinyLlama): pre-norm blocks of grouped-query attention
/// with RoPE and of SwiGLU, and a head that may be tied to the embedding. Touvron et al., arXiv 2302.13971.
public struct Llama: LanguageModel {
    /// The shapes and constants of the model.
    public let configuration: Configuration
    public let compute: ComputeContext
    private let embedding: PackedMatrix
    private let blocks: [Block]
    private let norm: Norm
    /// nil where the embedding serves as head.
    private let separateHead: PackedMatrix?

    private struct Attention: Sendable {
        let query: PackedMatrix
        let key: PackedMatrix
        let value: PackedMatrix
        let output: PackedMatrix
        let rotary: RotaryEmbedding

        func callAsFunction(
            _ x: Tensor, layer: Int, _ memory: inout some AttentionMemory & ~Copyable, _ compute: ComputeContext
        ) -> Tensor {
            let projections = compute.linears(x, [query, key, value])
            let mixed = memory.attend(
                layer: layer, queries: projections[0], keys: projections[1], values: projections[2], rotary: rotary)
            return compute.linear(mixed, output)
        }
    }

    private struct MLP: Sendable {
        let gate: PackedMatrix
        let up: PackedMatrix
        let down: PackedMatrix

        func callAsFunction(_ x: Tensor, _ compute: ComputeContext) -> Tensor {
            let projections = compute.linears(x, [gate, up])
            return compute.linear(compute.swiglu(gate: projections[0], up: projections[1]), down)
        }
    }

    private struct Norm: Sendable {
        let gain: Tensor
        let epsilon: Float

        func callAsFunction(_ x: Tensor, _ compute: ComputeContext) -> Tensor {
            compute.rmsNorm(x, gain: gain, epsilon: epsilon)
        }
    }

    private struct Block: Sendable {
        let attentionNorm: Norm
        let attention: Attention
        let mlpNorm: Norm
        let mlp: MLP
    }

    public var layerCount: Int { configuration.layerCount }
    public var vocabularySize: Int { configuration.vocabularySize }
    public var contextLength: Int { configuration.contextLength }
    public var attention: AttentionShape { configuration.attention }

    public var weightByteCount: Int {
        let matrices = blocks.flatMap { block in
            [block.attention.query, block.attention.key, block.attention.value, block.attention.output]
                + [block.mlp.gate, block.mlp.up, block.mlp.down]
        }
        let norms = (2 * layerCount + 1) * configuration.width * MemoryLayout<Float>.stride
        return (matrices + [embedding] + (separateHead.map { [$0] } ?? [])).reduce(norms) { $0 + $1.byteCount }
    }

    public func embed(_ tokens: [Token]) -> Tensor { compute.embedding(tokens, embedding) }

    public func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor {
        let block = blocks[index]
        let attended = block.attention(block.attentionNorm(x, compute), layer: index, &memory, compute)
        let x = compute.add(x, attended)
        return compute.add(x, block.mlp(block.mlpNorm(x, compute), compute))
    }

    public func logits(_ x: Tensor) -> Tensor { compute.linear(norm(x, compute), separateHead ?? embedding) }
}

// MARK: Loading

extension Llama {
    /// Loads and packs the weights.
    ///
    /// - Throws: if a tensor is missing or has another shape than the configuration asks for.
    package init(
        _ weights: Weights, _ configuration: Configuration, on compute: ComputeContext
    ) throws(CheckpointError) {
        let width = configuration.width
        let hidden = configuration.feedForwardWidth
        let heads = configuration.attention
        let queries = heads.heads * heads.headDimension
        let keys = heads.keyValueHeads * heads.headDimension
        let model = weights["model"]

        func norm(_ weights: Weights) throws(CheckpointError) -> Norm {
            Norm(gain: try weights("weight", width).vector(), epsilon: configuration.normEpsilon)
        }
        let rotary = configuration.rotary(
            pairing: weights.source.ropePairing, factors: try configuration.frequencyFactors(model))

        var blocks: [Block] = []
        for index in 0..<configuration.layerCount {
            let layer = model["layers"][index]
            let attention = layer["self_attn"]
            let mlp = layer["mlp"]
            blocks.append(
                Block(
                    attentionNorm: try norm(layer["input_layernorm"]),
                    attention: Attention(
                        query: try attention("q_proj.weight", queries, width).packed(on: compute),
                        key: try attention("k_proj.weight", keys, width).packed(on: compute),
                        value: try attention("v_proj.weight", keys, width).packed(on: compute),
                        output: try attention("o_proj.weight", width, queries).packed(on: compute),
                        rotary: rotary),
                    mlpNorm: try norm(layer["post_attention_layernorm"]),
                    mlp: MLP(
                        gate: try mlp("gate_proj.weight", hidden, width).packed(on: compute),
                        up: try mlp("up_proj.weight", hidden, width).packed(on: compute),
                        down: try mlp("down_proj.weight", width, hidden).packed(on: compute))))
        }
        let vocabulary = configuration.vocabularySize
        self.blocks = blocks
        self.norm = try norm(model["norm"])
        embedding = try model("embed_tokens.weight", vocabulary, width).packed(on: compute)
        separateHead = try weights.optional("lm_head.weight", vocabulary, width)?.packed(on: compute)
        self.configuration = configuration
        self.compute = compute
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
    }
}
