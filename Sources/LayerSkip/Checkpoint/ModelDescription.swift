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
    /// - Throws: ``CheckpointError`` or ``TokenizerError`` where the format cannot say it.
    init(
        _ llama: Llama.Configuration, tiesHead: Bool, dtype: DType, tokenizer: TokenizerDefinition,
        chatTemplate: String? = nil
    ) throws {
        // What is out of place in a tokenizer is an error here, and not a trap below.
        _ = try Tokenizer(tokenizer)
        let configuration = HuggingFaceConfiguration(
            llama: llama, tiesHead: tiesHead, beginningOfText: tokenizer.beginningOfText, endsOfText: tokenizer.ends,
            dtype: dtype)
        let generation = GenerationConfiguration(
            beginningOfText: tokenizer.beginningOfText.map { Int($0) },
            endsOfText: OneOrMany(tokenizer.ends.map { Int($0) }))
        files = [
            (ModelFolder.Name.configuration, try configuration.json(file: ModelFolder.Name.configuration)),
            (ModelFolder.Name.generation, JSONText.encode(generation)),
            (ModelFolder.Name.tokenizer, try tokenizer.json()),
            (
                ModelFolder.Name.tokenizerConfiguration,
                JSONText.encode(TokenizerConfiguration(tokenizer, chatTemplate: chatTemplate))
            ),
        ]
    }

    /// What a checkpoint says about itself.
    ///
    /// - Throws: ``CheckpointError`` or ``TokenizerError`` where something is missing or wrong.
    init(_ checkpoint: Checkpoint, _ model: StoredLlama, dtype: DType) throws {
        try self.init(
            model.configuration, tiesHead: model.tiesHead, dtype: dtype,
            tokenizer: try TokenizerDefinition(checkpoint, rows: model.configuration.vocabularySize),
            chatTemplate: try checkpoint.chatTemplate())
    }

    /// Writes the files.
    ///
    /// - Throws: if one cannot be written.
    func write(into folder: inout ReplacementFolder) throws(CheckpointError) {
        for file in files { try TextFile.write(file.bytes, to: folder.path(for: file.name)) }
    }
}

extension TokenizerDefinition {
    /// The tokens that end generated text.
    fileprivate var ends: [Token] { [endOfText, endOfTurn, endOfMessage].compactMap(\.self) }
}

extension TokenizerConfiguration {
    fileprivate init(_ tokenizer: TokenizerDefinition, chatTemplate: String?) {
        func token(_ id: Int32?) -> SpecialToken? { id.map { SpecialToken(tokenizer.tokens[Int($0)]) } }
        // What reads tokenizer.json as it stands; the class of Llama's own tokenizers would add rules of its own.
        tokenizerClass = "PreTrainedTokenizerFast"
        beginningOfText = token(tokenizer.beginningOfText)
        endOfText = token(tokenizer.endOfText)
        unknown = token(tokenizer.unknown)
        addsBeginningOfText = tokenizer.addsBeginningOfText
        addsEndOfText = tokenizer.addsEndOfText
        self.chatTemplate = chatTemplate.map { Template($0) }
        cleansUpSpaces = false
    }
}
