public import LanguageModels
public import TensorCore
public import TokenDecoding

/// Speed against quality of approximate decoding on a given text, for several thresholds.
///
/// Quality is that of the text's tokens, given all tokens before them. Speed is measured by replaying parts of the text,
/// in turn with plain decoding.
public struct ApproximationCurve: Sendable {
    /// What to measure.
    public struct Plan: Sendable {
        /// The numbers of layers after which tokens may leave.
        public var exitLayers: [Int]
        /// The thresholds, all of the same measure, at least one.
        public var thresholds: [ExitRule.Threshold]
        /// Whether the threshold is added at which tokens need half of the layers.
        public var findsHalf = true
        /// Whether each window of the text begins with the model's beginning-of-text token.
        public var beginsText = false
        /// Tokens per window; nil for ``TextModel/standardWindow``.
        public var window: Int?
        /// The format of keys and values in the cache.
        public var cacheFormat = CacheFormat.standard
        /// The number of rounds in which speed is measured.
        public var rounds = StrategyBenchmark.standardRounds
        /// The most parts of the text that are replayed, and the most tokens of each.
        public var replays = (texts: 8, tokens: 128)

        /// Creates a plan.
        public init(exitLayers: [Int], thresholds: [ExitRule.Threshold]) {
            self.exitLayers = exitLayers
            self.thresholds = thresholds
        }

        /// Throws if the plan is invalid for every model.
        public func validate() throws(GenerationError) {
            guard !thresholds.isEmpty else {
                throw .invalidOption(name: "thresholds", expected: "at least one", found: "none")
            }
            for threshold in thresholds { try ExitRule(exitLayers: exitLayers, threshold: threshold).validate() }
        }
    }

    /// One threshold.
    public struct Point: Sendable {
        /// The rule.
        public let rule: ExitRule
        /// What it makes of the text.
        public let outcome: ExitRuleOutcome
        /// The speed relative to plain decoding's, round by round.
        public let speedups: [Double]
        /// Whether it is the point at which tokens need half of the layers.
        public let isHalf: Bool
    }

    /// What plain decoding makes of the text.
    public let plain: ExitRuleOutcome
    /// In the order of the plan's thresholds, the point of half of the layers last.
    public let points: [Point]
    /// The number of tokens that were replayed in a round.
    public let replayedTokens: Int

    /// Measures a model on a text.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - text: the text's token ids.
    ///   - plan: what to measure.
    ///   - progress: called with the fraction that is done; returns whether to continue.
    /// - Returns: nil if `progress` returned false.
    /// - Throws: ``EvaluationError`` if the text is too short or has unknown ids, or the last layer's logits are not
    ///   finite; ``ExitLayerError`` or ``GenerationError`` if the plan is wrong for the model.
    public init?(
        _ model: TextModel, on text: [Token], _ plan: Plan, progress: (Double) -> Bool = { _ in true }
    ) throws {
        try plan.validate()
        let measure = plan.thresholds[0]
        try ExitRule(exitLayers: plan.exitLayers, threshold: measure).check(layerCount: model.shape.layerCount)
        let beginning = plan.beginsText ? model.tokenizer.beginningOfText : nil
        if plan.beginsText, beginning == nil { throw EvaluationError.noBeginningOfText }
        let trace = try ExitRuleTrace(
            model.model, on: text, exitLayers: plan.exitLayers, measure: measure, beginning: beginning,
            window: plan.window ?? model.standardWindow, cacheFormat: plan.cacheFormat
        ) { progress(0.5 * Double($0) / Double(max(1, text.count))) }
        guard let trace else { return nil }
        let half = plan.findsHalf ? trace.thresholdOfHalf(measure) : nil
        let rules = (plan.thresholds + [half].compactMap(\.self)).map {
            ExitRule(exitLayers: plan.exitLayers, threshold: $0)
        }
        let texts = plan.texts(of: text, for: model, after: [beginning].compactMap(\.self))
        var options = GenerationOptions()
        options.cacheFormat = plan.cacheFormat
        let total = Double(plan.rounds * (rules.count + 1) * texts.count)
        let benchmark = try StrategyBenchmark(
            model, texts: texts, strategies: rules.map { .approximate($0) }, rounds: plan.rounds, options: options
        ) { progress(0.5 + 0.5 * Double($0) / total) }
        guard let benchmark else { return nil }
        replayedTokens = texts.reduce(0) { $0 + ($1.replayed?.count ?? 0) }
        plain = trace.plain
        points = zip(rules, benchmark.measurements.dropFirst()).enumerated().map { index, pair in
            Point(
                rule: pair.0, outcome: trace.outcome(of: pair.0.threshold), speedups: benchmark.speedups(of: pair.1),
                isHalf: index == plan.thresholds.count)
        }
    }
}

extension ApproximationCurve.Plan {
    /// The parts of a text that are replayed, evenly spread.
    fileprivate func texts(of text: [Token], for model: TextModel, after beginning: [Token]) -> [BenchmarkText] {
        let all = BenchmarkText.replays(
            of: text, maxTokens: replays.tokens, contextLength: model.shape.contextLength, after: beginning)
        guard all.count > replays.texts else { return all }
        return (0..<replays.texts).map { all[$0 * all.count / replays.texts] }
    }
}
