/// The tensors of all architectures: their roles, names in model folders and GGUF files, shapes and kinds.
///
/// Loading, random weights, GGUF files, export and memory estimates read this table.
enum TensorTable {
    /// One row of the table: a tensor of the model, or of each layer.
    struct Row: Sendable {
        let role: TensorRole
        /// The name in a model folder; for a layer's tensor, the part after ``layerPrefix`` and the layer's number.
        let name: String
        /// The name in a GGUF file; for a layer's tensor, the part after ``ggufLayerPrefix`` and the layer's number.
        let ggufName: String
        let shape: [Size]
        let kind: TensorKind
        let presence: Presence

        init(
            _ role: TensorRole, _ name: String, _ ggufName: String, _ shape: [Size], _ kind: TensorKind,
            _ presence: Presence = .always
        ) {
            self.role = role
            self.name = name
            self.ggufName = ggufName
            self.shape = shape
            self.kind = kind
            self.presence = presence
        }
    }

    /// A dimension whose size the configuration gives.
    enum Size { case vocabulary, width, feedForward, queries, keys, head, queriesKeysAndValues, gateAndUp }

    /// The models that have a tensor.
    enum Presence {
        case always, withHeadNorms, unlessTied, fused, unlessFused, withPostNorms, withoutPostNorms
        case withBiases(Architecture.Biases)

        /// Whether a model of an architecture has the tensor.
        ///
        /// - Parameters:
        ///   - biases: the linear layers that add a bias.
        ///   - isTied: whether the embedding is also the head.
        func includes(_ architecture: Architecture, biases: Architecture.Biases, isTied: Bool) -> Bool {
            switch self {
            case .always: true
            case .withBiases(let needed): biases.contains(needed)
            case .withHeadNorms: architecture.hasHeadNorms
            case .unlessTied: !isTied
            case .fused: architecture.isFused
            case .unlessFused: !architecture.isFused
            case .withPostNorms: architecture.hasPostNorms
            case .withoutPostNorms: !architecture.hasPostNorms
            }
        }
    }

    static let layerPrefix = "model.layers."
    static let ggufLayerPrefix = "blk."
    static let exitBlockPrefix = "exit_block."
    static let ggufExitBlockPrefix = "exit_blk."

    /// The tensor before the layers.
    static let first = [
        Row(.embedding, "model.embed_tokens.weight", "token_embd.weight", [.vocabulary, .width], .matrix)
    ]

