public import LanguageModels
import TokenDecoding
import TensorCore

/// What writing several texts at once buys: tokens per second of all of them, by how many there are.
///
/// Machines drift within seconds, so numbers of texts and strategies take turns, and only ratios within a round are
/// believed.
public struct BatchBenchmark: Sendable {
    /// How fast some number of texts was written.
    public struct Measurement: Sendable {
        /// Texts at once.
        public let texts: Int
        /// Tokens per second of all texts, without their prompts, one entry a round.
        public fileprivate(set) var plain: [Double] = []
        /// Tokens per second of all texts, without their prompts, one entry a round.
        public fileprivate(set) var selfSpeculative: [Double] = []
    }

    /// One for each number of texts, in the order asked for.
    public private(set) var measurements: [Measurement]

    /// Runs `rounds` rounds, after a short one that is not counted.
    ///
    /// - Parameters:
    ///   - prompts: at least one; where there are more texts, prompts are used again.
    ///   - counts: numbers of texts, each at least 1.
    ///   - rounds: at least 1.
    ///   - options: sampling and limits; its strategy has no effect.
    ///   - progress: is told how many measurements are done, and returns whether to continue.
    /// - Returns: nil if `progress` said no.
    /// - Throws: ``ExitLayerError`` or ``DecodingError``.
    public init?(
        _ model: TextModel, prompts: [[Token]], counts: [Int], setting: SpeculationSetting, rounds: Int,
        options: GenerationOptions, progress: (Int) -> Bool = { _ in true }
    ) throws {
        guard rounds >= 1 else {
            throw DecodingError.invalidOption(name: "rounds", expected: "1 or more", found: "\(rounds)")
        }
        guard let most = counts.max(), counts.allSatisfy({ $0 >= 1 }) else {
            throw DecodingError.invalidOption(name: "texts", expected: "numbers of 1 or more", found: "\(counts)")
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
                    // Round 0 warms caches, clocks and threads up.
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

    /// Writes a text after each prompt, all at once.
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
