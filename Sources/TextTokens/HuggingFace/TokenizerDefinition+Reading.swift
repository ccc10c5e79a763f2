import QuotedText

extension TokenizerDefinition {
    /// The maximum number of tokens.
    static let largestVocabulary = Vocabulary.largest

    /// Reads a tokenizer.json in Hugging Face's format.
    ///
    /// Such a file does not state which token ends a text. This uses `<|endoftext|>` if present, else another known end
    /// token such as `</s>`, else the first special token.
    /// - Parameter json: the file's bytes.
    /// - Throws: ``TokenizerError`` if the file is malformed or describes another kind of tokenizer.
    public init(json: [UInt8]) throws(TokenizerError) {
        let file = try JSONPlace(file: json)
        let model = try file.required("model")
        let type = try model.modelType()
        guard type == "BPE" || type == "Unigram" else {
            throw model.mismatch("a model of type BPE or Unigram", found: type.quoted)
        }
        var vocabulary = try Vocabulary(try model.required("vocab"))
        let added = try Self.addedTokens(file, &vocabulary)

        self.init(model: .byteLevel, tokens: vocabulary.tokens.map { $0 ?? "" })
        wholeTokenRule = .leftmost
        addsBeginningOfChats = false
        normalizer = try file["normalizer"]?.normalizerSteps() ?? []
        let steps = try file["pre_tokenizer"]?.preTokenizerSteps() ?? []
        let decoding = try file["decoder"]?.decoderSteps()
        // A sequence without steps joins tokens; without a decoder there are spaces between them.
        decoder = decoding.map { $0.isEmpty ? [.fuse] : $0 } ?? []
        // Words are then bytes in GPT-2's alphabet.
        let isByteLevel = steps.contains { if case .byteLevel = $0 { true } else { false } }
        if type == "BPE" {
            try model.checkMerging()
            self.model = isByteLevel ? .byteLevel : .characters
            merges = try model.merges()
            prefersWholeWords = try model.flag("ignore_merges")
            fusesUnknown = try model.flag("fuse_unk")
            fallsBackToBytes = try model.flag("byte_fallback")
        } else {
            guard !isByteLevel else {
                throw model.mismatch("BPE with the pre_tokenizer ByteLevel", found: type.quoted)
            }
            self.model = .unigram
            guard let stated = vocabulary.scores else { throw try model.required("vocab").mismatch("a list") }
            scores = stated
            fusesUnknown = true
            fallsBackToBytes = try model.flag("byte_fallback")
        }
        hidden = vocabulary.hidden
        if let id = hidden.keys.min() {
            guard type == "BPE" else { throw model.mismatch("a token for every id", found: "two for \(id)") }
            notes.append(
                "\(hidden.count.counted("added token")) from id \(id) on have the ids of other tokens, as in Hugging "
                    + "Face's library")
        }
        takeKinds(added, vocabulary)
        try takeUnknown(model, vocabulary)
        try Self.checkFirstMarks(normalizer ?? [], steps)
        takePreTokenizer(steps)
        if self.model == .byteLevel, decoder == [.byteLevel] { decoder = nil }
        endOfText = mostLikelyEnd()
        try takeEnds(file)
        for key in ["truncation", "padding"] where file[key] != nil {
            notes.append("the tokenizer's \(key) is not applied")
        }
        noteMovedTokens(added)
    }

    /// The kinds of tokens: bytes, added tokens and normal ones; ids without a token are unused.
    private mutating func takeKinds(_ added: [AddedTokenEntry], _ vocabulary: Vocabulary) {
        var kinds = vocabulary.tokens.map { ($0 == nil ? TokenKind.unused : .normal).rawValue }
        if model != .byteLevel, fallsBackToBytes {
            for id in tokens.indices where TokenKind.byteValue(of: tokens[id]) != nil {
                kinds[id] = TokenKind.byte.rawValue
            }
        }
        for token in added {
            kinds[Int(token.id)] = (token.isSpecial ? TokenKind.control : .userDefined).rawValue
            flags[token.id] = token.flags.isEmpty ? nil : token.flags
        }
        self.kinds = kinds
    }

    private func mostLikelyEnd() -> Int32? {
        guard let kinds else { return nil }
        let special = tokens.indices.filter {
            kinds[$0] == TokenKind.control.rawValue || kinds[$0] == TokenKind.unknown.rawValue
        }
        let known =
            special.first { tokens[$0] == "<|endoftext|>" }
            ?? special.first { TokenKind.endsAnswer(tokens[$0], .control) }
        return (known ?? special.first).map { Int32($0) }
    }

    /// Reads the unknown token, which replaces characters that no token covers. In byte-level vocabularies it is marked
    /// as such only if bytes are missing. If its name is not a token, such bytes are dropped, and
    /// ``Tokenizer/loss(in:)`` reports that for each text.
    private mutating func takeUnknown(_ model: JSONPlace, _ vocabulary: Vocabulary) throws(TokenizerError) {
        if self.model == .unigram {
            unknown = try model["unk_id"].map { (place) throws(TokenizerError) in
                let id = try place.count()
                guard id < tokens.count else { throw place.mismatch("an id below \(tokens.count)", found: "\(id)") }
                return Int32(id)
            }
            guard let kinds, unknown != nil || !byteTokens(kinds.compactMap { TokenKind(rawValue: $0) }).contains(-1)
            else {
                throw try model.required("unk_id").mismatch(
                    "the id of the token for characters without one, since not every byte has a token", found: "null")
            }
        } else {
            unknown = try model["unk_token"].flatMap { (place) throws(TokenizerError) in
                vocabulary.id(of: try place.text())
            }
        }
        guard let unknown, self.model != .byteLevel || lacksBytes else {
            fusesUnknown = fusesUnknown && self.model != .byteLevel
            return
        }
        kinds?[Int(unknown)] = TokenKind.unknown.rawValue
    }

    /// The first token with exactly this text, byte by byte.
    package func id(of text: String) -> Int32? {
        tokens.firstIndex { $0.utf8.elementsEqual(text.utf8) }.map { Int32($0) }
    }

    /// Whether some byte has no token, so that texts containing it need the unknown token.
    var lacksBytes: Bool { Set(tokens.compactMap(ByteAlphabet.byte)).count < 256 }

    /// Takes the steps, and their name in a GGUF file if there is one.
    private mutating func takePreTokenizer(_ steps: [PreTokenizerStep]) {
        preTokenizerSteps = steps
        guard model == .byteLevel,
            let name = NamedPreTokenizer.name(
                of: steps, after: normalizer ?? [], ignoresMerges: prefersWholeWords ?? false)
        else { return }
        preTokenizer = name
        prefersWholeWords = nil
    }

    /// Reads which tokens begin and end a text.
    private mutating func takeEnds(_ file: JSONPlace) throws(TokenizerError) {
        let (prefix, suffix) = try file["post_processor"]?.endsOfText() ?? ([], [])
        for id in prefix + suffix where !tokens.indices.contains(id) {
            throw .malformedFile(place: "post_processor", expected: "an id below \(tokens.count)", found: "\(id)")
        }
        addsBeginningOfText = !prefix.isEmpty
        if let first = prefix.first { beginningOfText = Int32(first) }
        if prefix.count > 1 { self.prefix = prefix.map { Int32($0) } }
        if let last = suffix.last {
            endOfText = Int32(last)
            addsEndOfText = true
        }
        if suffix.count > 1 { self.suffix = suffix.map { Int32($0) } }
    }
}
