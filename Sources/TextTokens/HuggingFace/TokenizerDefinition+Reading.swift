import QuotedText

extension TokenizerDefinition {
    /// The most tokens that a tokenizer.json may have; the largest vocabularies in use have a quarter of a million.
    static let largestVocabulary = 1 << 24

    /// Reads a tokenizer.json in Hugging Face's format, if it is byte-level BPE with a known pre-tokenizer.
    ///
    /// Such a file does not say which token ends a text. It is `<|endoftext|>` if there is one, or else another known
    /// to, such as `</s>`, or else the first special token.
    /// - Parameter json: the file's bytes.
    /// - Throws: ``TokenizerError`` where the file is malformed or describes another kind of tokenizer.
    public init(json: [UInt8]) throws(TokenizerError) {
        let file = try TokenizerFile(json)
        try file.check()
        let added = file.added_tokens ?? []
        var ids = file.model.vocab
        for token in added {
            if let other = ids.updateValue(token.id, forKey: token.content), other != token.id {
                throw TokenizerFile.failure(
                    "added_tokens", expected: "id \(other) for \(token.content.quoted), as in the vocabulary",
                    found: "\(token.id)")
            }
        }
        self.init(
            model: "gpt2", preTokenizer: try file.preTokenizerName(), tokens: try Self.tokens(ids))
        var kinds = [Int32](repeating: TokenKind.normal.rawValue, count: tokens.count)
        for token in added { kinds[token.id] = (token.special ? TokenKind.control : .userDefined).rawValue }
        self.kinds = kinds
        wholeTokenRule = .leftmost
        matchedLater = Set(added.filter { $0.normalized == true }.map { Int32($0.id) })
        merges = file.model.merges.map(\.text)
        endOfText = Self.endOfText(tokens, kinds)
        notes = file.notes
        try takeUnknown(file.model, ids)
        try takeEnds(file)
    }

    private static func tokens(_ ids: [String: Int]) throws(TokenizerError) -> [String] {
        guard !ids.isEmpty, ids.count <= largestVocabulary else {
            throw .malformedFile(
                place: "model.vocab", expected: "1 to \(largestVocabulary) tokens", found: "\(ids.count)")
        }
        var tokens = [String?](repeating: nil, count: ids.count)
        for (text, id) in ids {
            guard tokens.indices.contains(id), tokens[id] == nil else {
                throw .malformedFile(
                    place: "model.vocab", expected: "the ids 0 to \(ids.count - 1), each once", found: "\(id)")
            }
            tokens[id] = text
        }
        return tokens.map { $0 ?? "" }
    }

    private static func endOfText(_ tokens: [String], _ kinds: [Int32]) -> Int32? {
        let special = tokens.indices.filter { kinds[$0] == TokenKind.control.rawValue }
        let known =
            special.first { tokens[$0] == "<|endoftext|>" }
            ?? special.first { TokenKind.endsAnswer(tokens[$0], .control) }
        return (known ?? special.first).map { Int32($0) }
    }

    /// The token for bytes that no token says. It counts only where there are such bytes, and is then marked as what it
    /// is, so that it stands for them.
    private mutating func takeUnknown(_ model: TokenizerFile.Model, _ ids: [String: Int]) throws(TokenizerError) {
        guard let name = model.unk_token else { return }
        guard let id = ids[name] else {
            throw TokenizerFile.failure("model.unk_token", expected: "a token of the vocabulary", found: name.quoted)
        }
        unknown = Int32(id)
        guard lacksBytes else { return }
        if model.fuse_unk == true {
            throw TokenizerFile.failure(
                "model.fuse_unk", expected: "false, or a token for each of the 256 bytes", found: "true")
        }
        kinds?[id] = TokenKind.unknown.rawValue
    }

    /// Whether some byte is no token, so that texts with it need another.
    var lacksBytes: Bool {
        let known = Set(tokens)
        return (UInt8.min...UInt8.max).contains { !known.contains(ByteAlphabet.text(CollectionOfOne($0))) }
    }

    /// Whether texts begin and end with special tokens.
    private mutating func takeEnds(_ file: TokenizerFile) throws(TokenizerError) {
        let (first, last) = try file.ends()
        for id in [first, last].compactMap(\.self) where !tokens.indices.contains(id) {
            throw TokenizerFile.failure("post_processor", expected: "an id below \(tokens.count)", found: "\(id)")
        }
        addsBeginningOfText = first != nil
        if let first { beginningOfText = Int32(first) }
        if let last {
            endOfText = Int32(last)
            addsEndOfText = true
        }
    }
}
