import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@testable import LanguageModels

/// Biases and norms of heads that RoPE rotates follow the order of their file's pairs, like the rows of the
/// projections.
@Suite("Vectors in the order of RoPE's pairs")
struct RotatedVectorTests {
    /// All optional tensors of architectures, in files of either order.
    private static let configuration: ModelConfiguration = {
        var architecture = Architecture.llama
        architecture.biases = .all
        architecture.hasHeadNorms = true
        return ModelConfiguration(
            architecture: architecture, layerCount: 2, width: 32, feedForwardWidth: 32,
            attention: AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 12), vocabularySize: 50,
            contextLength: 32, normEpsilon: 1e-5, rope: RoPE(base: 100))
    }()

    @Test(arguments: tableNames) func bothOrdersGiveTheSameLogits(table: String) throws {
        let compute = try ComputeContext(table: table)
        let tokens: [Token] = [3, 1, 4, 1, 5, 9, 2, 6]
        func logits(_ model: some LanguageModel) -> [Float] {
            var cache = KVCache(for: model, format: .f32)
            return model.logits(tokens, &cache).values
        }
        let models = [RoPEPairing.halfSplit, .interleaved].map {
            StoredModel(Self.configuration, RandomWeights(Self.configuration, isTied: false, ropePairing: $0))
        }
        let expected = logits(try Transformer(models[0], on: compute))
        #expect(relativeError(logits(try Transformer(models[1], on: compute)), expected) < 1e-5)
        for model in models {
            let trainable = try Transformer(trainable: model, on: compute).detached()
            #expect(relativeError(logits(trainable), expected) < 1e-5)
        }
    }
}
