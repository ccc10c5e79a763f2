public import LanguageModels
import TokenDecoding

/// A benchmark of generating several texts at once: the total throughput by number of texts and strategy.
///
/// A machine's speed drifts within seconds. So numbers of texts and strategies take turns, and only ratios within a
/// round are meaningful.
/// All strategies but early exit must write the texts that plain decoding writes, which is checked.
public struct BatchBenchmark: Sendable {
    /// The throughput for one number of texts.
    public struct Measurement: Sendable {
        /// The number of texts at once.
        public let texts: Int
        /// One entry for each strategy, plain decoding first.
        public fileprivate(set) var throughputs: [Throughput]

        /// The throughput of a strategy relative to plain decoding's, one entry per round.
        public func speedups(of throughput: Throughput) -> [Double] {
            zip(throughput.tokensPerSecond, throughputs[0].tokensPerSecond).map { $0 / $1 }
        }
    }

    /// The throughput of one strategy.
    public struct Throughput: Sendable {
        /// The strategy.
        public let strategy: DecodingStrategy
        /// Tokens per second of all texts, without their prompts, one entry per round.
        public fileprivate(set) var tokensPerSecond: [Double] = []
    }

    /// One measurement for each number of texts, in the given order.
    public private(set) var measurements: [Measurement]
    /// The share of plain decoding's tokens that continue a repeated 12-gram: see ``StrategyBenchmark/repeatedShare``.
    public private(set) var repeatedShare = 0.0

    /// Runs `rounds` rounds, after a short one that does not count.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - prompts: at least one. If there are more texts, prompts are reused.
    ///   - counts: numbers of texts, each at least 1.
    ///   - strategies: the strategies to compare with plain decoding, which always runs.
    ///   - rounds: at least 1.
    ///   - options: sampling and limits. The strategy is ignored.
    ///   - progress: receives the number of finished measurements, and returns whether to continue.
    /// - Returns: nil if `progress` returned false.
    /// - Throws: ``TextDifferenceError`` if a strategy that runs all layers writes another text than plain decoding, as
    ///   it does with ``Acceptance/rejection`` of sampled drafts; ``ExitLayerError`` or ``GenerationError``.
    public init?(
        _ model: TextModel, prompts: [[Token]], counts: [Int], strategies: [DecodingStrategy], rounds: Int,
        options: GenerationOptions, progress: (Int) -> Bool = { _ in true }
    ) throws {
        guard rounds >= 1 else {
            throw GenerationError.invalidOption(name: "rounds", expected: "1 or more", found: "\(rounds)")
        }
        guard !prompts.isEmpty else {
            throw GenerationError.invalidOption(name: "prompts", expected: "at least one", found: "none")
        }
        guard let most = counts.max(), counts.allSatisfy({ $0 >= 1 }) else {
            throw GenerationError.invalidOption(name: "texts", expected: "numbers of 1 or more", found: "\(counts)")
        }
        let throughputs = ([.plain] + strategies.filter { $0 != .plain }).map { Throughput(strategy: $0) }
        measurements = counts.map { Measurement(texts: $0, throughputs: throughputs) }
        func write(_ texts: Int, by strategy: DecodingStrategy, maxTokens: Int? = nil) throws -> TextBatch {
            var options = options
            options.strategy = strategy
            options.maxTokens = [options.maxTokens, maxTokens].compactMap(\.self).min()
            return try TextBatch(model, continuing: (0..<texts).map { prompts[$0 % prompts.count] }, options)
        }
        // Caches, clocks and threads warm up.
        for throughput in throughputs {
            guard progress(0) else { return nil }
            _ = try write(most, by: throughput.strategy, maxTokens: 8)
        }
        // A text depends neither on its company nor on drafts, so each prompt has one text.
        var plain: [[Token]] = []
        var done = 0
        for _ in 0..<rounds {
            for index in measurements.indices {
                for (number, throughput) in throughputs.enumerated() {
                    guard progress(done) else { return nil }
                    let batch = try write(measurements[index].texts, by: throughput.strategy)
                    measurements[index].throughputs[number].tokensPerSecond.append(batch.tokensPerSecond)
                    done += 1
                    if throughput.strategy == .plain {
                        plain += batch.tokens.prefix(prompts.count).dropFirst(plain.count)
                    }
                    guard throughput.strategy.isExact else { continue }
                    for (text, tokens) in batch.tokens.enumerated() {
                        let text = text % prompts.count
                        try TextDifferenceError.check(
                            tokens, are: plain[text], text: text, by: throughput.strategy.name)
                    }
                }
            }
        }
        repeatedShare = zip(prompts, plain).map { (prompt: $0, written: $1) }.repeatedShare()
        _ = progress(done)
    }
}
