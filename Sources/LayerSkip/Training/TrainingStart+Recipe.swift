import CheckpointFiles
import LanguageModels
import ModelTraining
import TensorCore
import TextTokens

extension TrainingStart {
    /// What a recipe's run starts from, and the tokenizer that its data must have been made by.
    ///
    /// - Throws: ``CheckpointError`` or ``TokenizerError`` where a file cannot be read or is not supported.
    init(_ recipe: TrainingRecipe) throws {
        switch recipe.model.start {
        case .random: try self.init(random: recipe)
        case .defaultModel: try self.init(Checkpoint(pathOrDefault: nil))
        case .path(let path): try self.init(Checkpoint(path: path))
        }
    }

    private init(random recipe: TrainingRecipe) throws {
        guard let path = recipe.model.tokenizer else { preconditionFailure("a recipe that was checked") }
        let tokenizer = try TokenizerDefinition(ofFile: path)
        let llama = recipe.configuration(vocabularySize: tokenizer.tokens.count)
        let isTied = recipe.model.isTied ?? true
        let description = try ModelDescription(llama, tiesHead: isTied, dtype: .f32, tokenizer: tokenizer)
        self.init(
            configuration: llama,
            weights: RandomInitializer(seed: UInt64(recipe.seed), layerCount: llama.layerCount, isTied: isTied),
            tokenizerFingerprint: tokenizer.fingerprint, vocabularySize: tokenizer.tokens.count,
            describe: description.write)
    }

    private init(_ checkpoint: Checkpoint) throws {
        let model = try StoredLlama(checkpoint)
        let tokenizer = try TokenizerDefinition(checkpoint, rows: model.configuration.vocabularySize)
        // What is trained is f32, whatever it began as.
        let description = try ModelDescription(
            model.configuration, tiesHead: model.tiesHead, dtype: .f32, tokenizer: tokenizer,
            chatTemplate: try checkpoint.chatTemplate())
        self.init(
            configuration: model.configuration, weights: model.source, tokenizerFingerprint: tokenizer.fingerprint,
            vocabularySize: tokenizer.tokens.count, describe: description.write)
    }
}

extension TrainingRecipe {
    /// The files and folders that the recipe names, to be read.
    var inputs: InputFiles {
        var inputs = InputFiles()
        if case .path(let path) = model.start { inputs.add(path, as: "the model that the training starts from") }
        if let path = model.tokenizer { inputs.add(path, as: "the tokenizer") }
        for path in data.training + data.validation { inputs.add(path, as: "a file of tokens that is read") }
        return inputs
    }

    /// The shape of a model that starts at random.
    fileprivate func configuration(vocabularySize: Int) -> Llama.Configuration {
        guard let layers = model.layers, let width = model.width, let feedForward = model.feedForward,
            let heads = model.heads
        else { preconditionFailure("a recipe that was checked") }
        return Llama.Configuration(
            layerCount: layers, width: width, feedForwardWidth: feedForward,
            attention: AttentionShape(
                heads: heads, keyValueHeads: model.keyValueHeads ?? heads,
                headDimension: model.headDimension ?? width / heads),
            vocabularySize: vocabularySize, contextLength: model.context ?? batch.length,
            normEpsilon: Float(model.normEpsilon ?? 1e-5), ropeBase: model.ropeBase ?? 10000)
    }
}
