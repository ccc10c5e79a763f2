import LayerSkip
import TestSupport
import Testing

@Suite("Verification and benchmark")
struct VerificationTests {
    private let model: TextModel
    private let prompts: [[Token]]

    init() throws {
        model = try TinyModel.shared.get()
        prompts = ["Once upon a time", "def main():"].map { [model] in model.tokenizer.encode($0) }
    }

    @Test func everyCombinationIsTriedAndEqual() throws {
        var plan = Verification.Plan(prompts: prompts, exitLayers: [1, 3, 4], draftLengths: [0, 1, 6])
        plan.maxTokens = 24
        plan.samplings =
            [.greedy] + (0..<2 as Range<UInt64>).map { GenerationOptions.test(temperature: 0.8, seed: $0).sampling }
        var progress: [Int] = []
        let verification = try Verification(model, plan) {
            progress.append($0)
            return true
        }
        #expect(progress == Array(0...54))
        #expect(verification.caseCount == 54)
        #expect(verification.equalCount == 54)
        #expect(verification.logitsEqualCount == 54)
        #expect(verification.isEqual)
    }

    @Test func itStopsWhereToldTo() throws {
        let plan = Verification.Plan(prompts: prompts, exitLayers: [1], draftLengths: [1, 2, 3])
        #expect(try Verification(model, plan) { $0 < 2 }.caseCount == 2)
    }

    @Test func badPlansAreErrors() throws {
        #expect(throws: ExitLayerError.self) {
            try Verification(model, .init(prompts: prompts, exitLayers: [1, 5], draftLengths: [1]))
        }
        #expect(throws: DecodingError.self) {
            try Verification(model, .init(prompts: prompts, exitLayers: [1], draftLengths: [-1]))
        }
        #expect(throws: DecodingError.self) {
            try Verification(model, .init(prompts: prompts, exitLayers: [0], draftLengths: [1]))
        }
        #expect(throws: DecodingError.emptyPrompt) {
            try Verification(model, .init(prompts: [[]], exitLayers: [1], draftLengths: [1]))
        }
        var plan = Verification.Plan(prompts: prompts, exitLayers: [1], draftLengths: [1])
        plan.maxTokens = 0
        #expect(throws: DecodingError.self) { try Verification(model, plan) }
    }

    @Test(arguments: [0, -1]) func aBenchmarkOfNoRoundsIsAnError(rounds: Int) throws {
        #expect(throws: DecodingError.self) {
            try StrategyBenchmark(
                model, prompts: prompts, exitLayer: 3, draftLength: 4, rounds: rounds, options: .test(maxTokens: 2))
        }
    }

    @Test func theBenchmarkMeasuresThreeStrategiesARound() throws {
        let benchmark = try StrategyBenchmark(
            model, prompts: prompts, exitLayer: 3, draftLength: 4, rounds: 3, options: .test(maxTokens: 12))
        for measurements in [benchmark.plain, benchmark.earlyExit, benchmark.selfSpeculative] {
            #expect(measurements.map(\.statistics.generatedTokens) == [24, 24, 24])
        }
        #expect(benchmark.speedups.count == 3)
        #expect(benchmark.plain.allSatisfy { $0.statistics.drafted == 0 })
        #expect(benchmark.selfSpeculative.allSatisfy { $0.statistics.drafted > 0 })
    }
}
