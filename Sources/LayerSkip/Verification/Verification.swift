public import LanguageModels
public import TensorCore
public import TokenDecoding

/// Proof by trial that self-speculation changes nothing: plain decoding against every combination of exit layer and
/// draft length, token by token, and the full model's logits bit by bit.
public struct Verification: Sendable {
    /// What to try.
    public struct Plan: Sendable {
        /// Prompts, as token ids.
        public var prompts: [[Token]]
        /// Exit layers to draft with.
        public var exitLayers: [Int]
        /// Draft lengths.
        public var draftLengths: [Int]
        /// The most tokens to write for each prompt.
        public var maxTokens = 64
        /// How the cache keeps keys and values.
        public var cacheFormat: CacheFormat = .standard
        /// How to sample; one entry, and so one plain run for each prompt, a seed.
        public var samplings: [Sampling] = [.greedy]

        /// A plan for greedy decoding.
        public init(prompts: [[Token]], exitLayers: [Int], draftLengths: [Int]) {
            self.prompts = prompts
            self.exitLayers = exitLayers
            self.draftLengths = draftLengths
        }

        /// Throws if something in it has no meaning for any model.
        public func validate() throws(DecodingError) {
            var options = GenerationOptions()
            options.maxTokens = maxTokens
            for sampling in samplings {
                options.sampling = sampling
                try options.validate()
            }
            for exitLayer in exitLayers {
                for draftLength in draftLengths {
                    options.strategy = .selfSpeculative(
                        SpeculationSetting(exitLayer: exitLayer, draftLength: draftLength))
                    try options.validate()
                }
            }
        }
    }

    /// The first place where a run left the plain one.
    public struct Difference: Sendable {
        /// Index of the prompt.
        public let prompt: Int
        /// How it drafted.
        public let speculation: SpeculationSetting
        /// The seed.
        public let seed: UInt64
        /// How many written tokens were equal before.
        public let position: Int
        /// The plain run's token there; nil where it had ended.
        public let expected: Token?
        /// The self-speculative run's token there. Where it is the expected one, only the logits differ.
        public let found: Token?
    }

    /// Combinations tried.
    public private(set) var caseCount = 0
    /// Combinations with equal tokens.
    public private(set) var equalCount = 0
    /// Combinations with logits equal to the bit at every written token.
    public private(set) var logitsEqualCount = 0
    /// One entry for each combination that is not equal in both ways.
    public private(set) var differences: [Difference] = []

    /// Whether nothing differed.
    public var isEqual: Bool { differences.isEmpty }

    /// Nothing tried yet.
    init() {}

    /// Carries out a plan.
    ///
    /// - Parameter progress: is told how many cases are done, and returns whether to continue.
    /// - Throws: ``ExitLayerError`` or ``DecodingError``.
    public init(_ model: TextModel, _ plan: Plan, progress: (Int) -> Bool = { _ in true }) throws {
        try plan.validate()
        let layers = model.model.layerCount
        for exitLayer in plan.exitLayers { try ExitLayerError.check(exitLayer, layerCount: layers) }
        for (index, prompt) in plan.prompts.enumerated() {
            for sampling in plan.samplings {
                let plain = try VerifiedRun(model, NoDrafter(), prompt, sampling, plan)
                for exitLayer in plan.exitLayers {
                    for draftLength in plan.draftLengths {
                        guard progress(caseCount) else { return }
                        let drafter = try EarlyExitDrafter(
                            exitLayer: exitLayer, draftLength: draftLength, for: model.model)
                        let run = try VerifiedRun(model, drafter, prompt, sampling, plan)
                        count(run, plain) { position in
                            Difference(
                                prompt: index,
                                speculation: SpeculationSetting(exitLayer: exitLayer, draftLength: draftLength),
                                seed: sampling.seed, position: position, expected: plain.token(position),
                                found: run.token(position))
                        }
                    }
                }
            }
        }
        _ = progress(caseCount)
    }

    /// Compares a run with the plain one and counts it.
    mutating func count(_ run: VerifiedRun, _ plain: VerifiedRun, difference: (Int) -> Difference) {
        caseCount += 1
        let isEqual = run.tokens == plain.tokens
        let areLogitsEqual = run.hashes == plain.hashes
        equalCount += isEqual ? 1 : 0
        logitsEqualCount += areLogitsEqual ? 1 : 0
        guard !isEqual || !areLogitsEqual else { return }
        let equalTokens = zip(run.tokens, plain.tokens).prefix { $0 == $1 }.count
        let equalLogits = zip(run.hashes, plain.hashes).prefix { $0 == $1 }.count
        differences.append(difference(min(equalTokens, equalLogits)))
    }
}
