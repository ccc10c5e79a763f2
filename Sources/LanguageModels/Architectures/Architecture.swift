package import TensorCore

/// An architecture: its names in checkpoints, and the differences of its layers from those of others.
///
/// All architectures are a `Transformer`, which has a switch for each difference. Their tensors are in `TensorTable`.
public struct Architecture: Sendable, Equatable {
    /// The name: `model_type` in `config.json`, and `general.architecture` in GGUF files, whose keys begin with it.
    public let name: String
    /// The model's class in transformers, which `config.json` also names.
    package let className: String
    /// The order of query and key rows in GGUF files.
    package let ggufPairing: RoPEPairing
    /// transformers' defaults for keys that `config.json` omits.
    let defaults: Defaults
    /// Whether the projections to queries, keys and values add a bias.
    var hasAttentionBias = false
    /// Whether a norm is applied to each head of queries and keys before rotation.
    var hasHeadNorms = false

    /// transformers' defaults for keys of `config.json`.
    struct Defaults: Sendable, Equatable {
        var contextLength = 2048
        /// nil if the default is the number of heads.
        var keyValueHeads: Int?
        /// nil if the default is the width divided by the number of heads.
        var headDimension: Int?
    }
}

extension Architecture {
    /// Llama 1, 2, 3 and models with the same graph: SmolLM, TinyLlama, CodeLlama. Touvron et al., arXiv 2302.13971.
    public static let llama = Architecture(
        name: "llama", className: "LlamaForCausalLM", ggufPairing: .interleaved, defaults: Defaults())

    /// Qwen 2 and 2.5. Yang et al., arXiv 2407.10671.
    public static let qwen2 = Architecture(
        name: "qwen2", className: "Qwen2ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 32), hasAttentionBias: true)

    /// Qwen 3 without experts. Yang et al., arXiv 2505.09388.
    public static let qwen3 = Architecture(
        name: "qwen3", className: "Qwen3ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 32, headDimension: 128), hasHeadNorms: true)

    /// Every supported architecture.
    static let all = [llama, qwen2, qwen3]
}
