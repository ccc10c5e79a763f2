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
        /// The embedding is multiplied by the root of the width, and scores are divided by that of
        /// `query_pre_attn_scalar`.
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
    /// The layers with a sliding window, in a model that does not say otherwise.
    func windowedLayers(of layerCount: Int) -> Set<Int> {
        guard case .pattern(let interval) = windowRule else { return Set(0..<layerCount) }
        return LayerInterval.allButLast(of: interval, in: layerCount)
    }

    /// The layers that do not rotate queries and keys, in a model that does not say otherwise.
    func unrotatedLayers(of layerCount: Int) -> Set<Int> {
        guard let unrotatedInterval else { return [] }
        return LayerInterval.last(of: unrotatedInterval, in: layerCount)
    }
}
