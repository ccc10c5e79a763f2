public import LanguageModels
import TokenDecoding
import TensorCore

/// A benchmark of generating several texts at once: the total throughput by number of texts.
///
/// A machine's speed drifts within seconds. So numbers of texts and strategies take turns, and only ratios within a
/// round are meaningful.
public struct BatchBenchmark: Sendable {
    /// The throughput for one number of texts.
    public struct Measurement: Sendable {
        /// The number of texts at once.
        public let texts: Int
        /// Tokens per second of all texts, without their prompts, one entry per round.
        public fileprivate(set) var plain: [Double] = []
        /// Tokens per second of all texts, without their prompts, one entry per round.
        public fileprivate(set) var selfSpeculative: [Double] = []
    }

    /// One measurement for each number of texts, in the given order.
    public private(set) var measurements: [Measurement]

    /// Runs `rounds` rounds, after a short one that does not count.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - prompts: at least one. If there are more texts, prompts are reused.
    ///   - counts: numbers of texts, each at least 1.
    ///   - setting: the exit layer and draft length of self-speculation.
    ///   - rounds: at least 1.
    ///   - options: sampling and limits. The strategy is ignored.
    ///   - progress: receives the number of finished measurements, and returns whether to continue.
    /// - Returns: nil if `progress` returned false.
    /// - Throws: ``ExitLayerError`` or ``GenerationError``.
    public init?(
        _ model: TextModel, prompts: [[Token]], counts: [Int], setting: SpeculationSetting, rounds: Int,
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
        measurements = counts.map { Measurement(texts: $0) }
        let strategies: [(WritableKeyPath<Measurement, [Double]>, DecodingStrategy)] = [
            (\.plain, .plain),
            (\.selfSpeculative, .selfSpeculative(setting)),
        ]
        var done = 0
        for round in 0...rounds {
            for index in measurements.indices {
                for (place, strategy) in strategies {
                    guard progress(done) else { return nil }
                    var options = options
                    options.strategy = strategy
                    // Round 0 warms up caches, clocks and threads.
                    if round == 0 { options.maxTokens = min(options.maxTokens ?? 8, 8) }
                    let texts = (0..<(round == 0 ? most : measurements[index].texts)).map {
                        prompts[$0 % prompts.count]
                    }
                    let speed = try Self.tokensPerSecond(model, texts, options)
                    guard round > 0 else { continue }
                    measurements[index][keyPath: place].append(speed)
                    done += 1
                }
            }
        }
        _ = progress(done)
    }

    /// Continues all prompts at once, and returns the throughput.
    private static func tokensPerSecond(
        _ model: TextModel, _ prompts: [[Token]], _ options: GenerationOptions
    ) throws -> Double {
        var engine = Engine(model.model, cacheFormat: options.cacheFormat)
        var open: [(text: TokenStream, end: Int)] = []
        for prompt in prompts {
            let text = try model.text(of: engine, options)
            try engine.prefill(text, prompt)
            open.append((text, options.maxTokens.map { prompt.count + $0 } ?? .max))
        }
        let ends = options.ignoresEndOfText ? [] : model.tokenizer.endOfTextTokens
        var tokens = 0
        let stopwatch = Stopwatch()
        while true {
            open.removeAll { text, end in text.room == 0 || text.tokens.count >= end }
            guard !open.isEmpty else { return Double(tokens) / stopwatch.seconds }
            for (text, end) in open { text.limit = end - text.tokens.count }
            engine.step(open.map(\.text))
            for (text, _) in open {
                if let failure = text.failure { throw failure }
                tokens += text.round?.tokens.count ?? 0
            }
            open.removeAll { text, _ in text.round?.tokens.contains { ends.contains($0) } ?? true }
        }
    }
}
