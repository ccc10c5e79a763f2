import CheckpointFiles
import LanguageModels
import ModelTraining
import TensorCore
import TextTokens

extension TrainingStart {
    /// Creates the start of a recipe's run.
    ///
    /// - Parameters:
    ///   - shards: the training data. The tokens that end its documents also end the trained model's texts, so the
    ///     model's folder lists them.
    ///   - defaultModel: opens the model that `default` refers to.
    /// - Throws: ``CheckpointError`` if a file cannot be read or is not supported, ``FileError`` if a shard was made by
    ///   another tokenizer.
    init(
        _ recipe: TrainingRecipe, shards: [TokenShard], defaultModel: (() throws(CheckpointError) -> Checkpoint)?
    ) throws {
        switch recipe.model.start {
        case .random: try self.init(random: recipe, shards)
        case .defaultModel: try self.init(TrainingRecipe.open(defaultModel, key: "model.start"), recipe, shards)
        case .path(let path):
            let checkpoint = try Checkpoint(path: ModelFinder().cachedPath(of: path))
            try self.init(checkpoint, recipe, shards)
            // A hub's name stays one, so that PEFT finds the base, too.
            if checkpoint.adapter == nil { base = Folder.realPath(path) ?? path }
        }
    }

    private init(random recipe: TrainingRecipe, _ shards: [TokenShard]) throws {
        guard let name = recipe.model.tokenizer else { preconditionFailure("a recipe that was checked") }
        let path = try ModelFinder().cachedPath(of: name)
        var tokenizer = try TokenizerDefinition(ofFile: path)
        try tokenizer.check(shards)
        // In the tokenizer's folder, rows without a token may end a text. The new model has no such rows.
        tokenizer.otherEnds = tokenizer.otherEnds.filter { $0 < tokenizer.tokens.count }
        tokenizer.otherEnds += shards.map(\.endOfText)
        let configuration = recipe.configuration(vocabularySize: tokenizer.tokens.count)
        let weights = RandomInitializer(
            seed: UInt64(recipe.seed), configuration, isTied: recipe.model.isTied ?? true)
        let model = StoredModel(configuration, weights)
        let templates = try StoredChatTemplates(nextTo: path)
        let description: ModelDescription
        do {
            description = try ModelDescription(
                model, dtype: .f32, tokenizer: tokenizer, chatTemplates: templates.texts)
        } catch let error as TokenizerError {
            throw CheckpointError(error, file: path)
        }
        self.init(
            model, tokenizerFingerprint: tokenizer.fingerprint, vocabularySize: tokenizer.tokens.count,
            notes: tokenizer.notes, describe: description.write)
        let contextLength = configuration.contextLength
        prepareSamples = { [tokenizer] samples in
            try SampleTexts(
                samples, tokenizer, contextLength: contextLength, templates: templates, file: path
            ).write
        }
    }

    /// Creates the start from an existing model, with as many layers as the recipe asks for.
    init(_ checkpoint: Checkpoint, _ recipe: TrainingRecipe, _ shards: [TokenShard]) throws {
        var checkpoint = checkpoint
        let blockNotes = checkpoint.leaveOutExitBlock(for: recipe)
        let start = try checkpoint.model()
        try start.checkTrainable()
        let (model, growthNotes) = try Self.grown(start, recipe)
        var tokenizer = try checkpoint.tokenizerOfRows()
        try tokenizer.check(shards)
        tokenizer.otherEnds += shards.map(\.endOfText)
        // Trained weights are f32, regardless of their original format.
        let description = try ModelDescription(checkpoint, model, dtype: .f32, tokenizer: tokenizer)
        self.init(
            model, tokenizerFingerprint: tokenizer.fingerprint, vocabularySize: tokenizer.tokens.count,
            notes: model.configuration.notes.texts + tokenizer.notes + growthNotes + blockNotes,
            describe: description.write)
        let contextLength = model.configuration.contextLength
        let (templates, path) = (checkpoint.templates, checkpoint.path)
        prepareSamples = { [tokenizer] samples in
            try SampleTexts(samples, tokenizer, contextLength: contextLength, templates: templates, file: path).write
        }
    }
}

extension Checkpoint {
    /// Leaves out the exit block unless a recipe trains it, and returns notes for people on a block that is not used.
    fileprivate mutating func leaveOutExitBlock(for recipe: TrainingRecipe) -> [String] {
        let found = exitBlock
        // One that cannot be read is an error only if it would be used.
        usesExitBlock = recipe.exitBlock != nil && found ?? recipe.exitBlock == recipe.exitBlock
        guard let found, !usesExitBlock else { return [] }
        let use =
            recipe.exitBlock.map { "exit \($0) gets a new one" }
            ?? "the run leaves it out (exits.block: true trains one)"
        return ["the exit block of \(path), at exit \(found), is not used: \(use)"]
    }
}

extension TokenizerDefinition {
    /// Checks that shards were made by this tokenizer.
    fileprivate func check(_ shards: [TokenShard]) throws(FileError) {
        let fingerprint = fingerprint
        for shard in shards { try shard.check(tokenizerFingerprint: fingerprint, vocabularySize: tokens.count) }
    }
}

extension TrainingRecipe {
    /// The files and folders that the recipe names as inputs.
    func inputs(_ files: DataFiles) -> InputFiles {
        var inputs = InputFiles()
        if case .path(let path) = model.start {
            inputs.add(model: path, adapter: nil, as: "the model that the training starts from")
        }
        if case .path(let path)? = exits.teacher {
            inputs.add(model: path, adapter: nil, as: "the teacher")
        }
        if let path = model.tokenizer { inputs.add(model: ModelFinder().knownPath(of: path), as: "the tokenizer") }
        for path in files.training.flatMap(\.self) + files.validation {
            inputs.add(path, as: "a file of tokens that is read")
        }
        return inputs
    }

    /// Opens the default model for a key.
    ///
    /// - Throws: ``RecipeError`` in a program without it, ``CheckpointError`` if it cannot be read.
    static func open(
        _ defaultModel: (() throws(CheckpointError) -> Checkpoint)?, key: String
    ) throws -> Checkpoint {
        guard let defaultModel else {
            throw RecipeError(key: key, expected: "a path, in a program without the default model", found: "default")
        }
        return try defaultModel()
    }

    /// Returns the configuration of a model that starts from random weights.
    fileprivate func configuration(vocabularySize: Int) -> ModelConfiguration {
        guard let layers = model.layers, let width = model.width, let feedForward = model.feedForward,
            let heads = model.heads
        else { preconditionFailure("a recipe that was checked") }
        return ModelConfiguration(
            layerCount: layers, width: width, feedForwardWidth: feedForward,
            attention: AttentionShape(
                heads: heads, keyValueHeads: model.keyValueHeads ?? heads,
                headDimension: model.headDimension ?? width / heads),
            vocabularySize: vocabularySize, contextLength: model.context ?? batch.length,
            normEpsilon: Float(model.normEpsilon ?? 1e-5), rope: RoPE(base: model.ropeBase ?? 10000))
    }
}
