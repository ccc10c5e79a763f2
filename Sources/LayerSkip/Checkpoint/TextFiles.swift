import CheckpointFiles
import LanguageModels

/// What a model folder says about text beside `tokenizer.json`: `tokenizer_config.json`, `special_tokens_map.json`,
/// `added_tokens.json`, `generation_config.json` and the chat template's own file.
struct TextFiles: Sendable {
    /// `tokenizer_config.json`, with the tokens of `special_tokens_map.json`; nil where there is neither.
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
    /// What is ignored; for people.
    var notes: [String] = []

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
            take(older)
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

    /// Takes over `special_tokens_map.json`, as transformers does: it counts for what both files name, but not at all
    /// where `tokenizer_config.json` has `added_tokens_decoder`.
    private mutating func take(_ older: TokenizerConfiguration) {
        let newer = tokenizer ?? TokenizerConfiguration()
        guard newer.addedTokens != nil else {
            tokenizer = newer.overridden(by: older)
            return
        }
        let stated = newer.named.map { "\($0.key) \($0.token.text)" }
        for (key, token) in older.named where !stated.contains("\(key) \(token.text)") {
            notes.append(
                "\(key) \(token.text.quoted) of special_tokens_map.json is ignored, as in transformers: "
                    + "tokenizer_config.json has added_tokens_decoder")
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
