import CheckpointFiles
import LanguageModels

/// A model folder's files about text, other than `tokenizer.json`: `tokenizer_config.json`, `special_tokens_map.json`,
/// `added_tokens.json`, `generation_config.json` and the files of chat templates.
struct TextFiles: Sendable {
    /// `tokenizer_config.json`, with the tokens of `special_tokens_map.json`; nil if there is neither.
    var tokenizer: TokenizerConfiguration?
    /// All members of `tokenizer_config.json`, unchanged.
    var tokenizerMembers = JSONMembers()
    /// `added_tokens.json`: ids by the tokens' texts.
    var addedTokens: [String: Int] = [:]
    /// The chat templates.
    var chatTemplates = StoredChatTemplates()
    /// `generation_config.json`; nil if there is none.
    var generation: GenerationConfiguration?
    /// All members of `generation_config.json`, unchanged.
    var generationMembers = JSONMembers()
    /// Notes for people on ignored settings.
    var notes: [String] = []

    /// Reads those of the files that a folder has.
    ///
    /// - Throws: if a file does not have the expected form.
    init(_ folder: FolderPaths) throws(CheckpointError) {
        if let path = folder.existingFile(ModelFolder.Name.tokenizerConfiguration) {
            let content: TokenizerConfiguration
            (content, tokenizerMembers) = try inCheckpoint(
                try JSONText.readWithMembers(path, atMost: .tokenizerDescription))
            tokenizer = content
        }
        if let path = folder.existingFile(ModelFolder.Name.specialTokens) {
            let older: TokenizerConfiguration = try inCheckpoint(try JSONText.read(path))
            take(older)
        }
        if let path = folder.existingFile(ModelFolder.Name.addedTokens) {
            addedTokens = try inCheckpoint(try JSONText.read(path, atMost: .tokenizerDescription))
        }
        chatTemplates = try StoredChatTemplates(folder, tokenizer, tokenizerMembers)
        if let path = folder.existingFile(ModelFolder.Name.generation) {
            let content: GenerationConfiguration
            (content, generationMembers) = try inCheckpoint(try JSONText.readWithMembers(path))
            generation = content
        }
    }

    /// Adds the tokens of `special_tokens_map.json` as transformers does: they override those of
    /// `tokenizer_config.json`, but are ignored if that file has `added_tokens_decoder`.
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
