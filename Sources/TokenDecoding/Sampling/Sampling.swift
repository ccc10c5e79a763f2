/// How the next token is chosen from logits.
///
/// The steps follow each other in the order of the properties below; what a default leaves out costs nothing.
public struct Sampling: Sendable, Equatable, Codable {
    /// Logits of tokens that the text already has are divided by this where positive, multiplied where negative
    /// (Keskar et al., "CTRL", arXiv 1909.05858, section 4.1). 1: none.
    public var repetitionPenalty: Float
    /// Logits are divided by this; 0 takes the most likely token (greedy), and what follows has no effect.
    public var temperature: Float
    /// Keeps the k most likely tokens.
    public var topK: Int?
    /// Keeps the fewest most likely tokens whose probabilities together reach p
    /// (Holtzman et al., "The Curious Case of Neural Text Degeneration", arXiv 1904.09751).
    public var topP: Double?
    /// Keeps tokens at least p times as likely as the most likely one (Nguyen et al., arXiv 2407.01082).
    public var minP: Double?
    /// Fixes all random choices: the same seed, prompt and options give the same text.
    public var seed: UInt64

    /// The most likely token, always.
    public static let greedy = Sampling()

    /// A way to choose tokens; by default greedy.
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

    /// Whether some tokens may be dropped.
    var isFiltered: Bool { topK != nil || nucleus != nil || (minP ?? 0) > 0 }

    /// Top-p, where it drops anything.
    var nucleus: Double? { topP.flatMap { $0 < 1 ? $0 : nil } }

    /// Throws if an option has no meaning.
    public func validate() throws(DecodingError) {
        func require(_ isValid: Bool, _ name: String, _ expected: String, _ found: String) throws(DecodingError) {
            guard isValid else { throw .invalidOption(name: name, expected: expected, found: found) }
        }
        try require(
            repetitionPenalty.isFinite && repetitionPenalty > 0, "repetition penalty", "a positive number",
            "\(repetitionPenalty)")
        try require(temperature.isFinite && temperature >= 0, "temperature", "0 or more", "\(temperature)")
        if let topK { try require(topK >= 1, "top-k", "1 or more", "\(topK)") }
        if let topP { try require(topP > 0 && topP <= 1, "top-p", "a number in (0, 1]", "\(topP)") }
        if let minP { try require(minP >= 0 && minP <= 1, "min-p", "a number in [0, 1]", "\(minP)") }
    }
}

extension Sampling {
    /// Decodes a way to choose tokens; what is left out is as by default.
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

/// How a sampled draft is accepted.
public enum Acceptance: String, Sendable, Codable, CaseIterable {
    /// Draft and target share the random numbers of their position, so that they mostly agree, and the text equals
    /// plain decoding with the same seed, token by token.
    case coupled
    /// Speculative sampling: x, drafted from p, is accepted with probability min(1, q(x)/p(x)), where q is the full
    /// model's distribution; else a token is drawn from max(q - p, 0), renormalised. Exact in distribution only.
    /// Chen et al., arXiv 2302.01318, algorithm 2; Leviathan et al., arXiv 2211.17192, exchange the letters.
    case rejection
}
