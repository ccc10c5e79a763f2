import CheckpointFiles
import LanguageModels
import TextTokens

extension TokenizerDefinition {
    /// Reads a model folder's tokenizer: `tokenizer.json`, with beginning-of-text and end-of-text tokens from the
    /// folder's other files.
    ///
    /// - Throws: ``CheckpointError`` if something is missing or wrong.
    init(
        _ folder: ModelFolder, _ configuration: HuggingFaceConfiguration, _ files: TextFiles
    ) throws(CheckpointError) {
        let path = folder.file(ModelFolder.Name.tokenizer)
        let json = try inCheckpoint(try JSONText.bytes(path, atMost: .tokenizer))
        self = try inFile(path) { () throws(TokenizerError) in try TokenizerDefinition(json: json) }
        // Transformers passes it only to a pre-tokenizer with a single step.
        if files.tokenizer?.addsPrefixSpace == true, preTokenizer == "gpt-2" {
            throw CheckpointError(
                file: folder.file(ModelFolder.Name.tokenizerConfiguration), name: "key \"add_prefix_space\"",
                expected: "false", found: "true")
        }
        notes += configuration.notes
        let rows = configuration.model.vocabularySize
        try take(files, rows: rows, folder)
        // The post-processor decides which tokens encoding adds; tokenizer_config.json may only name them.
        let first = addsBeginningOfText == true ? beginningOfText : nil
        let last = addsEndOfText == true ? endOfText : nil
        beginningOfText =
            id(files.tokenizer?.beginningOfText, "bos_token") ?? first
            ?? vocabularyID(configuration.beginningOfText.map { Int($0) }, "bos_token_id") ?? beginningOfText
        unknown = unknown ?? id(files.tokenizer?.unknown, "unk_token")
        padding = id(files.tokenizer?.padding, "pad_token")
        if padding == nil { padding = vocabularyID(configuration.padding, "pad_token_id") }
        // The tokenizer has one end-of-text token; a model may have several.
        let generation = RowIDs(
            files.generation?.endsOfText, rows: rows, file: folder.file(ModelFolder.Name.generation))
        notes += generation.notes
        otherEnds = configuration.endsOfText + generation.known
        endOfText =
            id(files.tokenizer?.endOfText, "eos_token") ?? last
            ?? otherEnds.first { tokens.indices.contains(Int($0)) } ?? endOfText
        otherEnds = Array(ends.dropFirst(endOfText == nil ? 0 : 1))
        for (key, adds, token, named) in [
            ("bos_token", addsBeginningOfText, first, beginningOfText),
            ("eos_token", addsEndOfText, last, endOfText),
        ] where adds == true && token != nil && token != named {
            throw CheckpointError(
                file: folder.file(ModelFolder.Name.tokenizer), name: "post_processor",
                expected: "the token that the folder names as \(key), \(named ?? -1)", found: "\(token ?? -1)")
        }
    }

    /// Returns the id of a token that `tokenizer_config.json` names.
    private mutating func id(_ token: TokenizerConfiguration.SpecialToken?, _ key: String) -> Int32? {
        guard let token else { return nil }
        if let id = id(of: token.text) { return id }
        notes.append("\(key) \(token.text.quoted) is no token of the vocabulary and is ignored")
        return nil
    }

    /// Returns an id of `config.json` if the vocabulary has such a token; if not, a note says so.
    private mutating func vocabularyID(_ stated: Int?, _ key: String) -> Int32? {
        guard let stated else { return nil }
        if tokens.indices.contains(stated) { return Int32(stated) }
        notes.append("\(key) \(stated) is no token of the vocabulary and is ignored")
        return nil
    }

    /// Adds the tokens of the folder's other files, and a note for each setting that transformers ignores in favour of
    /// tokenizer.json.
    private mutating func take(_ files: TextFiles, rows: Int, _ folder: ModelFolder) throws(CheckpointError) {
        let settings = files.tokenizer ?? TokenizerConfiguration()
        notes += files.notes
        let further = settings.furtherTokens(files.addedTokens) { id(of: $0) != nil }
        var definition = self
        try inFile(folder.file(ModelFolder.Name.tokenizerConfiguration)) { () throws(TokenizerError) in
            try definition.add(settings.tokensToAdd(), further: further, rows: rows)
        }
        self = definition
        for (key, stated, adds) in [
            ("add_bos_token", settings.addsBeginningOfText, addsBeginningOfText),
            ("add_eos_token", settings.addsEndOfText, addsEndOfText),
        ] {
            guard let stated, stated != (adds ?? false) else { continue }
            notes.append(
                "\(key) \(stated) is ignored, as in transformers: the post_processor of tokenizer.json counts")
        }
        if settings.splitsSpecialTokens == true {
            notes.append(
                "split_special_tokens is ignored: conversations and --parse-special have special tokens all the same")
        }
    }
}
