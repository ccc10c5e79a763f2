public import TensorCore
public import TokenDecoding

/// How to write a text.
public struct GenerationOptions: Sendable, Equatable {
    /// Which layers make the text; nil for what serves the model best: ``TextModel/recommendedStrategy``.
    public var strategy: DecodingStrategy?
    /// How tokens are chosen.
    public var sampling: Sampling = .greedy
    /// How sampled drafts are accepted.
    public var acceptance: Acceptance = .coupled
    /// How the cache keeps keys and values.
    public var cacheFormat: CacheFormat = .standard
    /// The most tokens to write, at least 1; nil writes until the model ends its text or its context is full.
    public var maxTokens: Int?
    /// Texts that end the answer; they are not part of it.
    public var stops: [String] = []
    /// Whether to write on where the model ends its text.
    public var ignoresEndOfText = false

    /// How many tokens are drafted a round unless a caller says otherwise: the paper's for code and chat.
    public static let defaultDraftLength = 6

    /// The longest draft, ten times the paper's. Verification holds the logits of every drafted token, a fifth of a
    /// megabyte each for a vocabulary of 50 thousand, and rejection sampling twice that for its distributions.
    public static let maximumDraftLength = 128

    /// Greedy, by the strategy that serves the model best, unless changed.
    public init() {}

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
