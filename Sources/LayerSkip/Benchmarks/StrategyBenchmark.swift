public import LanguageModels
public import TokenDecoding

/// A benchmark that compares plain decoding, early exit and self-speculation.
///
/// A machine's speed drifts within seconds, so the three take turns, and only ratios within a round are meaningful.
public struct StrategyBenchmark: Sendable {
    /// Seconds and counts over all prompts, one entry per round.
    public private(set) var plain: [DecodingStatistics] = []
    /// Seconds and counts over all prompts, one entry per round.
    public private(set) var earlyExit: [DecodingStatistics] = []
    /// Seconds and counts over all prompts, one entry per round.
    public private(set) var selfSpeculative: [DecodingStatistics] = []

    /// The speed of self-speculative relative to plain decoding, one entry per round.
    public var speedups: [Double] {
        zip(selfSpeculative, plain).compactMap { ours, base in
            guard let ours = ours.decodeTokensPerSecond, let base = base.decodeTokensPerSecond
            else { return nil }
            return ours / base
        }
    }

    /// The default number of rounds.
    public static let standardRounds = 3

    /// Runs `rounds` rounds over the prompts, after a short one that does not count.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - prompts: the prompts, as token ids.
    ///   - speculation: the exit layer and draft length. Early exit uses the same exit layer.
    ///   - rounds: at least 1.
    ///   - options: sampling and limits. The strategy is ignored.
    ///   - progress: receives the number of finished texts, and returns whether to continue.
    /// - Throws: ``ExitLayerError`` or ``GenerationError``.
    public init(
        _ model: TextModel, prompts: [[Token]], speculation: SpeculationSetting, rounds: Int = Self.standardRounds,
        options: GenerationOptions, progress: (Int) -> Bool = { _ in true }
    ) throws {
        guard rounds >= 1 else {
            throw GenerationError.invalidOption(name: "rounds", expected: "1 or more", found: "\(rounds)")
        }
        let strategies: [(WritableKeyPath<Self, [DecodingStatistics]>, DecodingStrategy)] = [
            (\.plain, .plain), (\.earlyExit, .earlyExit(exitLayer: speculation.exitLayer)),
            (\.selfSpeculative, .selfSpeculative(speculation)),
        ]
        var written = 0
        for round in 0...rounds {
            for (measurements, strategy) in strategies {
                var options = options
                options.strategy = strategy
                // Round 0 warms up caches, clocks and threads.
                if round == 0 { options.maxTokens = min(options.maxTokens ?? 8, 8) }
                var measurement = DecodingStatistics()
                for prompt in round == 0 ? Array(prompts.prefix(1)) : prompts {
                    guard progress(written) else { return }
                    let options = options.fitted(to: prompt.count, of: model)
                    let result = try TextSession(model, options: options).generate(prompt)
                    measurement.add(result.statistics)
                    written += round == 0 ? 0 : 1
                }
                if round > 0 { self[keyPath: measurements].append(measurement) }
            }
        }
        _ = progress(written)
    }
}
