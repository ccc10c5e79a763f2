import CheckpointFiles

/// The keys of `config.json` (transformers' `LlamaConfig` and similar classes).
struct ConfigurationFile: Codable {
    var modelType: ModelType
    var architectures: [String]?
    var vocabularySize: Int
    var width: Int
    var feedForwardWidth: Int
    var layerCount: Int
    var heads: Int
    var keyValueHeads: StatedValue<Int> = .omitted
    var headDimension: Int?
    var contextLength: Int?
    var normEpsilon: Double?
    var activation: String?
    /// Gemma's key for the same.
    var gemmaActivation: String?
    var ropeBase: Double?
    var ropeScaling: RoPEText?
    /// The key in which transformers 5 stores both of the above.
    var ropeParameters: RoPEText?
    var partialRotaryFactor: Double?
    var originalContext: Int?
    var slidingRoPEBase: Double?
    var tiesHead: Bool?
    var attentionBias: Bool?
    var mlpBias: Bool?
    var usesSlidingWindow: Bool?
    var slidingWindow: StatedValue<Int> = .omitted
    var slidingWindowPattern: Int?
    var unwindowedLayers: Int?
    var queryScalar: Double?
    var logitSoftcap: Double?
    var scoreSoftcap: Double?
    var isBidirectional: Bool?
    var embeddingMultiplier: Double?
    var attentionMultiplier: Double?
    var residualMultiplier: Double?
    var logitsScaling: Double?
    /// For each layer, 1 if it rotates queries and keys and 0 if not; and a rule where there is no such list.
    var rotatedLayers: [Int]?
    var unrotatedInterval: Int?
    /// The kind of attention of each layer.
    var layerTypes: [String]?
    var beginningOfText: LooseID?
    var endsOfText: OneOrMany?
    var padding: LooseID?
    var dtype: String?
    var newerDtype: String?

    enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case architectures
        case vocabularySize = "vocab_size"
        case width = "hidden_size"
        case feedForwardWidth = "intermediate_size"
        case layerCount = "num_hidden_layers"
        case heads = "num_attention_heads"
        case keyValueHeads = "num_key_value_heads"
        case headDimension = "head_dim"
        case contextLength = "max_position_embeddings"
        case normEpsilon = "rms_norm_eps"
        case activation = "hidden_act"
        case gemmaActivation = "hidden_activation"
        case ropeBase = "rope_theta"
        case ropeScaling = "rope_scaling"
        case ropeParameters = "rope_parameters"
        case partialRotaryFactor = "partial_rotary_factor"
        case originalContext = "original_max_position_embeddings"
        case slidingRoPEBase = "rope_local_base_freq"
        case tiesHead = "tie_word_embeddings"
        case attentionBias = "attention_bias"
        case mlpBias = "mlp_bias"
        case usesSlidingWindow = "use_sliding_window"
        case slidingWindow = "sliding_window"
        case slidingWindowPattern = "sliding_window_pattern"
        case unwindowedLayers = "max_window_layers"
        case queryScalar = "query_pre_attn_scalar"
        case logitSoftcap = "final_logit_softcapping"
        case scoreSoftcap = "attn_logit_softcapping"
        case isBidirectional = "use_bidirectional_attention"
        case embeddingMultiplier = "embedding_multiplier"
        case attentionMultiplier = "attention_multiplier"
        case residualMultiplier = "residual_multiplier"
        case logitsScaling = "logits_scaling"
        case rotatedLayers = "no_rope_layers"
        case unrotatedInterval = "no_rope_layer_interval"
        case layerTypes = "layer_types"
        case beginningOfText = "bos_token_id"
        case endsOfText = "eos_token_id"
        case padding = "pad_token_id"
        case dtype = "torch_dtype"
        case newerDtype = "dtype"
    }
}
