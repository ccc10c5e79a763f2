package import CheckpointFiles
package import LanguageModels
import TensorCore

/// The start of a run: a model's shapes and initial weights, and the other files of its folder, which training only
/// passes on.
package struct TrainingStart: Sendable {
    /// The initial model, with weights in any format.
    package let stored: StoredModel
    /// The tokenizer's fingerprint.
    package let tokenizerFingerprint: UInt64
    /// The number of tokens of the tokenizer. A model may have rows for more.
    package let vocabularySize: Int
    /// Notes for the user about what had to be assumed about the model or its tokenizer.
    package let notes: [String]
    /// Writes `config.json`, `tokenizer.json` and all other files of a model folder except its weights.
    package let describe: @Sendable (_ folder: inout ReplacementFolder) throws -> Void

    package init(
        _ stored: StoredModel, tokenizerFingerprint: UInt64, vocabularySize: Int, notes: [String] = [],
        describe: @escaping @Sendable (_ folder: inout ReplacementFolder) throws -> Void
    ) {
        self.stored = stored
        self.tokenizerFingerprint = tokenizerFingerprint
        self.vocabularySize = vocabularySize
        self.notes = notes
        self.describe = describe
    }

    /// Architecture, shapes and constants.
    package var configuration: ModelConfiguration { stored.configuration }

    /// Returns the model to train, with its initial weights.
    ///
    /// - Throws: ``CheckpointError`` if its weights cannot be read, ``TrainingError/nothingToTrain`` if all are frozen,
    ///   ``MemoryError`` if there is not enough memory for weights, gradients and moments.
    func model(_ recipe: TrainingRecipe, on compute: ComputeContext) throws -> LoadedModel {
        try Self.model(stored, recipe.freeze, on: compute)
    }

    /// Returns the model in a run's checkpoint.
    ///
    /// - Throws: ``CheckpointError`` if it cannot be read, has other shapes than the start, or has weights that are not
    ///   finite; ``MemoryError`` as above.
    func model(checkpoint path: String, _ recipe: TrainingRecipe, on compute: ComputeContext) throws -> LoadedModel {
        let folder = try ModelFolder(path: path)
        let stored = try StoredModel(ModelFiles(folder))
        // Frequencies computed from a file's constants may be rounded differently.
        var (found, expected) = (stored.configuration, configuration)
        (found.rope, expected.rope) = (found.rope.withoutFittedConstants, expected.rope.withoutFittedConstants)
        guard found == expected else {
            throw CheckpointError(
                file: folder.file(ModelFolder.Name.configuration),
                expected: "the shapes and constants of the model that the run starts from",
                found: "others (if that model has changed, use another output)")
        }
        let model = try Self.model(
            StoredModel(configuration, stored.source), recipe.freeze, on: compute)
        for parameter in model.parameters {
            guard let bad = parameter.values.values.first(where: { !$0.isFinite }) else { continue }
            throw CheckpointError(
                file: folder.file(ModelFolder.Name.weights), name: "tensor \(parameter.name.quoted)",
                expected: "finite numbers", found: "\(bad)")
        }
        return model
    }

    private static func model(
        _ stored: StoredModel, _ freeze: TrainingRecipe.Freeze, on compute: ComputeContext
    ) throws -> LoadedModel {
        let layers = Set((0..<stored.configuration.layerCount).filter(freeze.layers.contains))
        let frozen = FrozenParts(layers: layers, embedding: freeze.embedding, head: freeze.head)
        let count = stored.tensors.reduce(0) { $0 + $1.count }
        // Weights, gradients and two moments; of several processes, each has a part of the moments.
        try MemoryBudget.check(4 * MemoryLayout<Float>.stride * count, for: "training state")
        let model = try LoadedModel(trainable: stored, freezing: frozen, on: compute)
        try stored.source.checkUnchanged()
        if model.parameters.isEmpty { throw TrainingError.nothingToTrain }
        return model
    }
}
