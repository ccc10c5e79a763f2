import LayerSkip
import TestSupport
import Testing

@Suite("Benchmark of several texts at once")
struct BatchBenchmarkTests {
    private static let strategies: [DecodingStrategy] = [
        .earlyExit(exitLayer: 3), .speculative, .auto(exitLayers: [3]),
    ]

    private let model: TextModel
    private let prompts: [[Token]]

    init() throws {
        let model = try TinyModel.shared.get()
        self.model = model
        prompts = try ["Once upon a time", "def main():"].map { try model.tokenizer.encode($0) }
    }

    private func run(
        _ counts: [Int] = [1, 3], _ strategies: [DecodingStrategy] = strategies, rounds: Int = 2,
        prompts: [[Token]]? = nil, options: GenerationOptions = .test(maxTokens: 12),
        progress: (Int) -> Bool = { _ in true }
    ) throws -> BatchBenchmark? {
        try BatchBenchmark(
            model, prompts: prompts ?? self.prompts, counts: counts, strategies: strategies, rounds: rounds,
            options: options, progress: progress)
    }

    @Test func nothingToMeasureIsAnError() throws {
        #expect(throws: GenerationError.self) { try run(rounds: 0) }
        #expect(throws: GenerationError.self) { try run([]) }
        #expect(throws: GenerationError.self) { try run([2, 0]) }
        #expect(throws: GenerationError.self) { try run(prompts: []) }
    }

    @Test func everyStrategyIsMeasuredForEveryNumberOfTexts() throws {
        var finished: [Int] = []
        let benchmark = try #require(
            try run {
                finished.append($0)
                return true
            })
        #expect(benchmark.measurements.map(\.texts) == [1, 3])
        for measurement in benchmark.measurements {
            #expect(measurement.throughputs.map(\.strategy) == [.plain] + Self.strategies)
            for throughput in measurement.throughputs {
                #expect(throughput.tokensPerSecond.count == 2 && throughput.tokensPerSecond.allSatisfy { $0 > 0 })
                let speedups = measurement.speedups(of: throughput)
                #expect(throughput.strategy == .plain ? speedups == [1, 1] : speedups.count == 2)
            }
        }
        #expect(finished.last == 16 && finished == finished.sorted())
    }

    @Test func plainAlwaysRuns() throws {
        let benchmark = try #require(try run([2], [.speculative, .plain], rounds: 1))
        #expect(benchmark.measurements[0].throughputs.map(\.strategy) == [.plain, .speculative])
    }

    @Test func aBenchmarkCanBeStopped() throws {
        for limit in 0..<8 { #expect(try run(rounds: 1) { $0 < limit } == nil) }
    }

    /// The texts are those that each prompt has alone, which end where the model ends them.
    @Test func textsEndWhereTheyEndAlone() throws {
        let end = try #require(model.tokenizer.endOfTextTokens.first)
        var ended = 0
        for seed in 0..<6 as Range<UInt64> {
            var options = GenerationOptions.test(maxTokens: 200, temperature: 3, seed: seed)
            options.ignoresEndOfText = false
            let alone = try prompts.map { try TextSession(model, options: options).generate($0) }
            ended += alone.count { $0.finishReason == .endOfText(end) }
            let batch = try #require(try run([1, 2, 5], rounds: 1, options: options))
            #expect(batch.measurements.count == 3)
        }
        #expect(ended > 0, "seeds that say something")
    }

    @Test(arguments: [0, 0.8] as [Float]) func textsRepeatThemselvesAsMuchAsAlone(temperature: Float) throws {
        let options = GenerationOptions.test(maxTokens: 60, temperature: temperature, seed: 5)
        let batch = try #require(try run(rounds: 1, options: options))
        let alone = try #require(
            try StrategyBenchmark(
                model, texts: prompts.map { BenchmarkText(prompt: $0) }, strategies: [], rounds: 1, options: options))
        #expect(batch.repeatedShare == alone.repeatedShare)
        #expect(temperature > 0 || batch.repeatedShare > 0)
    }

    /// Rejection sampling writes other texts, unlike coupled sampling.
    @Test func otherTextsAreAnError() throws {
        var options = GenerationOptions.test(maxTokens: 60, temperature: 2)
        options.acceptance = .rejection
        let error = try #require(
            throws: TextDifferenceError.self, performing: { try run([5], [.speculative], rounds: 1, options: options) })
        #expect(error.strategy == .selfSpeculative && error.expected != error.found && error.text < 2)
    }
}
