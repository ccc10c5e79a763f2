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
    /// The path or hub name of the initial model, for adapters of it; nil if it is in no file.
    package var base: String?
    /// Prepares what writes sample texts; nil without a tokenizer.
    package var prepareSamples: (@Sendable (TrainingRecipe.Samples) throws -> TrainingRun.SampleWriter)?
    /// The model that exits imitate; nil for the model in training.
    package var teacher: StoredModel?
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

    /// Returns a model with as many layers as a recipe asks for, and a note for people if layers are added.
    ///
    /// - Throws: ``RecipeError`` if the model has more layers, or if its layers cannot be added to.
    package static func grown(
        _ stored: StoredModel, _ recipe: TrainingRecipe
    ) throws(RecipeError) -> (model: StoredModel, notes: [String]) {
        let start = stored.configuration.layerCount
        guard let layers = recipe.model.layers, layers != start else { return (stored, []) }
        guard layers > start else {
            throw RecipeError(
                key: "model.layers",
                expected:
                    "at least the \(start) layers of \(recipe.model.start) (without model.layers, the model keeps "
                    + "its own)", found: "\(layers)")
        }
        let growth = recipe.model.newLayers ?? .copy
        guard let model = stored.grown(to: layers, by: growth, seed: UInt64(recipe.seed)) else {
            throw RecipeError(
                key: "model.layers",
                expected: "no value, since the layers of \(recipe.model.start) differ in their window or rotation",
                found: "\(layers)")
        }
        func copied(_ layer: Int) -> Int { LayerGrowth.copiedLayer(of: layer, start: start, layerCount: layers) }
        let weights =
            switch growth {
            case .copy: "copies of layers from \(copied(start)) on"
            case .random: "random"
            case .identity: "random, and change nothing at first"
            }
        return (model, ["model.layers: the layers from \(start) to \(layers - 1) are new: \(weights)"])
    }

    /// What writes a recipe's sample texts; nil if there are none.
    ///
    /// - Throws: if a prompt or message cannot be used.
    package func sampleWriter(_ recipe: TrainingRecipe) throws -> TrainingRun.SampleWriter? {
        guard recipe.validation.every > 0, !recipe.samples.isEmpty else { return nil }
        return try prepareSamples?(recipe.samples)
    }

    /// Architecture, shapes and constants.
    package var configuration: ModelConfiguration { stored.configuration }

    /// Returns the model to train, with its initial weights.
    ///
    /// - Throws: ``CheckpointError`` if its weights cannot be read, ``TrainingError/nothingToTrain`` if all are frozen,
    ///   ``MemoryError`` if there is not enough memory for weights, gradients and moments.
    func model(_ recipe: TrainingRecipe, on compute: ComputeContext) throws -> LoadedModel {
        try model(stored(recipe), recipe, LowRankInitializer(seed: UInt64(recipe.seed)), on: compute)
    }

    /// Returns the model to train at the start of a run. If it gets an exit block, the matrix behind the block is fitted
    /// to the first training data.
    ///
    /// - Throws: as above; ``FileError`` if the data is damaged.
    func model(
        _ recipe: TrainingRecipe, fitting data: any BatchSource, on compute: ComputeContext
    ) throws -> LoadedModel {
        guard let exit = newExitBlock(recipe) else { return try model(recipe, on: compute) }
        var fit = ExitOutputFit(try model(recipe, on: compute), width: configuration.width)
        let output = try fit.matrix(for: data, sequencesAtOnce: recipe.batch.sequences)
        return try model(stored.withExitBlock(copiedAt: exit, output: output), recipe, nil, on: compute)
    }

    /// The number of tokens that a new run fits the matrix behind its exit block to; 0 if it has none or keeps its
    /// start's.
    package func fittedTokenCount(_ recipe: TrainingRecipe, _ data: any BatchSource) -> Int {
        guard newExitBlock(recipe) != nil else { return 0 }
        return ExitOutputFit.sequenceCount(of: data, width: configuration.width) * data.length
    }

    /// The exit whose block a run adds; nil if it trains none or the start's own.
    private func newExitBlock(_ recipe: TrainingRecipe) -> Int? {
        recipe.exitBlock.flatMap { $0 == configuration.exitBlock ? nil : $0 }
    }

    /// The initial model as a recipe trains it: with an exit block or without one.
    func stored(_ recipe: TrainingRecipe) -> StoredModel {
        guard let exit = recipe.exitBlock else { return stored.withoutExitBlock }
        return configuration.exitBlock == exit ? stored : stored.withExitBlock(copiedAt: exit)
    }

    /// The adapter that a recipe trains; nil without LoRA.
    ///
    /// - Throws: ``RecipeError`` if the start cannot be the base of an adapter.
    func adapter(_ recipe: TrainingRecipe) throws(RecipeError) -> AdapterDescription? {
        guard let settings = recipe.lora.settings(layerCount: configuration.layerCount) else { return nil }
        guard let base else {
            throw RecipeError(
                key: "model.start", expected: "a whole model, since lora.rank is set (export merges an adapter)",
                found: "\(recipe.model.start), which is an adapter")
        }
        return AdapterDescription(settings, base: base)
    }

    /// The hash of the initial weights, which identifies the base of an adapter. An adapter's base has no exit block.
    var weightsHash: String { stored.withoutExitBlock.contentHash }

    /// Returns the model in a run's checkpoint.
    ///
    /// - Throws: ``CheckpointError`` if it cannot be read, has other shapes than the start, or has weights that are not
    ///   finite; ``MemoryError`` as above.
    func model(checkpoint path: String, _ recipe: TrainingRecipe, on compute: ComputeContext) throws -> LoadedModel {
        if let settings = try adapter(recipe)?.settings {
            let adapter = try AdapterFolder(path: path)
            guard adapter.settings == settings else {
                throw CheckpointError(
                    file: "\(path)/\(ModelFolder.Name.adapter)", expected: "the rank, scale and matrices of the recipe",
                    found: "others")
            }
            let model = try model(self.stored(recipe), recipe, SafetensorsSource(adapter.file), on: compute)
            try Self.checkFinite(model, file: adapter.file.path)
            return model
        }
        let folder = try ModelFolder(path: path)
        let stored = try StoredModel(ModelFiles(folder), withExitBlock: recipe.hasExitBlock)
        let start = self.stored(recipe)
        // Frequencies computed from a file's constants may be rounded differently.
        var (found, expected) = (stored.configuration, start.configuration)
        (found.rope, expected.rope) = (found.rope.withoutFittedConstants, expected.rope.withoutFittedConstants)
        guard found == expected else {
            throw CheckpointError(
                file: folder.file(ModelFolder.Name.configuration),
                expected: "the shapes and constants of the model that the run starts from",
                found: "others (if that model has changed, use another output)")
        }
        let model = try model(StoredModel(start.configuration, stored.source), recipe, nil, on: compute)
        try Self.checkFinite(model, file: folder.file(ModelFolder.Name.weights))
        return model
    }

    private static func checkFinite(_ model: LoadedModel, file: String) throws(CheckpointError) {
        for parameter in model.parameters {
            guard let bad = parameter.values.values.first(where: { !$0.isFinite }) else { continue }
            throw CheckpointError(
                file: file, name: "tensor \(parameter.name.quoted)",
                expected: "finite numbers", found: "\(bad)")
        }
    }

    /// - Parameter values: those of the adapter, if one is trained.
    private func model(
        _ stored: StoredModel, _ recipe: TrainingRecipe, _ values: (any TensorSource)?, on compute: ComputeContext
    ) throws -> LoadedModel {
        let freeze = recipe.freeze
        var training: AdapterTraining?
        if let values, let adapter = try adapter(recipe) {
            training = AdapterTraining(adapter.settings, values: values)
        }
        let layers = Set((0..<stored.configuration.layerCount).filter { freeze.trunk || freeze.layers.contains($0) })
        let frozen = FrozenParts(
            layers: layers, embedding: freeze.trunk || freeze.embedding, head: freeze.trunk || freeze.head)
        // Weights, and for those that learn, gradients and two moments; of several processes, each has a part of the
        // moments. Those of an adapter are small.
        let learningCount = stored.weightCount(outside: frozen)
        var byteCount = MemoryLayout<Float>.stride * (stored.weightCount + 3 * learningCount)
        if training != nil { byteCount = try stored.byteCount(quantizing: nil) }
        try MemoryBudget.check(byteCount, for: "training state")
        let model = try LoadedModel(trainable: stored, freezing: frozen, adapting: training, on: compute)
        try stored.source.checkUnchanged()
        if model.parameters.isEmpty { throw TrainingError.nothingToTrain }
        return model
    }
}
