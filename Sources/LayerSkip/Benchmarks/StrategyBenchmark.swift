import LanguageModels
public import TokenDecoding

/// A benchmark that compares decoding strategies on the same texts.
///
/// A machine's speed drifts within seconds, so the strategies take turns with each text, and only ratios within a round
/// are meaningful.
/// All strategies but early exit must write plain decoding's texts, which is checked.
public struct StrategyBenchmark: Sendable {
    /// The measurements of one strategy.
    public struct Measurement: Sendable {
        /// The strategy.
        public let strategy: DecodingStrategy
        /// Seconds and counts over all texts, one entry per round.
        public fileprivate(set) var rounds: [DecodingStatistics] = []
    }

    /// One measurement for each strategy, plain decoding first.
    public private(set) var measurements: [Measurement]
    /// The share of plain decoding's tokens that continue a repeated 12-gram: they and the 12 tokens before them also
    /// stand earlier in prompt or text. The more a text repeats itself, the more drafts are accepted.
    public private(set) var repeatedShare = 0.0

    /// The default number of rounds.
    public static let standardRounds = 3

    /// Runs `rounds` rounds over the texts, after a short one that does not count.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - texts: the texts to write, at least one.
    ///   - strategies: the strategies to compare with plain decoding, which always runs.
    ///   - rounds: at least 1.
    ///   - options: sampling and limits. The strategy is ignored; so is what else ends a text, in replayed texts.
    ///   - progress: receives the number of finished texts, and returns whether to continue.
    /// - Returns: nil if `progress` returned false.
    /// - Throws: ``TextDifferenceError`` if a strategy that runs all layers writes another text than plain decoding, as
    ///   it does with ``Acceptance/rejection`` of sampled drafts; ``ExitLayerError`` or ``GenerationError``.
    public init?(
        _ model: TextModel, texts: [BenchmarkText], strategies: [DecodingStrategy],
        rounds: Int = Self.standardRounds, options: GenerationOptions, progress: (Int) -> Bool = { _ in true }
    ) throws {
        guard rounds >= 1 else {
            throw GenerationError.invalidOption(name: "rounds", expected: "1 or more", found: "\(rounds)")
        }
        guard !texts.isEmpty else {
            throw GenerationError.invalidOption(name: "texts", expected: "at least one", found: "none")
        }
        measurements = ([.plain] + strategies.filter { $0 != .plain }).map { Measurement(strategy: $0) }
        // Caches, clocks and threads warm up.
        for measurement in measurements {
            guard progress(0) else { return nil }
            _ = try Self.write(texts[0], by: measurement.strategy, model, options, maxTokens: 8)
        }
        var plain: [[Token]] = []
        var written = 0
        for round in 0..<rounds {
            for index in measurements.indices { measurements[index].rounds.append(DecodingStatistics()) }
            for (number, text) in texts.enumerated() {
                for index in measurements.indices {
                    let strategy = measurements[index].strategy
                    guard progress(written) else { return nil }
                    let result = try Self.write(text, by: strategy, model, options)
                    measurements[index].rounds[round].add(result.statistics)
                    written += 1
                    if plain.count == number { plain.append(result.tokens) }
                    guard strategy.isExact else { continue }
                    try TextDifferenceError.check(result.tokens, are: plain[number], text: number, by: strategy.name)
                }
            }
        }
        repeatedShare = zip(texts, plain).map { (prompt: $0.prompt, written: $1) }.repeatedShare()
        _ = progress(written)
    }

    /// The speed of a strategy relative to that of plain decoding, one entry per round.
    public func speedups(of measurement: Measurement) -> [Double] {
        zip(measurement.rounds, measurements[0].rounds).compactMap { ours, plain in
            guard let ours = ours.decodeTokensPerSecond, let plain = plain.decodeTokensPerSecond else { return nil }
            return ours / plain
        }
    }

    private static func write(
        _ text: BenchmarkText, by strategy: DecodingStrategy, _ model: TextModel, _ options: GenerationOptions,
        maxTokens: Int? = nil
    ) throws -> GenerationResult {
        var options = options
        options.strategy = strategy
        options.maxTokens = [options.maxTokens, maxTokens, text.replayed?.count].compactMap(\.self).min()
        if text.replayed != nil {
            options.stops = []
            options.ignoresEndOfText = true
        }
        let session = try TextSession(model, options: options.fitted(to: text.prompt.count, of: model))
        return try session.generate(text.prompt, replaying: text.replayed ?? [])
    }
}
