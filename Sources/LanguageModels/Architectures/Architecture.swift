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
    /// The class of the model without its head.
    var baseClassName: String { className.replacing("ForCausalLM", with: baseClassSuffix) }
    private var baseClassSuffix: String { self == .gemma3 ? "TextModel" : "Model" }
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
    /// The rule of ``Multipliers``.
    var multiplierRule = MultiplierRule.none
    /// The layers with a sliding window.
    var windowRule = WindowRule.none
    /// Whether a norm is applied to each head of queries and keys before rotation.
    var hasHeadNorms = false
    /// Whether a norm is applied to what attention and the MLP add to the residual stream.
    var hasPostNorms = false
    /// Whether checkpoints store the gains of norms minus 1. GGUF files store the gains.
    package var storesGainsMinusOne = false
    /// Whether the projections to queries, keys and values are one tensor, and those to gate and up another.
    var isFused = false
    /// Whether `config.json` can make only the first coordinates of each head rotate.
    var rotatesPartially = false
    /// The base of RoPE in layers with a sliding window, if they have their own.
    var slidingRoPEBase: Double?
    /// The function of the MLP's gate.
    package var activation = GatedActivation.silu
    /// Whether models of the architecture can be trained.
    package var isTrainable: Bool { !isFused && !storesGainsMinusOne }

    /// Where the ``Multipliers`` of a model come from.
    enum MultiplierRule: Sendable, Equatable {
        case none
        /// From keys of `config.json`.
        case stated
        /// The embedding is multiplied by the root of the width, and scores by that of `query_pre_attn_scalar`'s inverse.
        case gemma
    }

    /// How `config.json` gives the layers with a sliding window.
    enum WindowRule: Sendable, Equatable {
        /// No layer has one.
        case none
        /// `sliding_window`, unless it is null, applies to all layers.
        case allLayers
        /// If `use_sliding_window` is set: the layers of `layer_types`, by default those from `max_window_layers` on.
        case fromLayer(standard: Int)
        /// The layers of `layer_types`; by default those without RoPE if `use_sliding_window` is set.
        case unrotatedLayers
        /// The layers of `layer_types`, by default all but the last of every `interval` layers.
        case pattern(interval: Int)
    }

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
        /// The context of the first training, for RoPE's scaling; nil if RoPE's parameters give it.
        var originalContext: Int?
        var tiesHead = false
        var normEpsilon = 1e-6
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
        defaults: Defaults(contextLength: 131_072, keyValueHeads: 8, slidingWindow: 4096), windowRule: .allLayers)

    /// Qwen 2 and 2.5. Yang et al., arXiv 2407.10671.
    public static let qwen2 = Architecture(
        name: "qwen2", ggufName: "qwen2", className: "Qwen2ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 32, slidingWindow: 4096), biases: .attentionInputs,
        windowRule: .fromLayer(standard: 28))

    /// Qwen 3 without experts. Yang et al., arXiv 2505.09388.
    public static let qwen3 = Architecture(
        name: "qwen3", ggufName: "qwen3", className: "Qwen3ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 32, headDimension: 128, slidingWindow: 4096),
        optionalBiases: [.attentionInputs, .attentionOutput], windowRule: .fromLayer(standard: 28), hasHeadNorms: true)

    /// SmolLM3: a Llama that rotates no queries and keys in every fourth layer. Bakouch et al., "SmolLM3", 2025; Yang et
    /// al., arXiv 2501.18795.
    public static let smolLM3 = Architecture(
        name: "smollm3", ggufName: "smollm3", className: "SmolLM3ForCausalLM", ggufPairing: .interleaved,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 4, ropeBase: 2_000_000, tiesHead: true),
        optionalBiases: .all, unrotatedInterval: 4, windowRule: .unrotatedLayers)

    /// Granite 3: a Llama with factors for the embedding, the scores of attention, the residual stream and the logits.
    /// Granite Team, "Granite 3.0 Language Models", 2024; Yang et al., arXiv 2203.03466.
    public static let granite = Architecture(
        name: "granite", ggufName: "granite", className: "GraniteForCausalLM", ggufPairing: .interleaved,
        defaults: Defaults(), optionalBiases: .all, multiplierRule: .stated)

    /// Phi-3 and Phi-4: a Llama with fused tensors, whose heads may rotate in part. Abdin et al., arXiv 2404.14219.
    public static let phi3 = Architecture(
        name: "phi3", ggufName: "phi3", className: "Phi3ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(contextLength: 4096, originalContext: 4096, normEpsilon: 1e-5), windowRule: .allLayers,
        isFused: true,
        rotatesPartially: true)

    /// Gemma 3 for text: norms before and after attention and the MLP, and a sliding window with a RoPE base of its own
    /// in five of six layers. Gemma Team, arXiv 2503.19786.
    public static let gemma3 = Architecture(
        name: "gemma3_text", ggufName: "gemma3", className: "Gemma3ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(
            contextLength: 131_072, keyValueHeads: 4, headDimension: 256, slidingWindow: 4096, ropeBase: 1_000_000,
            tiesHead: true),
        optionalBiases: [.attentionInputs, .attentionOutput], multiplierRule: .gemma, windowRule: .pattern(interval: 6),
        hasHeadNorms: true, hasPostNorms: true, storesGainsMinusOne: true, slidingRoPEBase: 10_000, activation: .gelu)

    /// Every supported architecture.
    static let all = [llama, mistral, qwen2, qwen3, smolLM3, granite, phi3, gemma3]

    /// The layers with a sliding window, in a model that does not say otherwise.
    func windowedLayers(of layerCount: Int) -> Set<Int> {
        guard case .pattern(let interval) = windowRule else { return Set(0..<layerCount) }
        return Set((0..<layerCount).filter { !($0 + 1).isMultiple(of: interval) })
    }

    /// The layers that do not rotate queries and keys, in a model that does not say otherwise.
    func unrotatedLayers(of layerCount: Int) -> Set<Int> {
        guard let unrotatedInterval else { return [] }
        return Set((0..<layerCount).filter { ($0 + 1).isMultiple(of: unrotatedInterval) })
    }
}
