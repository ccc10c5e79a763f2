import CheckpointFiles
import LanguageModels

extension StoredChatTemplates {
    /// Reads the templates of a model folder as transformers 5 does: those in files of their own, `chat_template.jinja`
    /// and `additional_chat_templates/NAME.jinja`, replace all of `tokenizer_config.json`. If there are none, that of
    /// `chat_template.json`, an older file for models that also read images, counts.
    ///
    /// - Throws: ``CheckpointError`` if a file cannot be read.
    init(
        _ folder: FolderPaths, _ configuration: TokenizerConfiguration?, _ members: JSONMembers
    ) throws(CheckpointError) {
        if let path = folder.existingFile(ModelFolder.Name.chatTemplate) {
            texts[Self.standard] = try Self.read(path)
        }
        let others = folder.file(ModelFolder.Name.furtherChatTemplates)
        for name in Folder.names(in: others) where name.hasSuffix(Self.ending) {
            texts[String(name.dropLast(Self.ending.count))] = try Self.read("\(others)/\(name)")
        }
        if texts.isEmpty { texts = configuration?.chatTemplate?.texts ?? [:] }
        if texts.isEmpty, let path = folder.existingFile(ModelFolder.Name.olderChatTemplate) {
            let older: TokenizerConfiguration = try inCheckpoint(try JSONText.read(path))
            texts = older.chatTemplate?.texts ?? [:]
        }
        for (key, token) in configuration?.named ?? [] { specialTokens[key] = token.text }
        // Any further token with a name, such as `image_token`.
        let named = members.object("extra_special_tokens") ?? JSONMembers()
        for (key, value) in members.values where key.hasSuffix("_token") && specialTokens[key] == nil {
            guard value.first == "\"" || value.first == "{" else { continue }
            specialTokens[key] = members.value(key, as: TokenizerConfiguration.SpecialToken.self)?.text
        }
        for key in named.keys {
            specialTokens[key] = named.value(key, as: TokenizerConfiguration.SpecialToken.self)?.text
        }
    }

    private static let ending = ".jinja"

    private static func read(_ path: String) throws(CheckpointError) -> String {
        try inCheckpoint(try TextFile.text(path, atMost: .description))
    }
}
