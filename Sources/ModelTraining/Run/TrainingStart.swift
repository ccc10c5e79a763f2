package import CheckpointFiles
package import LanguageModels
import TensorCore

/// What a run starts from: a model's shapes and first weights, and what its folder says beside them, which training
/// only passes on.
package struct TrainingStart: Sendable {
    /// Shapes and constants.
    package let configuration: Llama.Configuration
    /// The first weights, in any format.
    package let weights: any TensorSource
    /// What tells the tokenizer from others.
    package let tokenizerFingerprint: UInt64
    /// How many tokens it has; a model may have rows for more.
    package let vocabularySize: Int
    /// Writes `config.json`, `tokenizer.json` and what else a model folder has beside its weights.
    package let describe: @Sendable (_ folder: inout ReplacementFolder) throws -> Void

    package init(
        configuration: Llama.Configuration, weights: any TensorSource, tokenizerFingerprint: UInt64,
        vocabularySize: Int, describe: @escaping @Sendable (_ folder: inout ReplacementFolder) throws -> Void
    ) {
        self.configuration = configuration
        self.weights = weights
        self.tokenizerFingerprint = tokenizerFingerprint
        self.vocabularySize = vocabularySize
        self.describe = describe
    }

    /// The model to train, as it starts.
    ///
    /// - Throws: ``CheckpointError`` if its weights cannot be read, ``TrainingError/nothingToTrain`` if all are frozen,
    ///   ``MemoryError`` if there is no memory for what training keeps of each weight.
    func model(_ recipe: TrainingRecipe, on compute: ComputeContext) throws -> Llama {
        try Self.model(Weights(weights), configuration, recipe.freeze, on: compute)
    }

    /// The model of a run's checkpoint.
    ///
    /// - Throws: ``CheckpointError`` if it cannot be read, ``MemoryError`` as above.
    static func model(checkpoint path: String, _ recipe: TrainingRecipe, on compute: ComputeContext) throws -> Llama {
        let stored = try StoredLlama(.folder(ModelFolder(path: path)))
        return try model(Weights(stored.source), stored.configuration, recipe.freeze, on: compute)
    }

    private static func model(
        _ weights: Weights, _ configuration: Llama.Configuration, _ freeze: TrainingRecipe.Freeze,
        on compute: ComputeContext
    ) throws -> Llama {
        let layers = Set((0..<configuration.layerCount).filter(freeze.layers.contains))
        let frozen = FrozenParts(layers: layers, embedding: freeze.embedding, head: freeze.head)
        let tensors = configuration.tensors + (weights.contains("lm_head.weight") ? [configuration.head] : [])
        let count = tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
        // Weights, gradients and two moments.
        try MemoryBudget.check(4 * MemoryLayout<Float>.stride * count, for: "training state")
        let model = try Llama(trainable: weights, configuration, freezing: frozen, on: compute)
        if model.parameters.isEmpty { throw TrainingError.nothingToTrain }
        return model
    }
}
