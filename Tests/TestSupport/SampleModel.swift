package import LanguageModels
package import TensorCore

/// A tiny model with everything that its architecture can have: biases, windows, layers without RoPE, factors, fused
/// tensors and rotations of several kinds.
package struct SampleModel: Sendable, CustomStringConvertible {
    package let description: String
    package var configuration: ModelConfiguration
    /// Whether the embedding is also the head.
    package var isTied: Bool

    private init(
        _ description: String, _ architecture: Architecture, isTied: Bool = false,
        _ change: (inout ModelConfiguration) -> Void
    ) {
        self.description = description
        self.isTied = isTied
        configuration = ModelConfiguration(
            architecture: architecture, layerCount: 4, width: 24, feedForwardWidth: 40,
            attention: AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 8), vocabularySize: 24,
            contextLength: 40, normEpsilon: 1e-5, rope: RoPE(base: 100))
        change(&configuration)
    }

    /// One model of each architecture, and more of those that allow several kinds of RoPE.
    package static let all = [
        SampleModel("Llama", .llama) { model in
            model.biases = [.attentionInputs, .attentionOutput, .feedForward]
            model.rope.scaling = .yarn(YaRNScaling(factor: 4, originalContext: 16))
        },
        SampleModel("Llama, LongRoPE", .llama) { model in model.rope.scaling = longRoPE(pairs: 4) },
        SampleModel("Mistral", .mistral) { model in
            model.slidingWindow = SlidingWindow(size: 5, layers: Set(0..<4))
        },
        SampleModel("Qwen 2", .qwen2) { model in model.slidingWindow = SlidingWindow(size: 7, layers: [2, 3]) },
        SampleModel("Qwen 3", .qwen3) { model in
            model.biases = [.attentionInputs, .attentionOutput]
            model.slidingWindow = SlidingWindow(size: 1, layers: [1])
        },
        SampleModel("SmolLM3", .smolLM3, isTied: true) { model in
            model.slidingWindow = SlidingWindow(size: 6, layers: [3])
        },
        SampleModel("Granite", .granite) { model in
            model.multipliers.embedding = 1.5
            model.multipliers.attention = 0.25
            model.multipliers.residual = 0.625
            model.multipliers.logits = 0.5
        },
        SampleModel("Phi-3", .phi3) { model in
            model.rope = RoPE(base: 100, dimensionCount: 6, scaling: longRoPE(pairs: 3))
            model.slidingWindow = SlidingWindow(size: 9, layers: Set(0..<4))
        },
        SampleModel("Gemma 3", .gemma3, isTied: true) { model in
            model.slidingWindow = SlidingWindow(size: 5, layers: [0, 1, 3])
            model.rope.scaling = .linear(factor: 4)
            model.multipliers.attention = 0.25
        },
    ]

    private static func longRoPE(pairs: Int) -> RoPE.Scaling {
        .longRoPE(
            LongRoPEScaling(
                shortDivisors: (0..<pairs).map { 1 + Float($0) / 8 }, longDivisors: (0..<pairs).map { 1 + Float($0) },
                originalContext: 20, attentionFactor: 1.25))
    }

    /// The model's random weights, not loaded.
    package func stored(seed: UInt64 = 1, ropePairing: RoPEPairing = .halfSplit) -> StoredModel {
        let weights = RandomWeights(seed: seed, configuration, isTied: isTied, ropePairing: ropePairing)
        return StoredModel(configuration, weights)
    }

    /// Loads the model.
    package func model(seed: UInt64 = 1, on compute: ComputeContext) throws -> Transformer {
        try Transformer(stored(seed: seed), on: compute)
    }
}

extension SampleModel {
    /// The models with an exit block after two layers.
    package static var withExitBlocks: [SampleModel] { all.map { $0.withExitBlock(at: 2) } }

    /// The model with an exit block.
    package func withExitBlock(at exit: Int) -> SampleModel {
        var sample = self
        sample.configuration.exitBlock = exit
        return sample
    }

    /// The model with one layer and few weights.
    package var small: SampleModel {
        var sample = self
        let old = configuration
        sample.configuration = ModelConfiguration(
            architecture: old.architecture, layerCount: 1, width: 8, feedForwardWidth: 8,
            attention: AttentionShape(heads: 1, keyValueHeads: 1, headDimension: old.attention.headDimension),
            vocabularySize: 8, contextLength: old.contextLength, normEpsilon: old.normEpsilon, rope: old.rope)
        sample.configuration.biases = old.biases
        sample.configuration.slidingWindow = old.slidingWindow.map { SlidingWindow(size: $0.size, layers: [0]) }
        return sample
    }
}
