public import TensorCore
public import TokenDecoding

/// Options for generating a text.
public struct GenerationOptions: Sendable, Equatable {
    /// The decoding strategy; nil for ``TextModel/recommendedStrategy``.
    public var strategy: DecodingStrategy?
    /// How tokens are chosen.
    public var sampling: Sampling = .greedy
    /// How sampled drafts are accepted.
    public var acceptance: Acceptance = .coupled
    /// The format of cached keys and values.
    public var cacheFormat: CacheFormat = .standard
    /// The maximum number of tokens to generate, at least 1; nil for no limit except the end of text and the context.
    public var maxTokens: Int?
    /// Texts that end the generated text. They are not part of it.
    public var stops: [String] = []
    /// Whether to continue past the model's end of text.
    public var ignoresEndOfText = false

    /// The default number of tokens drafted per round: the paper's for code and chat.
    public static let defaultDraftLength = 6

    /// The maximum draft length, ten times the paper's. Verification stores the logits of every drafted token, a fifth
    /// of a megabyte each for a vocabulary of 50 thousand, and rejection sampling needs twice that for its
    /// distributions.
    public static let maximumDraftLength = 128

    /// Creates options for greedy decoding with the model's recommended strategy.
    public init() {}

    /// Throws if an option is invalid for every model.
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
