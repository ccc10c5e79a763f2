package import TensorCore

/// An architecture: its names in checkpoints, and the differences of its layers from those of others.
///
/// All architectures are a `Transformer`, which has a switch for each difference. Their tensors are in `TensorTable`.
public struct Architecture: Sendable, Equatable {
    /// The name: `model_type` in `config.json`.
    public let name: String
    /// `general.architecture` in GGUF files, whose keys begin with it.
    package let ggufName: String
    /// The model's class in transformers, which `config.json` also names.
    package let className: String
    /// The order of query and key rows in GGUF files.
    package let ggufPairing: RoPEPairing
    /// transformers' defaults for keys that `config.json` omits.
    let defaults: Defaults
    /// The linear layers that add a bias in every model of the architecture.
    var biases: Biases = []
    /// The linear layers that add a bias if `config.json` says so.
    var optionalBiases: Biases = []
    /// Every so many layers, the last one does not rotate queries and keys; nil if all layers do.
    var unrotatedInterval: Int?
    /// Whether the configuration has ``Multipliers``.
    var hasMultipliers = false
    /// Whether a norm is applied to each head of queries and keys before rotation.
    var hasHeadNorms = false

    /// Whether `sliding_window` in `config.json` limits the attention of all layers.
    var hasSlidingWindow: Bool { defaults.slidingWindow != nil }

    /// transformers' defaults for keys of `config.json`.
    struct Defaults: Sendable, Equatable {
        var contextLength = 2048
        /// nil if the default is the number of heads.
        var keyValueHeads: Int?
        /// nil if the default is the width divided by the number of heads.
        var headDimension: Int?
        /// The tokens that each token attends to, itself included; nil for all.
        var slidingWindow: Int?
        var ropeBase = 10_000.0
        var tiesHead = false
    }

    /// Linear layers that add a bias.
    package struct Biases: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        /// The projections to queries, keys and values.
        package static let attentionInputs = Biases(rawValue: 1)
        /// The projection of attention's result.
        package static let attentionOutput = Biases(rawValue: 2)
        /// The three layers of the MLP.
        package static let feedForward = Biases(rawValue: 4)

        static let all: Biases = [.attentionInputs, .attentionOutput, .feedForward]
    }
}

extension Architecture {
    /// Llama 1, 2, 3 and models with the same graph: SmolLM, TinyLlama, CodeLlama. Touvron et al., arXiv 2302.13971.
    public static let llama = Architecture(
        name: "llama", ggufName: "llama", className: "LlamaForCausalLM", ggufPairing: .interleaved,
        defaults: Defaults(), optionalBiases: .all)

    /// Mistral 7B and models with the same graph: a Llama whose attention may be limited to a window. GGUF files call it
    /// a Llama. Jiang et al., arXiv 2310.06825.
    public static let mistral = Architecture(
        name: "mistral", ggufName: "llama", className: "MistralForCausalLM", ggufPairing: .interleaved,
        defaults: Defaults(contextLength: 131_072, keyValueHeads: 8, slidingWindow: 4096))

    /// Qwen 2 and 2.5. Yang et al., arXiv 2407.10671.
    public static let qwen2 = Architecture(
        name: "qwen2", ggufName: "qwen2", className: "Qwen2ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 32), biases: .attentionInputs)

    /// Qwen 3 without experts. Yang et al., arXiv 2505.09388.
    public static let qwen3 = Architecture(
        name: "qwen3", ggufName: "qwen3", className: "Qwen3ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 32, headDimension: 128), hasHeadNorms: true)

    /// SmolLM3: a Llama that rotates no queries and keys in every fourth layer. Bakouch et al., "SmolLM3", 2025; Yang et
    /// al., arXiv 2501.18795.
    public static let smolLM3 = Architecture(
        name: "smollm3", ggufName: "smollm3", className: "SmolLM3ForCausalLM", ggufPairing: .interleaved,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 4, ropeBase: 2_000_000, tiesHead: true),
        optionalBiases: .all, unrotatedInterval: 4)

    /// Granite 3: a Llama with factors for the embedding, the scores of attention, the residual stream and the logits.
    /// Granite Team, "Granite 3.0 Language Models", 2024; Yang et al., arXiv 2203.03466.
    public static let granite = Architecture(
        name: "granite", ggufName: "granite", className: "GraniteForCausalLM", ggufPairing: .interleaved,
        defaults: Defaults(), optionalBiases: .all, hasMultipliers: true)

    /// Every supported architecture.
    static let all = [llama, mistral, qwen2, qwen3, smolLM3, granite]

    /// The layers that do not rotate queries and keys, in a model that does not say otherwise.
    func unrotatedLayers(of layerCount: Int) -> Set<Int> {
        guard let unrotatedInterval else { return [] }
        return Set((0..<layerCount).filter { ($0 + 1).isMultiple(of: unrotatedInterval) })
    }
}
