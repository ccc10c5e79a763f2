import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport

@testable import ModelTraining

/// A model that trains in milliseconds, on text that it can learn.
enum TinyTraining {
    static let length = 8

    static let configuration = configuration(of: .llama)

    static func configuration(of architecture: Architecture) -> ModelConfiguration {
        ModelConfiguration(
            architecture: architecture, layerCount: 4, width: 32, feedForwardWidth: 48,
            attention: AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 8), vocabularySize: 40,
            contextLength: 16, normEpsilon: 1e-5, rope: RoPE(base: 10000))
    }

    static func model(
        _ configuration: ModelConfiguration = configuration, frozen: FrozenParts = FrozenParts(),
        weights: any TensorSource = weights, threads: Int = 1
    ) throws -> Transformer {
        try Transformer(
            trainable: StoredModel(configuration, weights), freezing: frozen, on: ComputeContext(threads: threads))
    }

    static let weights = RandomInitializer(seed: 3, configuration, isTied: true)

    /// A recipe of four steps with two batches of three sequences.
    static func recipe(_ change: (inout TrainingRecipe) -> Void = { _ in }) -> TrainingRecipe {
        var recipe = TrainingRecipe()
        recipe.steps = 4
        recipe.batch.sequences = 3
        recipe.batch.length = length
        recipe.batch.accumulation = 2
        recipe.rate.peak = 1e-2
        recipe.dropout.maximum = 0.4
        recipe.exits.scale = 0.5
        recipe.exits.curriculum = .rotational(every: 2)
        recipe.validation.every = 2
        recipe.validation.exits = .all
        recipe.validation.batches = 2
        recipe.checkpoints.every = 2
        change(&recipe)
        return recipe
    }

    static func trainer(
        _ recipe: TrainingRecipe, data: any BatchSource = CountingSource(), threads: Int = 1
    ) throws -> Trainer<Transformer> {
        Trainer(recipe, model: try model(threads: threads), data: data)
    }
}

/// Sequences that count up in steps of 1 or 2, so the next token can be learned. Every fourth target is not scored.
struct CountingSource: BatchSource {
    var length = TinyTraining.length
    var sequencesPerEpoch = 20
    var scores = true

    func batch(at place: DataPlace, sequences: Int) -> TrainingBatch {
        var tokens: [Token] = []
        var targets: [Token] = []
        for offset in 0..<sequences {
            let place = self.place(after: place, sequences: offset)
            let start = place.epoch * 7 + place.index * 3
            let stride = 1 + place.index % 2
            for position in 0..<length {
                tokens.append(Token((start + position * stride) % 40))
                let isScored = scores && position % 4 != 3
                targets.append(isScored ? Token((start + (position + 1) * stride) % 40) : TrainingBatch.unscored)
            }
        }
        return TrainingBatch(sequences: sequences, length: length, tokens: tokens, targets: targets)
    }
}

extension Transformer {
    /// All weights, as bits.
    var bits: [[UInt32]] { tensors.map { $0.values.values.map(\.bitPattern) } }

    /// All gradients so far, by name.
    var gradients: [String: [Float]] {
        parameters.reduce(into: [:]) { $0[$1.name] = $1.gradient?.values }
    }
}
