import QuotedText

extension TokenizerDefinition {
    /// The maximum number of tokens in a tokenizer.json; the largest vocabularies in use have a quarter of a million.
    static let largestVocabulary = 1 << 24

    /// Reads a tokenizer.json in Hugging Face's format, which must be byte-level BPE with a known pre-tokenizer.
    ///
    /// Such a file does not state which token ends a text. This uses `<|endoftext|>` if present, else another known end
    /// token such as `</s>`, else the first special token.
    /// - Parameter json: the file's bytes.
    /// - Throws: ``TokenizerError`` if the file is malformed or describes another kind of tokenizer.
    public init(json: [UInt8]) throws(TokenizerError) {
        let file = try TokenizerFile(json)
        try file.check()
        let added = file.added_tokens ?? []
        self.init(
            model: "gpt2", preTokenizer: try file.preTokenizerName(), tokens: try Self.tokens(file.model.vocab, added))
        var kinds = [Int32](repeating: TokenKind.normal.rawValue, count: tokens.count)
        for token in added { kinds[token.id] = (token.special ? TokenKind.control : .userDefined).rawValue }
        self.kinds = kinds
        wholeTokenRule = .leftmost
        matchedLater = Set(added.filter { $0.normalized == true }.map { Int32($0.id) })
        merges = file.model.merges.map(\.text)
        endOfText = Self.endOfText(tokens, kinds)
        notes = file.notes
        addsBeginningOfChats = false
        takeUnknown(file.model)
        try takeEnds(file)
    }

    /// The vocabulary and the added tokens, ordered by id.
    private static func tokens(
        _ vocabulary: [String: Int], _ added: [TokenizerFile.AddedToken]
    ) throws(TokenizerError) -> [String] {
        let further = try missing(added, from: vocabulary)
        let count = vocabulary.count + further.count
        guard count > 0, count <= largestVocabulary else {
            throw .malformedFile(place: "model.vocab", expected: "1 to \(largestVocabulary) tokens", found: "\(count)")
        }
        var tokens = [String?](repeating: nil, count: count)
        func put(_ text: String, at id: Int) throws(TokenizerError) {
            guard tokens.indices.contains(id), tokens[id] == nil else {
                throw .malformedFile(
                    place: "model.vocab", expected: "the ids 0 to \(count - 1), each once", found: "\(id)")
            }
            tokens[id] = text
        }
        for (text, id) in vocabulary { try put(text, at: id) }
        for token in further { try put(token.content, at: token.id) }
        return tokens.map { $0 ?? "" }
    }

    /// The added tokens that are missing from the vocabulary, each once. Texts are compared byte by byte, because Swift
    /// dictionaries merge canonically equivalent keys.
    private static func missing(
        _ added: [TokenizerFile.AddedToken], from vocabulary: [String: Int]
    ) throws(TokenizerError) -> [TokenizerFile.AddedToken] {
        var ids: [[UInt8]: Int] = [:]
        var missing: [TokenizerFile.AddedToken] = []
        for token in added {
            let text = Array(token.content.utf8)
            var known = ids[text]
            if let place = vocabulary.index(forKey: token.content), vocabulary[place].key.utf8.elementsEqual(text) {
                known = vocabulary[place].value
            }
            if known == nil {
                ids[text] = token.id
                missing.append(token)
            } else if let known, known != token.id {
                throw TokenizerFile.failure(
                    "added_tokens", expected: "id \(known) for \(token.content.quoted), as in the vocabulary",
                    found: "\(token.id)")
            }
        }
        return missing
    }

    private static func endOfText(_ tokens: [String], _ kinds: [Int32]) -> Int32? {
        let special = tokens.indices.filter { kinds[$0] == TokenKind.control.rawValue }
        let known =
            special.first { tokens[$0] == "<|endoftext|>" }
            ?? special.first { TokenKind.endsAnswer(tokens[$0], .control) }
        return (known ?? special.first).map { Int32($0) }
    }

    /// Reads the unknown token, which replaces bytes that no token covers. It is marked as such only if the vocabulary
    /// lacks bytes. If its name is not a token, such bytes are dropped, and ``Tokenizer/loss(in:)`` reports that for
    /// each text.
    private mutating func takeUnknown(_ model: TokenizerFile.Model) {
        guard let name = model.unk_token, let id = id(of: name) else { return }
        unknown = id
        guard lacksBytes else { return }
        fusesUnknown = model.fuse_unk ?? false
        kinds?[Int(id)] = TokenKind.unknown.rawValue
    }

    /// The first token with exactly this text, byte by byte.
    package func id(of text: String) -> Int32? {
        tokens.firstIndex { $0.utf8.elementsEqual(text.utf8) }.map { Int32($0) }
    }

    /// Whether some byte has no token, so that texts containing it need the unknown token.
    var lacksBytes: Bool { Set(tokens.compactMap(ByteAlphabet.byte)).count < 256 }

    /// Reads which special tokens begin and end a text.
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
