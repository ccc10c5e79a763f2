public import LanguageModels
public import TensorCore
public import TokenDecoding

/// A check that self-speculative output is identical to plain decoding. It compares every combination of exit layer and
/// draft length with plain decoding: tokens, and the full model's logits bit by bit.
public struct Verification: Sendable {
    /// The cases to check.
    public struct Plan: Sendable {
        /// Prompts, as token ids.
        public var prompts: [[Token]]
        /// The exit layers to draft with.
        public var exitLayers: [Int]
        /// The draft lengths.
        public var draftLengths: [Int]
        /// The maximum number of tokens to generate for each prompt.
        public var maxTokens = 64
        /// The format of cached keys and values.
        public var cacheFormat: CacheFormat = .standard
        /// The sampling options, one entry per seed. Each needs one plain run per prompt.
        public var samplings: [Sampling] = [.greedy]

        /// Creates a plan for greedy decoding.
        public init(prompts: [[Token]], exitLayers: [Int], draftLengths: [Int]) {
            self.prompts = prompts
            self.exitLayers = exitLayers
            self.draftLengths = draftLengths
        }

        /// Throws if the plan has no cases, whose equality would say nothing.
        func checkForCases() throws(GenerationError) {
            let parts = [
                ("prompts", prompts.count), ("exit layers", exitLayers.count), ("draft lengths", draftLengths.count),
                ("samplings", samplings.count),
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
            for exitLayer in exitLayers {
                for draftLength in draftLengths {
                    options.strategy = .selfSpeculative(
                        SpeculationSetting(exitLayer: exitLayer, draftLength: draftLength))
                    try options.validate()
                }
            }
        }
    }

    /// The first difference of a run from the plain one.
    public struct Difference: Sendable {
        /// The index of the prompt.
        public let prompt: Int
        /// How it drafted.
        public let speculation: SpeculationSetting
        /// The seed.
        public let seed: UInt64
        /// The number of equal generated tokens before it.
        public let position: Int
        /// The plain run's token at the position; nil if it had ended.
        public let expected: Token?
        /// The self-speculative run's token at the position. If it is the expected one, only the logits differ.
        public let found: Token?
    }

    /// The number of cases checked.
    public private(set) var caseCount = 0
    /// The number of cases with equal tokens.
    public private(set) var equalCount = 0
    /// The number of cases with bit-identical logits at every generated token.
    public private(set) var logitsEqualCount = 0
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
        isComplete = true
        _ = progress(caseCount)
    }

    /// Compares a run with the plain one, and counts the result.
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
