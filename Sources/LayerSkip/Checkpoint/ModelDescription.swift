import CheckpointFiles
import LanguageModels
import TensorCore
import TextTokens

/// What a model folder says beside its weights: `config.json`, the tokenizer, what ends texts, the chat template.
///
/// The files are made at once, so that what a folder cannot say is known before hours of training end in it.
struct ModelDescription: Sendable {
    private let files: [(name: String, bytes: [UInt8])]

    /// A description of a model with a tokenizer.
    ///
    /// - Parameter passed: what only other programs read, from the folder that the model came in.
    /// - Throws: ``CheckpointError`` or ``TokenizerError`` where the format cannot say it.
    init(
        _ model: StoredModel, dtype: DType, tokenizer: TokenizerDefinition,
        chatTemplate: String? = nil, passing passed: PassedSettings = PassedSettings()
    ) throws {
        // What is out of place in a tokenizer is an error here, and not a trap below.
        _ = try Tokenizer(tokenizer)
        let padding = tokenizer.padding.map { Int($0) }
        let configuration = HuggingFaceConfiguration(
            model: model.configuration, tiesHead: model.tiesHead, beginningOfText: tokenizer.beginningOfText,
            endsOfText: tokenizer.ends, padding: padding, dtype: dtype)
        let generation = GenerationConfiguration(
            beginningOfText: tokenizer.beginningOfText.map { LooseID(Int($0)) },
            endsOfText: OneOrMany(tokenizer.ends.map { Int($0) }), padding: padding.map { LooseID($0) })
        files = [
            (ModelFolder.Name.configuration, try configuration.json(file: ModelFolder.Name.configuration)),
            (ModelFolder.Name.generation, passed.generation.completed(by: generation)),
            (ModelFolder.Name.tokenizer, try tokenizer.json()),
            (
                ModelFolder.Name.tokenizerConfiguration,
                passed.tokenizer.completed(by: TokenizerConfiguration(tokenizer, chatTemplate: chatTemplate))
            ),
        ]
    }

    /// What a checkpoint says about itself, and a tokenizer that is or was its own.
    ///
    /// - Throws: ``CheckpointError`` where something is missing or wrong, or the format cannot say it.
    init(_ checkpoint: Checkpoint, _ model: StoredModel, dtype: DType, tokenizer: TokenizerDefinition) throws {
        do {
            try self.init(
                model, dtype: dtype, tokenizer: tokenizer, chatTemplate: checkpoint.chatTemplate,
                passing: checkpoint.passed)
        } catch let error as TokenizerError {
            throw CheckpointError(error, file: checkpoint.tokenizerPath)
        }
    }

    /// Writes the files.
    ///
    /// - Throws: if one cannot be written.
    func write(into folder: inout ReplacementFolder) throws(FileError) {
        for file in files { try TextFile.write(file.bytes, to: folder.path(for: file.name)) }
    }
}

extension TokenizerConfiguration {
    fileprivate init(_ tokenizer: TokenizerDefinition, chatTemplate: String?) {
        func token(_ id: Int32?) -> SpecialToken? { id.map { SpecialToken(tokenizer.tokens[Int($0)]) } }
        // What reads tokenizer.json as it stands; the class of Llama's own tokenizers would add rules of its own.
        tokenizerClass = "PreTrainedTokenizerFast"
        beginningOfText = token(tokenizer.beginningOfText)
        endOfText = token(tokenizer.endOfText)
        unknown = token(tokenizer.unknown)
        padding = token(tokenizer.padding)
        addsBeginningOfText = tokenizer.addsBeginningOfText
        addsEndOfText = tokenizer.addsEndOfText
        self.chatTemplate = chatTemplate.map { Template($0) }
        cleansUpSpaces = false
    }
}
