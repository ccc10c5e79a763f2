public import LanguageModels
public import TokenDecoding

/// Plain decoding, early exit and self-speculation beside each other.
///
/// Machines drift within seconds, so the three take turns and only the ratio within a round is believed.
public struct StrategyBenchmark: Sendable {
    /// Seconds and counts over all prompts, one entry a round.
    public private(set) var plain: [DecodingStatistics] = []
    /// Seconds and counts over all prompts, one entry a round.
    public private(set) var earlyExit: [DecodingStatistics] = []
    /// Seconds and counts over all prompts, one entry a round.
    public private(set) var selfSpeculative: [DecodingStatistics] = []

    /// Self-speculative over plain decoding speed, round by round.
    public var speedups: [Double] {
        zip(selfSpeculative, plain).compactMap { ours, base in
            guard let ours = ours.decodeTokensPerSecond, let base = base.decodeTokensPerSecond
            else { return nil }
            return ours / base
        }
    }

    /// How many rounds are run by default.
    public static let standardRounds = 3

    /// Runs `rounds` rounds over the prompts, after a short one that is not counted.
    ///
    /// - Parameters:
    ///   - rounds: at least 1.
    ///   - options: sampling and limits; its strategy has no effect.
    ///   - progress: is told how many of the rounds' texts are written, and returns whether to continue.
    /// - Throws: ``ExitLayerError`` or ``DecodingError``.
    public init(
        _ model: TextModel, prompts: [[Token]], speculation: SpeculationSetting, rounds: Int = Self.standardRounds,
        options: GenerationOptions, progress: (Int) -> Bool = { _ in true }
    ) throws {
        guard rounds >= 1 else {
            throw DecodingError.invalidOption(name: "rounds", expected: "1 or more", found: "\(rounds)")
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
                // Round 0 warms caches, clocks and threads up.
                if round == 0 { options.maxTokens = min(options.maxTokens ?? 8, 8) }
                var measurement = DecodingStatistics()
                for prompt in round == 0 ? Array(prompts.prefix(1)) : prompts {
                    guard progress(written) else { return }
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
