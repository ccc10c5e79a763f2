import CheckpointFiles
import LanguageModels

/// What a model folder says about text beside `tokenizer.json`: `tokenizer_config.json`, `special_tokens_map.json`,
/// `added_tokens.json`, `generation_config.json` and the chat template's own file.
struct TextFiles: Sendable {
    /// `tokenizer_config.json`, with what `special_tokens_map.json` adds; nil where there is neither.
    var tokenizer: TokenizerConfiguration?
    /// All of `tokenizer_config.json`, as it is written.
    var tokenizerMembers = JSONMembers()
    /// `added_tokens.json`: ids by the tokens' texts.
    var addedTokens: [String: Int] = [:]
    /// The template of conversations, in Jinja.
    var chatTemplate: String?
    /// `generation_config.json`; nil where there is none.
    var generation: GenerationConfiguration?
    /// All of it, as it is written.
    var generationMembers = JSONMembers()

    /// Reads what there is of a folder's files.
    ///
    /// - Throws: if one of them says something else than such files do.
    init(_ folder: ModelFolder) throws(CheckpointError) {
        if let path = folder.existingFile(ModelFolder.Name.tokenizerConfiguration) {
            let content: TokenizerConfiguration
            (content, tokenizerMembers) = try inCheckpoint(
                try JSONText.readWithMembers(path, atMost: .tokenizerDescription))
            tokenizer = content
            chatTemplate = content.chatTemplate?.main
        }
        if let path = folder.existingFile(ModelFolder.Name.specialTokens) {
            let older: TokenizerConfiguration = try inCheckpoint(try JSONText.read(path))
            tokenizer = (tokenizer ?? TokenizerConfiguration()).completed(by: older)
        }
        if let path = folder.existingFile(ModelFolder.Name.addedTokens) {
            addedTokens = try inCheckpoint(try JSONText.read(path, atMost: .tokenizerDescription))
        }
        if let path = folder.existingFile(ModelFolder.Name.chatTemplate) {
            chatTemplate = try inCheckpoint(try TextFile.text(path, atMost: .description))
        }
        if let path = folder.existingFile(ModelFolder.Name.generation) {
            let content: GenerationConfiguration
            (content, generationMembers) = try inCheckpoint(try JSONText.readWithMembers(path))
            generation = content
        }
    }
}

/// `generation_config.json`.
struct GenerationConfiguration: Codable {
    var beginningOfText: LooseID?
    var endsOfText: OneOrMany?
    var padding: LooseID?

    enum CodingKeys: String, CodingKey {
        case beginningOfText = "bos_token_id"
        case endsOfText = "eos_token_id"
        case padding = "pad_token_id"
    }
}
