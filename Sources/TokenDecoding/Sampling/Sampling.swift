/// Options for choosing the next token from logits.
///
/// The steps are applied in the order of the properties below. Steps that a default disables cost nothing.
public struct Sampling: Sendable, Equatable, Codable {
    /// The repetition penalty: logits of tokens already in the text are divided by this if positive, multiplied by it
    /// if negative (Keskar et al., "CTRL", arXiv 1909.05858, section 4.1). 1 means none.
    public var repetitionPenalty: Float
    /// Logits are divided by this. 0 takes the most likely token (greedy), and the options below have no effect.
    public var temperature: Float
    /// Keeps the k most likely tokens; nil or 0 keeps all.
    public var topK: Int?
    /// Keeps the fewest most likely tokens whose probabilities together reach p
    /// (Holtzman et al., "The Curious Case of Neural Text Degeneration", arXiv 1904.09751).
    public var topP: Double?
    /// Keeps tokens at least p times as likely as the most likely one (Nguyen et al., arXiv 2407.01082).
    public var minP: Double?
    /// Determines all random choices: the same seed, prompt and options give the same text.
    public var seed: UInt64

    /// Always takes the most likely token.
    public static let greedy = Sampling()

    /// Creates options, by default for greedy decoding.
    public init(
        repetitionPenalty: Float = 1, temperature: Float = 0, topK: Int? = nil, topP: Double? = nil,
        minP: Double? = nil, seed: UInt64 = 0
    ) {
        self.repetitionPenalty = repetitionPenalty
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.seed = seed
    }

    /// Whether the most likely token is taken.
    public var isGreedy: Bool { temperature == 0 }

    /// Whether filters may drop tokens.
    var isFiltered: Bool { candidateLimit != nil || nucleus != nil || (minP ?? 0) > 0 }

    /// Top-k; nil if it drops nothing.
    var candidateLimit: Int? { topK.flatMap { $0 > 0 ? $0 : nil } }

    /// Top-p; nil if it drops nothing.
    var nucleus: Double? { topP.flatMap { $0 < 1 ? $0 : nil } }

    /// Throws if an option is out of range.
    public func validate() throws(GenerationError) {
        func require(_ isValid: Bool, _ name: String, _ expected: String, _ found: String) throws(GenerationError) {
            guard isValid else { throw .invalidOption(name: name, expected: expected, found: found) }
        }
        try require(
            repetitionPenalty.isFinite && repetitionPenalty > 0, "repetition penalty", "a positive number",
            "\(repetitionPenalty)")
        try require(temperature.isFinite && temperature >= 0, "temperature", "0 or more", "\(temperature)")
        if let topK { try require(topK >= 0, "top-k", "0 or more", "\(topK)") }
        if let topP { try require(topP > 0 && topP <= 1, "top-p", "a number in (0, 1]", "\(topP)") }
        if let minP { try require(minP >= 0 && minP <= 1, "min-p", "a number in [0, 1]", "\(minP)") }
    }
}

extension Sampling {
    /// Decodes options. Keys that are left out have their default values.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let standard = Sampling.greedy
        self.init(
            repetitionPenalty: try container.decodeIfPresent(Float.self, forKey: .repetitionPenalty)
                ?? standard.repetitionPenalty,
            temperature: try container.decodeIfPresent(Float.self, forKey: .temperature) ?? standard.temperature,
            topK: try container.decodeIfPresent(Int.self, forKey: .topK),
            topP: try container.decodeIfPresent(Double.self, forKey: .topP),
            minP: try container.decodeIfPresent(Double.self, forKey: .minP),
            seed: try container.decodeIfPresent(UInt64.self, forKey: .seed) ?? standard.seed)
    }
}
