import CheckpointFiles
import LanguageModels
import TensorCore
import TextTokens

/// What a model folder says beside its weights: `config.json`, the tokenizer, what ends texts, the chat template.
struct ModelDescription: Sendable {
    private let configuration: HuggingFaceConfiguration
    private let tokenizer: TokenizerDefinition
    private let chatTemplate: String?

    /// A description of a model with a tokenizer.
    init(
        _ llama: Llama.Configuration, tiesHead: Bool, dtype: DType, tokenizer: TokenizerDefinition,
        chatTemplate: String? = nil
    ) {
        configuration = HuggingFaceConfiguration(
            llama: llama, tiesHead: tiesHead, beginningOfText: tokenizer.beginningOfText, endsOfText: tokenizer.ends,
            dtype: dtype)
        self.tokenizer = tokenizer
        self.chatTemplate = chatTemplate
    }

    /// What a checkpoint says about itself.
    ///
    /// - Throws: ``CheckpointError`` or ``TokenizerError`` where something is missing or wrong.
    init(_ checkpoint: Checkpoint, _ model: StoredLlama, dtype: DType) throws {
        self.init(
            model.configuration, tiesHead: model.tiesHead, dtype: dtype,
            tokenizer: try TokenizerDefinition(checkpoint, rows: model.configuration.vocabularySize),
            chatTemplate: try checkpoint.chatTemplate())
    }

    /// Writes the files.
    ///
    /// - Throws: ``CheckpointError`` or ``TokenizerError`` where the format cannot say it, or a file cannot be written.
    func write(into folder: inout ReplacementFolder) throws {
        try configuration.write(to: folder.path(for: ModelFolder.Name.configuration))
        let generation = GenerationConfiguration(
            beginningOfText: tokenizer.beginningOfText.map { Int($0) },
            endsOfText: OneOrMany(tokenizer.ends.map { Int($0) }))
        try JSONText.write(generation, to: folder.path(for: ModelFolder.Name.generation))
        try TextFile.write(tokenizer.json(), to: folder.path(for: ModelFolder.Name.tokenizer))
        try JSONText.write(
            TokenizerConfiguration(tokenizer, chatTemplate: chatTemplate),
            to: folder.path(for: ModelFolder.Name.tokenizerConfiguration))
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
