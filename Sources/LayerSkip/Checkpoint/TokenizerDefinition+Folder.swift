import CheckpointFiles
import LanguageModels
import TextTokens

extension TokenizerDefinition {
    /// Reads the tokenizer of a folder: `tokenizer.json`, `tokenizer.model` or `vocab.json` with `merges.txt`, with
    /// beginning-of-text and end-of-text tokens from the folder's other files.
    ///
    /// - Parameter configuration: `config.json`; nil for a folder without a model.
    /// - Throws: ``CheckpointError`` if something is missing or wrong.
    init(
        _ folder: FolderPaths, _ configuration: HuggingFaceConfiguration?, _ files: TextFiles
    ) throws(CheckpointError) {
        guard let file = TokenizerFile(in: folder) else {
            // The error of the file that most folders have.
            _ = try inCheckpoint(try JSONText.bytes(folder.file(ModelFolder.Name.tokenizer), atMost: .tokenizer))
            throw CheckpointError(file: folder.path, expected: "a tokenizer.json", found: "none")
        }
        self = try file.definition(files.tokenizer ?? TokenizerConfiguration())
        // Transformers passes it only to a pre-tokenizer with a single step.
        if file.format == .json, files.tokenizer?.addsPrefixSpace == true, preTokenizer == "gpt-2" {
            throw CheckpointError(
                file: folder.file(ModelFolder.Name.tokenizerConfiguration), name: "key \"add_prefix_space\"",
                expected: "false", found: "true")
        }
        notes += configuration?.notes ?? []
        let rows = configuration?.model.vocabularySize ?? .max
        try take(files, rows: rows, folder, isJSON: file.format == .json)
        dropTokens(from: rows)
        takeNamedTokens(files, configuration, rows: rows, folder)
    }

    /// Takes the tokens with a use that the folder's other files name. The post-processor decides which tokens encoding
    /// adds; the other files may only name them.
    private mutating func takeNamedTokens(
        _ files: TextFiles, _ configuration: HuggingFaceConfiguration?, rows: Int, _ folder: FolderPaths
    ) {
        let first = addsBeginningOfText == true ? beginningOfText : nil
        let last = addsEndOfText == true ? endOfText : nil
        beginningOfText =
            id(files.tokenizer?.beginningOfText, "bos_token") ?? first
            ?? vocabularyID(configuration?.beginningOfText.map { Int($0) }, "bos_token_id") ?? beginningOfText
        unknown = unknown ?? id(files.tokenizer?.unknown, "unk_token")
        padding = id(files.tokenizer?.padding, "pad_token")
        if padding == nil { padding = vocabularyID(configuration?.padding, "pad_token_id") }
        // The tokenizer has one end-of-text token; a model may have several.
        let generation = RowIDs(
            files.generation?.endsOfText, rows: rows, file: folder.file(ModelFolder.Name.generation))
        notes += generation.notes
        otherEnds = (configuration?.endsOfText ?? []) + generation.known
        endOfText =
            id(files.tokenizer?.endOfText, "eos_token") ?? last
            ?? otherEnds.first { tokens.indices.contains(Int($0)) } ?? endOfText
        otherEnds = Array(ends.dropFirst(endOfText == nil ? 0 : 1))
        keepEnds(first, last)
    }

    /// Keeps the tokens that encoding adds, where the tokens that begin and end texts now have other names.
    ///
    /// - Parameters:
    ///   - first: the token that is added at the beginning, if one is.
    ///   - last: the token that is added at the end, if one is.
    mutating func keepEnds(_ first: Int32?, _ last: Int32?) {
        if let first, first != beginningOfText, prefix == nil { prefix = [first] }
        if let last, last != endOfText, suffix == nil { suffix = [last] }
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
    private mutating func take(
        _ files: TextFiles, rows: Int, _ folder: FolderPaths, isJSON: Bool
    ) throws(CheckpointError) {
        let settings = files.tokenizer ?? TokenizerConfiguration()
        notes += files.notes
        let further = settings.furtherTokens(files.addedTokens) { id(of: $0) != nil }
        let added = try inFile(folder.file(ModelFolder.Name.tokenizerConfiguration)) { () throws(TokenizerError) in
            try settings.tokensToAdd()
        }
        add(added, further: further, rows: rows)
        for (key, stated, adds) in [
            ("add_bos_token", settings.addsBeginningOfText, addsBeginningOfText),
            ("add_eos_token", settings.addsEndOfText, addsEndOfText),
        ] where isJSON {
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
