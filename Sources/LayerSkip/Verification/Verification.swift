public import LanguageModels
public import TensorCore
public import TokenDecoding

/// A check that speculative output is identical to plain decoding: tokens, and the full model's logits bit by bit.
public struct Verification: Sendable {
    /// The cases to check.
    public struct Plan: Sendable {
        /// Prompts, as token ids.
        public var prompts: [[Token]]
        /// The strategies to compare with plain decoding. All of them must give the full model's text.
        public var strategies: [DecodingStrategy]
        /// The maximum number of tokens to generate for each prompt.
        public var maxTokens = 64
        /// The format of cached keys and values.
        public var cacheFormat: CacheFormat = .standard
        /// The sampling options, one entry per seed. Each needs one plain run per prompt.
        public var samplings: [Sampling] = [.greedy]

        /// Creates a plan for greedy decoding.
        public init(prompts: [[Token]], strategies: [DecodingStrategy]) {
            self.prompts = prompts
            self.strategies = strategies
        }

        /// Creates a plan for greedy decoding with every combination of exit layer and draft length.
        public init(prompts: [[Token]], exitLayers: [Int], draftLengths: [Int]) {
            self.init(
                prompts: prompts,
                strategies: exitLayers.flatMap { exitLayer in
                    draftLengths.map {
                        .selfSpeculative(SpeculationSetting(exitLayer: exitLayer, draftLength: $0))
                    }
                })
        }

        /// Throws if the plan has no cases, whose equality would say nothing.
        func checkForCases() throws(GenerationError) {
            let parts = [
                ("prompts", prompts.count), ("strategies", strategies.count), ("samplings", samplings.count),
            ]
            for (name, count) in parts where count == 0 {
                throw .invalidOption(name: name, expected: "at least one", found: "none")
            }
        }

        /// Throws if the plan is invalid for every model.
        public func validate() throws(GenerationError) {
            var options = GenerationOptions()
            options.maxTokens = maxTokens
            for sampling in samplings {
                options.sampling = sampling
                try options.validate()
            }
            for strategy in strategies {
                guard strategy.isExact else {
                    throw .invalidOption(
                        name: "strategy", expected: "one that gives the full model's text", found: "early exit")
                }
                options.strategy = strategy
                try options.validate()
            }
        }
    }

    /// The first difference of a run from the plain one.
    public struct Difference: Sendable {
        /// The index of the prompt.
        public let prompt: Int
        /// How it drafted.
        public let strategy: DecodingStrategy
        /// The seed.
        public let seed: UInt64
        /// The number of equal generated tokens before it.
        public let position: Int
        /// The plain run's token at the position; nil if it had ended.
        public let expected: Token?
        /// The speculative run's token at the position. If it is the expected one, only the logits differ.
        public let found: Token?
    }

    /// The number of cases checked.
    public private(set) var caseCount = 0
    /// The number of cases with equal tokens.
    public private(set) var equalCount = 0
    /// The number of cases with bit-identical logits at every generated token.
    public private(set) var logitsEqualCount = 0
    /// The number of tokens that were drafted in all cases. If there are none, equality says nothing.
    public private(set) var draftCount = 0
    /// One entry for each case in which tokens or logits differ.
    public private(set) var differences: [Difference] = []

    /// Whether all of the plan's cases were checked; false if `progress` ended the verification.
    public private(set) var isComplete = false

    /// Whether all of the plan's cases were checked and there are no differences.
    public var isEqual: Bool { isComplete && differences.isEmpty }

    /// Creates a verification without cases.
    init() {}

    /// Runs a plan.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - plan: the cases to run.
    ///   - progress: receives the number of finished cases, and returns whether to continue.
    /// - Throws: ``ExitLayerError`` or ``GenerationError``, also if the plan has no cases; ``MemoryError``.
    public init(_ model: TextModel, _ plan: Plan, progress: (Int) -> Bool = { _ in true }) throws {
        try plan.validate()
        try plan.checkForCases()
        // Options are checked before the first case runs.
        for strategy in plan.strategies { _ = try strategy.drafter(for: model.model) }
        for (index, prompt) in plan.prompts.enumerated() {
            for sampling in plan.samplings {
                let plain = try VerifiedRun(model, .plain, prompt, sampling, plan)
                for strategy in plan.strategies {
                    guard progress(caseCount) else { return }
                    let run = try VerifiedRun(model, strategy, prompt, sampling, plan)
                    count(run, plain) { position in
                        Difference(
                            prompt: index, strategy: strategy, seed: sampling.seed, position: position,
                            expected: plain.token(position), found: run.token(position))
                    }
                }
            }
        }
        isComplete = true
        _ = progress(caseCount)
    }

    /// Compares a run with the plain one, and counts the result.
    mutating func count(_ run: VerifiedRun, _ plain: VerifiedRun, difference: (Int) -> Difference) {
        caseCount += 1
        let isEqual = run.tokens == plain.tokens
        let areLogitsEqual = run.hashes == plain.hashes
        draftCount += run.draftCount
        equalCount += isEqual ? 1 : 0
        logitsEqualCount += areLogitsEqual ? 1 : 0
        guard !isEqual || !areLogitsEqual else { return }
        let equalTokens = zip(run.tokens, plain.tokens).prefix { $0 == $1 }.count
        let equalLogits = zip(run.hashes, plain.hashes).prefix { $0 == $1 }.count
        differences.append(difference(min(equalTokens, equalLogits)))
    }
}
