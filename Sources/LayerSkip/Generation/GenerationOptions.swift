public import TensorCore
public import TokenDecoding

/// How to write a text.
public struct GenerationOptions: Sendable, Equatable, Codable {
    /// Which layers make the text; nil for what serves the model best: ``TextModel/recommendedStrategy``.
    public var strategy: DecodingStrategy?
    /// How tokens are chosen.
    public var sampling: Sampling
    /// How sampled drafts are accepted.
    public var acceptance: Acceptance
    /// How the cache keeps keys and values.
    public var cacheFormat: CacheFormat
    /// The most tokens to write, at least 1; nil writes until the model ends its text or its context is full.
    public var maxTokens: Int?
    /// Texts that end the answer; they are not part of it.
    public var stops: [String]
    /// Whether to write on where the model ends its text.
    public var ignoresEndOfText: Bool

    /// Options; by default greedy, by the strategy that serves the model best, without a limit.
    public init(
        strategy: DecodingStrategy? = nil, sampling: Sampling = .greedy, acceptance: Acceptance = .coupled,
        cacheFormat: CacheFormat = .standard, maxTokens: Int? = nil, stops: [String] = [],
        ignoresEndOfText: Bool = false
    ) {
        self.strategy = strategy
        self.sampling = sampling
        self.acceptance = acceptance
        self.cacheFormat = cacheFormat
        self.maxTokens = maxTokens
        self.stops = stops
        self.ignoresEndOfText = ignoresEndOfText
    }

    /// Throws if an option has no meaning for any model.
    public func validate() throws(DecodingError) {
        try sampling.validate()
        func require(_ isValid: Bool, _ name: String, _ expected: String, _ found: String) throws(DecodingError) {
            guard isValid else { throw .invalidOption(name: name, expected: expected, found: found) }
        }
        if let maxTokens { try require(maxTokens >= 1, "max tokens", "1 or more", "\(maxTokens)") }
        try require(!stops.contains(""), "stop", "a text that is not empty", "\"\"")
        try strategy?.validate()
    }
}

extension GenerationOptions {
    /// Decodes options; what is left out is as by default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let standard = GenerationOptions()
        self.init(
            strategy: try container.decodeIfPresent(DecodingStrategy.self, forKey: .strategy),
            sampling: try container.decodeIfPresent(Sampling.self, forKey: .sampling) ?? standard.sampling,
            acceptance: try container.decodeIfPresent(Acceptance.self, forKey: .acceptance) ?? standard.acceptance,
            cacheFormat: try container.decodeIfPresent(CacheFormat.self, forKey: .cacheFormat) ?? standard.cacheFormat,
            maxTokens: try container.decodeIfPresent(Int.self, forKey: .maxTokens),
            stops: try container.decodeIfPresent([String].self, forKey: .stops) ?? standard.stops,
            ignoresEndOfText: try container.decodeIfPresent(Bool.self, forKey: .ignoresEndOfText)
                ?? standard.ignoresEndOfText)
    }
}
