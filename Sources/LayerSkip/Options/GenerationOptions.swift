public import TensorCore
public import TokenDecoding

/// Options for generating a text.
public struct GenerationOptions: Sendable, Equatable, Codable {
    /// The decoding strategy; nil for ``TextModel/recommendedStrategy``.
    public var strategy: DecodingStrategy?
    /// How tokens are chosen.
    public var sampling: Sampling
    /// How sampled drafts are accepted.
    public var acceptance: Acceptance
    /// The format of cached keys and values.
    public var cacheFormat: CacheFormat
    /// The maximum number of tokens to generate, at least 1; nil for no limit except the end of text and the context.
    public var maxTokens: Int?
    /// The maximum number of tokens of prompt and generated text together, at most the model's context; nil for that. A
    /// model with LongRoPE rotates positions by its short factors if this is at most ``TextModel/shortContext``, and by
    /// its long ones otherwise.
    public var context: Int?
    /// Texts that end the generated text. They are not part of it. The name of a special token, such as `<|im_end|>`,
    /// also ends it at that token, which has no text.
    public var stops: [String]
    /// Whether to continue past the model's end of text.
    public var ignoresEndOfText: Bool
    /// Whether to keep the ``GenerationResult/rounds``, which takes memory for every token.
    public var recordsRounds: Bool

    /// Creates options, by default for greedy decoding with the model's recommended strategy and no limit.
    public init(
        strategy: DecodingStrategy? = nil, sampling: Sampling = .greedy, acceptance: Acceptance = .coupled,
        cacheFormat: CacheFormat = .standard, maxTokens: Int? = nil, context: Int? = nil, stops: [String] = [],
        ignoresEndOfText: Bool = false, recordsRounds: Bool = false
    ) {
        self.strategy = strategy
        self.sampling = sampling
        self.acceptance = acceptance
        self.cacheFormat = cacheFormat
        self.maxTokens = maxTokens
        self.context = context
        self.stops = stops
        self.ignoresEndOfText = ignoresEndOfText
        self.recordsRounds = recordsRounds
    }

    /// Throws if an option is invalid for every model.
    public func validate() throws(GenerationError) {
        try sampling.validate()
        func require(_ isValid: Bool, _ name: String, _ expected: String, _ found: String) throws(GenerationError) {
            guard isValid else { throw .invalidOption(name: name, expected: expected, found: found) }
        }
        if let maxTokens { try require(maxTokens >= 1, "max tokens", "1 or more", "\(maxTokens)") }
        if let context { try require(context >= 2, "context", "2 or more", "\(context)") }
        try require(!stops.contains(""), "stop", "a text that is not empty", "\"\"")
        try strategy?.validate()
    }
}

extension GenerationOptions {
    /// Decodes options. Keys that are left out have their default values.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let standard = GenerationOptions()
        self.init(
            strategy: try container.decodeIfPresent(DecodingStrategy.self, forKey: .strategy),
            sampling: try container.decodeIfPresent(Sampling.self, forKey: .sampling) ?? standard.sampling,
            acceptance: try container.decodeIfPresent(Acceptance.self, forKey: .acceptance) ?? standard.acceptance,
            cacheFormat: try container.decodeIfPresent(CacheFormat.self, forKey: .cacheFormat) ?? standard.cacheFormat,
            maxTokens: try container.decodeIfPresent(Int.self, forKey: .maxTokens),
            context: try container.decodeIfPresent(Int.self, forKey: .context),
            stops: try container.decodeIfPresent([String].self, forKey: .stops) ?? standard.stops,
            ignoresEndOfText: try container.decodeIfPresent(Bool.self, forKey: .ignoresEndOfText)
                ?? standard.ignoresEndOfText,
            recordsRounds: try container.decodeIfPresent(Bool.self, forKey: .recordsRounds) ?? standard.recordsRounds)
    }
}
