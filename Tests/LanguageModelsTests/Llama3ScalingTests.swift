import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@Suite("Llama 3's RoPE scaling, from its numbers and back")
struct Llama3ScalingTests {
    @Test(arguments: [(8.0, 8192, 128), (32.0, 8192, 64), (8.0, 64, 8), (4.0, 1024, 32)])
    func thePapersFactorsComeBack(factor: Double, context: Int, headDimension: Int) {
        let scaling = Llama3Scaling(
            factor: factor, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: context)
        for base in [500.0, 10_000, 500_000] {
            let divisors = scaling.divisors(ropeBase: base, headDimension: headDimension)
            guard let largest = divisors.max(), Double(largest) == factor else { continue }
            let found = Llama3Scaling(divisors, ropeBase: base, headDimension: headDimension)
            // Another power of two may give the same divisors if no frequency is in between.
            #expect(found?.divisors(ropeBase: base, headDimension: headDimension) == divisors)
            if base == 500_000, headDimension >= 64 { #expect(found == scaling) }
        }
    }

    @Test func othersComeBackAsTheSameDivisors() throws {
        let scaling = Llama3Scaling(
            factor: 5, lowFrequencyFactor: 0.75, highFrequencyFactor: 6.5, originalContext: 3000)
        let divisors = scaling.divisors(ropeBase: 500_000, headDimension: 128)
        let found = try #require(Llama3Scaling(divisors, ropeBase: 500_000, headDimension: 128))
        for (ours, expected) in zip(found.divisors(ropeBase: 500_000, headDimension: 128), divisors) {
            #expect(abs(ours - expected) <= 1e-6 * expected)
        }
    }

    @Test func otherRulesAreNone() {
        #expect(Llama3Scaling([1, 2, 1, 2], ropeBase: 10_000, headDimension: 8) == nil)
        #expect(Llama3Scaling([0.5, 1, 2, 2], ropeBase: 10_000, headDimension: 8) == nil)
        #expect(Llama3Scaling([1, 1, 1, 1], ropeBase: 10_000, headDimension: 8) == nil)
        #expect(Llama3Scaling([8, 8, 1, 1], ropeBase: 10_000, headDimension: 8) == nil)
        let llama = ModelConfiguration(
            layerCount: 1, width: 8, feedForwardWidth: 8,
            attention: AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 8),
            vocabularySize: 8, contextLength: 8, normEpsilon: 1e-5,
            rope: RoPE(base: 10_000, scaling: .divided([1, 2, 1, 2])))
        let error = #expect(throws: CheckpointError.self) {
            try HuggingFaceConfiguration(model: llama, tiesHead: true).json(file: "config.json")
        }
        #expect(error?.name == "key \"rope_scaling\"")
    }
}
