public import LanguageModels
public import TokenDecoding

/// What drafts of a fixed length would gain on this machine, for every exit layer and draft length.
///
/// The model writes texts by plain decoding. Then every exit reads them once, which says exactly which of its drafts
/// would have been accepted, for any draft length. Together with measured costs of passes, that gives the speed of each
/// combination without running it.
///
/// ```swift
/// let plan = Tuning.Plan(prompts: try model.tuningPrompts())
/// if let tuning = try Tuning(model, plan), let best = tuning.best { print(best.exitLayer, best.speedup) }
/// ```
public struct Tuning: Sendable {
    /// What is tried, and on which texts.
    public struct Plan: Sendable {
        /// The prompts, at least one.
        public var prompts: [[Token]]
        /// The numbers of layers that may draft, 1 to L - 1; nil for all.
        public var exitLayers: [Int]?
        /// The numbers of tokens drafted per round.
        public var draftLengths: [Int]
        /// Sampling, limits and the format of the cache. The strategy is ignored, and so are stop texts.
        public var options: GenerationOptions
        /// The formats of copies of the weights that may draft, if the weights have 16 bits or more.
        public var copies: [QuantizationRecipe]
        /// The number of measurements of the costs of passes; nil for as many as fit in a few seconds.
        public var costRounds: Int?

        /// Creates a plan for all exits, 1 to 24 drafted tokens, and greedy texts of up to 128 tokens.
        public init(prompts: [[Token]]) {
            self.prompts = prompts
            draftLengths = Array(Self.standardDraftLengths)
            copies = [.q8_0, .q6_K, .q5_0, .q4_K_M]
            options = GenerationOptions(maxTokens: Self.standardMaxTokens)
        }

        /// The draft lengths that are tried by default.
        public static let standardDraftLengths = 1...24
        /// The most tokens of a text by default.
        public static let standardMaxTokens = 128
    }

    /// What is being done.
    public enum Phase: String, Sendable, CaseIterable {
        /// Texts are written.
        case writing
        /// The costs of passes are measured.
        case measuring
        /// Exits read the texts.
        case reading
        /// Copies of the weights in smaller formats read them.
        case copying
    }

    /// A copy of the weights in smaller formats, which drafts with all its layers.
    public struct Copy: Sendable {
        /// The name of the recipe of its formats.
        public let recipe: String
        /// The bytes that it takes.
        public let byteCount: Int
        /// The share of the texts' tokens at which it has the same token.
        public let agreement: Double
        /// The duration of its passes relative to those of the model.
        public let timeShare: Double
        /// Its drafts by draft length. They are estimates, because in decoding it reads on from what the model read.
        public let cells: [Cell]
    }

    /// One combination of exit layer and draft length.
    public struct Cell: Sendable, Equatable {
        /// The number of layers that draft; nil for lookups of earlier text, and for a copy of the weights.
        public let exitLayer: Int?
        /// The number of tokens drafted per round.
        public let draftLength: Int
        /// The number of rounds that write all texts.
        public let rounds: Int
        /// The number of drafted tokens.
        public let drafted: Int
        /// The number of drafted tokens that are accepted.
        public let accepted: Int
        /// The predicted seconds for all texts, without their prompts.
        public let seconds: Double
        /// The predicted speed relative to that of plain decoding.
        public let speedup: Double
    }

    /// The number of texts.
    public let textCount: Int
    /// The number of tokens of all texts, without their prompts. A token that ends a text is one of them.
    public let tokenCount: Int
    /// The exits that were tried, in ascending order.
    public let exitLayers: [Int]
    /// The share of the texts' tokens at which each of them has the same token, in the order of ``exitLayers``.
    public let agreements: [Double]
    /// All combinations of exit layers and draft lengths, in ascending order.
    public let cells: [Cell]
    /// Lookups of earlier text, by draft length.
    public let lookups: [Cell]
    /// Copies of the weights in smaller formats; empty if the weights have less than 16 bits.
    public let copies: [Copy]
    /// Notes for people on copies that could not be tried.
    public let notes: [String]
    /// The tokens that the model wrote, ranked.
    public let vocabulary: TokenRanking
    /// The costs of passes.
    public let cost: ModelCost
    /// The predicted seconds per token of plain decoding.
    public let plainSecondsPerToken: Double

    /// The combination with the greatest predicted speedup; nil if none is clearly faster than plain decoding.
    public var best: Cell? {
        cells.filter { $0.accepted > 0 && $0.speedup > Self.leastSpeedup }.max { $0.speedup < $1.speedup }
    }

    /// A smaller predicted speedup may well be a loss, because costs are measured.
    static let leastSpeedup = 1.03

    /// The exit layer and draft length of ``best``.
    public var setting: SpeculationSetting? {
        best.flatMap { best in best.exitLayer.map { SpeculationSetting(exitLayer: $0, draftLength: best.draftLength) } }
    }
}
