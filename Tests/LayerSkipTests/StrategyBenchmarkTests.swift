import LayerSkip
import TestSupport
import Testing

@Suite("Benchmark of strategies")
struct StrategyBenchmarkTests {
    @Test(arguments: [0, -1]) func noRoundsAreAnError(rounds: Int) throws {
        let model = try TinyModel.shared.get()
        #expect(throws: GenerationError.self) {
            try StrategyBenchmark(
                model, prompts: [[1]], speculation: SpeculationSetting(exitLayer: 3, draftLength: 4), rounds: rounds,
                options: .test(maxTokens: 2))
        }
    }

    @Test func theBenchmarkMeasuresThreeStrategiesARound() throws {
        let model = try TinyModel.shared.get()
        let prompts = try ["Once upon a time", "def main():"].map { try model.tokenizer.encode($0) }
        let benchmark = try StrategyBenchmark(
            model, prompts: prompts, speculation: SpeculationSetting(exitLayer: 3, draftLength: 4),
            options: .test(maxTokens: 12))
        for measurements in [benchmark.plain, benchmark.earlyExit, benchmark.selfSpeculative] {
            #expect(measurements.map(\.generatedTokens) == [24, 24, 24])
        }
        #expect(benchmark.speedups.count == 3)
        #expect(benchmark.plain.allSatisfy { $0.drafted == 0 })
        #expect(benchmark.selfSpeculative.allSatisfy { $0.drafted > 0 })
    }
}
