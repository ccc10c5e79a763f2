import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@Suite("Random initialisation")
struct RandomInitializerTests {
    private func values(_ name: String, _ shape: [Int] = [64, 256], seed: UInt64 = 1, layers: Int = 8) -> [Float] {
        let configuration = ModelConfiguration(
            architecture: .qwen2, layerCount: layers, width: 8, feedForwardWidth: 8,
            attention: AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 8), vocabularySize: 8,
            contextLength: 8, normEpsilon: 1e-5, rope: RoPE(base: 1e4))
        let source = RandomInitializer(seed: seed, configuration, isTied: false)
        return source.tensor(named: name, shape: shape).floats().values
    }

    /// For 16384 normal values, the mean and the deviation are accurate to a hundredth of the deviation, the fourth
    /// moment to a tenth.
    @Test(arguments: [
        ("model.embed_tokens.weight", 0.02), ("model.layers.3.self_attn.q_proj.weight", 0.02),
        ("model.layers.3.mlp.up_proj.weight", 0.02), ("lm_head.weight", 0.02),
        ("model.layers.3.self_attn.o_proj.weight", 0.005), ("model.layers.0.mlp.down_proj.weight", 0.005),
    ]) func matricesAreNormal(name: String, deviation: Double) {
        let scaled = values(name).map { Double($0) / deviation }
        func moment(_ power: Int) -> Double {
            scaled.reduce(0) { sum, value in sum + (0..<power).reduce(1.0) { product, _ in product * value } }
                / Double(scaled.count)
        }
        #expect(moment(1).magnitude < 0.03)
        #expect((moment(2) - 1).magnitude < 0.05)
        #expect(moment(3).magnitude < 0.1)
        #expect((moment(4) - 3).magnitude < 0.3)
        // Neighbours, which come from consecutive numbers, are uncorrelated.
        let products = zip(scaled, scaled.dropFirst()).map { $0 * $1 }
        #expect((products.reduce(0, +) / Double(products.count)).magnitude < 0.03)
    }

    @Test func gainsAreOneAndBiasesZero() {
        #expect(values("model.norm.weight", [5]) == [1, 1, 1, 1, 1])
        #expect(values("model.layers.0.self_attn.k_proj.bias", [3]) == [0, 0, 0])
    }

    /// Values are a function of seed and name alone.
    @Test func seedsAndNamesDecide() {
        let name = "model.layers.0.mlp.up_proj.weight"
        let first = values(name, seed: 1)
        #expect(values(name, seed: 1) == first)
        #expect(values(name, [8, 256], seed: 1) == Array(first[..<2048]))
        for other in [values(name, seed: 2), values("model.layers.1.mlp.up_proj.weight", seed: 1)] {
            #expect(!zip(first, other).contains { $0 == $1 && $0.magnitude > 1e-3 })
        }
    }

    @Test(arguments: [true, false]) func aModelOfIt(isTied: Bool) throws {
        var file = TinyLlamaFile()
        file.layers = 2
        let configuration = try file.model(on: ComputeContext()).configuration
        let weights = RandomInitializer(seed: 1, configuration, isTied: isTied)
        let model = try Transformer(trainable: StoredModel(configuration, weights), on: ComputeContext())
        #expect(model.parameters.contains { $0.name == "lm_head.weight" } != isTied)
        #expect(model.parameters.count == 2 * 9 + (isTied ? 2 : 3))
        #expect(model.parameters.reduce(0) { $0 + $1.count } * 4 == model.weightByteCount)
    }
}
