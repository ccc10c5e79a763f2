package import CheckpointFiles
package import TextTokens

extension TokenizerDefinition {
    /// Reads a tokenizer from a GGUF file's metadata. Ids that are no tokens are ignored, as in llama.cpp, with a note.
    ///
    /// A complete tokenizer.json in the file takes precedence over the keys for single parts.
    /// - Throws: ``CheckpointError`` if a key is missing or has the wrong type.
    package init(_ metadata: GGUFMetadata) throws(CheckpointError) {
        if let json = try metadata.stringIfPresent(named: GGUFTokenizerKey.huggingFace) {
            let stated = try metadata.stringsIfPresent(named: "tokenizer.ggml.tokens")?.count
            do throws(TokenizerError) {
                try self.init(json: Array(json.utf8))
                // The other list may be longer, since it has a text for each row of the model.
                if let stated, stated < tokens.count {
                    throw .wrongCount(table: "tokenizer.ggml.tokens", expected: tokens.count, found: stated)
                }
                addsBeginningOfChats = nil
            } catch {
                try self.init(parts: metadata)
                notes.append("\(GGUFTokenizerKey.huggingFace) is not usable and is ignored: \(error)")
            }
        } else {
            try self.init(parts: metadata)
        }
        // As in a folder: the post-processor decides which tokens are added, and the other keys only name them.
        let first = addsBeginningOfText == true ? beginningOfText : nil
        let last = addsEndOfText == true ? endOfText : nil
        try takeIDs(metadata)
        keepEnds(addsBeginningOfText == true ? first : nil, addsEndOfText == true ? last : nil)
    }

    /// Reads the vocabulary and the rules from the keys for single parts.
    private init(parts metadata: GGUFMetadata) throws(CheckpointError) {
        let name = try metadata.string(named: "tokenizer.ggml.model")
        guard let model = TokenizerModel(rawValue: name) else {
            let error = TokenizerError.unsupportedModel(found: name, known: TokenizerModel.allCases.map(\.rawValue))
            throw CheckpointError(error, file: metadata.file)
        }
        self.init(model: model, tokens: try metadata.strings(named: "tokenizer.ggml.tokens"))
        takePreTokenizer(try metadata.stringIfPresent(named: "tokenizer.ggml.pre"))
        scores = try Self.scores(metadata)
        kinds = try metadata.integersIfPresent(named: "tokenizer.ggml.token_type")?.map { Int32(clamping: $0) }
        merges = try metadata.stringsIfPresent(named: "tokenizer.ggml.merges")
        addsSpacePrefix = try metadata.boolIfPresent(named: "tokenizer.ggml.add_space_prefix")
        if model == .unigram {
            normalizer = [.sentencePiece(try sentencePieceRules(metadata))]
            unknown = tokens.count > 2 ? 2 : nil
            endOfText = tokens.count > 1 ? 1 : nil
        }
        let title = try metadata.stringIfPresent(named: "general.name")?.lowercased() ?? ""
        if title.contains("phi-3") || title.contains("phi3") { stripSpaceAfterSpecialTokens() }
    }

    private mutating func takePreTokenizer(_ name: String?) {
        preTokenizer = name
        guard model == .byteLevel, let assumption = Self.assumption(forPreTokenizer: name) else { return }
        if name?.isEmpty == false { preTokenizer = "default" }
        notes.append(assumption)
    }

    private func sentencePieceRules(_ metadata: GGUFMetadata) throws(CheckpointError) -> SentencePieceRules {
        var rules = SentencePieceRules()
        let table = try metadata.integersIfPresent(named: GGUFTokenizerKey.charsmap) ?? []
        if let number = table.first(where: { !(-128...255).contains($0) }) {
            throw CheckpointError(
                file: metadata.file, name: GGUFTokenizerKey.charsmap, expected: "bytes", found: "\(number)")
        }
        rules.charsmap = table.map { UInt8(truncatingIfNeeded: $0) }
        rules.addsDummySpace = addsSpacePrefix ?? false
        rules.collapsesSpaces = try metadata.boolIfPresent(named: GGUFTokenizerKey.collapsesSpaces) ?? false
        let whole = TokenKindNumber.userDefined
        rules.keptTexts = tokens.indices.filter { kinds?.indices.contains($0) == true && kinds?[$0] == whole }
            .map { tokens[$0] }
        return rules
    }

    /// Reads the ids of tokens with a use.
    private mutating func takeIDs(_ metadata: GGUFMetadata) throws(CheckpointError) {
        beginningOfText = try id("bos", metadata) ?? beginningOfText
        endOfText = try id("eos", metadata) ?? endOfText
        unknown = try id("unknown", metadata) ?? unknown
        otherEnds = try [id("eot", metadata), id("eom", metadata)].compactMap(\.self)
        let further = try metadata.integersIfPresent(named: GGUFTokenizerKey.furtherEnds) ?? []
        for id in further {
            if let id = known(id, GGUFTokenizerKey.furtherEnds) { otherEnds.append(id) }
        }
        let fills = "tokenizer.ggml.padding_token_id"
        if metadata[fills] != nil {
            // It is not used here, so a value that is not an id does no harm.
            let stated = try? metadata.integer(named: fills)
            padding = stated.flatMap { known($0, fills) }
            if stated == nil { notes.append("\(fills) is no token of the vocabulary and is ignored") }
        }
        addsBeginningOfText = try metadata.boolIfPresent(named: "tokenizer.ggml.add_bos_token") ?? addsBeginningOfText
        addsEndOfText = try metadata.boolIfPresent(named: "tokenizer.ggml.add_eos_token") ?? addsEndOfText
    }

    private mutating func id(_ name: String, _ metadata: GGUFMetadata) throws(CheckpointError) -> Int32? {
        let key = "tokenizer.ggml.\(name)_token_id"
        return try metadata.integerIfPresent(named: key).flatMap { known($0, key) }
    }

    private mutating func known(_ id: Int, _ key: String) -> Int32? {
        if tokens.indices.contains(id) { return Int32(id) }
        notes.append("\(key) \(id) is no token of the vocabulary and is ignored")
        return nil
    }

    /// Reads the scores, which some writers store as integers.
    private static func scores(_ metadata: GGUFMetadata) throws(CheckpointError) -> [Double]? {
        let key = "tokenizer.ggml.scores"
        if case .array(.int32s(let numbers)) = metadata[key] { return numbers.map { Double($0) } }
        return try metadata.floatsIfPresent(named: key)?.map { Double($0) }
    }
}

/// The keys of a GGUF file that are used in several places.
enum GGUFTokenizerKey {
    /// A complete tokenizer.json.
    static let huggingFace = "tokenizer.huggingface.json"
    /// A list of end-of-text tokens, which Ollama reads and llama.cpp does not.
    static let furtherEnds = "tokenizer.ggml.eos_token_ids"
    static let charsmap = "tokenizer.ggml.precompiled_charsmap"
    static let collapsesSpaces = "tokenizer.ggml.remove_extra_whitespaces"
}

/// Kinds of tokens as `tokenizer.ggml.token_type` numbers them.
enum TokenKindNumber {
    static let normal: Int32 = 1
    static let userDefined: Int32 = 4
    static let unused: Int32 = 5
}