    /// The tensors of each layer, in the order in which they are used.
    static let layer = [
        Row(.attentionNorm, "input_layernorm.weight", "attn_norm.weight", [.width], .gain),
        Row(
            .queryKeyValue, "self_attn.qkv_proj.weight", "attn_qkv.weight", [.queriesKeysAndValues, .width], .matrix,
            .fused),
        Row(.query, "self_attn.q_proj.weight", "attn_q.weight", [.queries, .width], .rotatedMatrix, .unlessFused),
        Row(
            .queryBias, "self_attn.q_proj.bias", "attn_q.bias", [.queries], .rotatedBias, .withBiases(.attentionInputs)),
        Row(.key, "self_attn.k_proj.weight", "attn_k.weight", [.keys, .width], .rotatedMatrix, .unlessFused),
        Row(.keyBias, "self_attn.k_proj.bias", "attn_k.bias", [.keys], .rotatedBias, .withBiases(.attentionInputs)),
        Row(.value, "self_attn.v_proj.weight", "attn_v.weight", [.keys, .width], .matrix, .unlessFused),
        Row(.valueBias, "self_attn.v_proj.bias", "attn_v.bias", [.keys], .bias, .withBiases(.attentionInputs)),
        Row(.queryNorm, "self_attn.q_norm.weight", "attn_q_norm.weight", [.head], .rotatedGain, .withHeadNorms),
        Row(.keyNorm, "self_attn.k_norm.weight", "attn_k_norm.weight", [.head], .rotatedGain, .withHeadNorms),
        Row(.attentionOutput, "self_attn.o_proj.weight", "attn_output.weight", [.width, .queries], .residualMatrix),
        Row(
            .attentionOutputBias, "self_attn.o_proj.bias", "attn_output.bias", [.width], .bias,
            .withBiases(.attentionOutput)),
        Row(
            .attentionPostNorm, "post_attention_layernorm.weight", "post_attention_norm.weight", [.width], .gain,
            .withPostNorms),
        Row(
            .feedForwardNorm, "post_attention_layernorm.weight", "ffn_norm.weight", [.width], .gain, .withoutPostNorms),
        Row(.feedForwardNorm, "pre_feedforward_layernorm.weight", "ffn_norm.weight", [.width], .gain, .withPostNorms),
        Row(.gateUp, "mlp.gate_up_proj.weight", "ffn_up.weight", [.gateAndUp, .width], .matrix, .fused),
        Row(.gate, "mlp.gate_proj.weight", "ffn_gate.weight", [.feedForward, .width], .matrix, .unlessFused),
        Row(.gateBias, "mlp.gate_proj.bias", "ffn_gate.bias", [.feedForward], .bias, .withBiases(.feedForward)),
        Row(.up, "mlp.up_proj.weight", "ffn_up.weight", [.feedForward, .width], .matrix, .unlessFused),
        Row(.upBias, "mlp.up_proj.bias", "ffn_up.bias", [.feedForward], .bias, .withBiases(.feedForward)),
        Row(.down, "mlp.down_proj.weight", "ffn_down.weight", [.width, .feedForward], .residualMatrix),
        Row(.downBias, "mlp.down_proj.bias", "ffn_down.bias", [.width], .bias, .withBiases(.feedForward)),
        Row(
            .feedForwardPostNorm, "post_feedforward_layernorm.weight", "post_ffw_norm.weight", [.width], .gain,
            .withPostNorms),
    ]

    /// The tensors of an exit block: those of a layer, and behind them a norm and a matrix. The matrix maps rows from the
    /// basis of the exit to that of the last layer, which the head reads (Belrose et al., arXiv 2303.08112), and which a
    /// block that adds to its input would have to learn step by step.
    static let exitBlock =
        layer + [
            Row(.exitNorm, "exit_norm.weight", "exit_norm.weight", [.width], .gain),
            Row(.exitOutput, "exit_output.weight", "exit_output.weight", [.width, .width], .matrix),
        ]

    /// The tensors after the layers.
    static let last = [
        Row(.finalNorm, "model.norm.weight", "output_norm.weight", [.width], .gain),
        Row(.head, "lm_head.weight", "output.weight", [.vocabulary, .width], .matrix, .unlessTied),
    ]
}

/// A tensor's role in the model.
package enum TensorRole: Sendable {
    case embedding
    case attentionNorm, query, queryBias, queryNorm, key, keyBias, keyNorm, value, valueBias, attentionOutput,
        attentionOutputBias, attentionPostNorm
    /// The projections to queries, keys and values as one matrix, in this order.
    case queryKeyValue
    case feedForwardNorm, gate, gateBias, up, upBias, down, downBias, feedForwardPostNorm
    /// The projections to gate and up as one matrix, in this order.
    case gateUp
    /// The norm and the matrix behind an exit block.
    case exitNorm, exitOutput
    case finalNorm, head
}

/// The use of a tensor's elements. It determines their initial values, their storage format, and the order of rows.
package enum TensorKind: Sendable {
    case matrix
    /// A matrix whose product is added to the residual stream.
    case residualMatrix
    /// A matrix whose rows produce the heads that RoPE rotates.
    case rotatedMatrix
    /// The factors of a norm.
    case gain
    /// The factors of a norm of heads that RoPE rotates.
    case rotatedGain
    /// Summands of a projection's result.
    case bias
    /// Summands of heads that RoPE rotates.
    case rotatedBias

    /// Whether rows, or the elements of a vector, are in the order of RoPE's pairs.
    package var isRotated: Bool { [.rotatedMatrix, .rotatedGain, .rotatedBias].contains(self) }

    /// Whether the elements are the factors of a norm.
    package var isGain: Bool { self == .gain || self == .rotatedGain }
}
