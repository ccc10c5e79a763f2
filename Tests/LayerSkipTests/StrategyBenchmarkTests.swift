import LayerSkip
import TestSupport
import Testing

@Suite("Benchmark of strategies")
struct StrategyBenchmarkTests {
    private static let strategies: [DecodingStrategy] = [
        .earlyExit(exitLayer: 3), .speculative, .auto(exitLayers: [3]),
    ]

    private let model: TextModel
    private let texts: [BenchmarkText]

    init() throws {
        let model = try TinyModel.shared.get()
        self.model = model
        texts = try ["Once upon a time", "def main():"].map { BenchmarkText(prompt: try model.tokenizer.encode($0)) }
    }

    private func run(
        _ texts: [BenchmarkText]? = nil, _ strategies: [DecodingStrategy] = strategies, rounds: Int = 3,
        options: GenerationOptions = .test(maxTokens: 12), progress: (Int) -> Bool = { _ in true }
    ) throws -> StrategyBenchmark? {
        try StrategyBenchmark(
            model, texts: texts ?? self.texts, strategies: strategies, rounds: rounds, options: options,
            progress: progress)
    }

    @Test(arguments: [0, -1]) func noRoundsAreAnError(rounds: Int) throws {
        #expect(throws: GenerationError.self) { try run(rounds: rounds) }
    }

    @Test func noTextsAreAnError() throws {
        #expect(throws: GenerationError.self) { try run([]) }
    }

    @Test func everyStrategyIsMeasuredInEveryRound() throws {
        var finished: [Int] = []
        let benchmark = try #require(
            try run {
                finished.append($0)
                return true
            })
        #expect(benchmark.measurements.map(\.strategy) == [.plain] + Self.strategies)
        for measurement in benchmark.measurements {
            #expect(measurement.rounds.map(\.generatedTokens) == [24, 24, 24])
            let drafts = measurement.rounds.map { $0.drafted > 0 }
            switch measurement.strategy {
            case .plain, .earlyExit, .approximate: #expect(drafts == [false, false, false])
            case .selfSpeculative: #expect(drafts == [true, true, true])
            case .auto: break  // It drafts where that pays.
            }
            #expect(benchmark.speedups(of: measurement).count == 3)
        }
        #expect(benchmark.speedups(of: benchmark.measurements[0]) == [1, 1, 1])
        #expect(finished.last == 24 && finished == finished.sorted())
    }

    /// Speedups are relative to plain decoding, so it runs once, named or not.
    @Test func plainAlwaysRuns() throws {
        let benchmark = try #require(try run(nil, [.speculative, .plain], rounds: 1))
        #expect(benchmark.measurements.map(\.strategy) == [.plain, .speculative])
        #expect(try run(nil, [], rounds: 1)?.measurements.map(\.strategy) == [.plain])
    }

    @Test func aBenchmarkCanBeStopped() throws {
        for limit in 0..<8 { #expect(try run(rounds: 1) { $0 < limit } == nil) }
    }

    @Test(arguments: [0, 0.8] as [Float]) func replayedTextsAreWritten(temperature: Float) throws {
        let text = try model.tokenizer.encode(String(repeating: "All work and no play. ", count: 3))
        let replay = try #require(BenchmarkText(replaying: text[...], maxTokens: 20, contextLength: 512))
        let options = GenerationOptions.test(maxTokens: nil, temperature: temperature)
        let benchmark = try #require(try run([replay], Self.strategies, rounds: 1, options: options))
        for measurement in benchmark.measurements { #expect(measurement.rounds[0].generatedTokens == 20) }
        // The text repeats itself, and what the model would write is not measured.
        let written = replay.prompt + (replay.replayed ?? [])
        #expect(
            benchmark.repeatedShare == Double(written.repeatedCount(from: replay.prompt.count)) / 20
                && benchmark.repeatedShare > 0)
    }

    /// What ends a generated text does not end a replayed one.
    @Test func nothingEndsAReplayedText() throws {
        let end = try #require(model.tokenizer.endOfTextTokens.first)
        let text = try model.tokenizer.encode("a stop") + [end, 5, 6, 7, 8, 9, 10]
        let replay = try #require(BenchmarkText(replaying: text[...], maxTokens: 40, contextLength: 512))
        var options = GenerationOptions.test(maxTokens: 40, stops: ["stop"])
        options.ignoresEndOfText = false
        let benchmark = try #require(try run([replay], [.speculative], rounds: 1, options: options))
        for measurement in benchmark.measurements {
            #expect(measurement.rounds[0].generatedTokens == replay.replayed?.count)
        }
    }

    @Test func sampledTextsAreEqualToo() throws {
        #expect(try run(rounds: 2, options: .test(maxTokens: 30, temperature: 0.8, seed: 5)) != nil)
    }

    /// Rejection sampling writes other texts, unlike coupled sampling.
    @Test func otherTextsAreAnError() throws {
        var options = GenerationOptions.test(maxTokens: 60, temperature: 2)
        options.acceptance = .rejection
        let error = try #require(
            throws: TextDifferenceError.self, performing: { try run(nil, [.speculative], rounds: 1, options: options) })
        #expect(error.strategy == .selfSpeculative && error.expected != error.found)
        #expect("\(error)".contains("expected") && "\(error)".contains("found"))
    }
}
