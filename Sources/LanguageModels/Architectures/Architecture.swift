public import TensorCore

/// An architecture: what its checkpoints are called, and how its layers differ from those of the others.
///
/// All of them are a ``Transformer``, which has a switch for each difference. Their tensors are in ``TensorTable``.
public struct Architecture: Sendable, Equatable {
    /// `model_type` in `config.json` and `general.architecture` in GGUF files, whose keys begin with it.
    public let name: String
    /// The model's class in transformers, which `config.json` names, too.
    public let className: String
    /// The order of query and key rows in GGUF files.
    public let ggufPairing: RoPEPairing
    /// What transformers assumes where `config.json` leaves a key out.
    let defaults: Defaults
    /// Whether the projections to queries, keys and values add a bias.
    var hasAttentionBias = false
    /// Whether queries and keys are normed head by head, before they are rotated.
    var hasHeadNorms = false

    /// transformers' defaults of keys in `config.json`.
    struct Defaults: Sendable, Equatable {
        var contextLength = 2048
        /// nil if by default there are as many as there are heads.
        var keyValueHeads: Int?
        /// nil if by default the heads share the width.
        var headDimension: Int?
    }
}

extension Architecture {
    /// Llama 1, 2, 3 and what shares their graph: SmolLM, TinyLlama, CodeLlama. Touvron et al., arXiv 2302.13971.
    public static let llama = Architecture(
        name: "llama", className: "LlamaForCausalLM", ggufPairing: .interleaved, defaults: Defaults())

    /// Qwen 2 and 2.5. Yang et al., arXiv 2407.10671.
    public static let qwen2 = Architecture(
        name: "qwen2", className: "Qwen2ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 32), hasAttentionBias: true)

    /// Qwen 3, dense. Yang et al., arXiv 2505.09388.
    public static let qwen3 = Architecture(
        name: "qwen3", className: "Qwen3ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 32, headDimension: 128), hasHeadNorms: true)

    /// Every architecture that has a model here.
    static let all = [llama, qwen2, qwen3]
}
