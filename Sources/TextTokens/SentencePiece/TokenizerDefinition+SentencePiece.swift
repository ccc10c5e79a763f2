extension TokenizerDefinition {
    /// Reads a tokenizer.model, which SentencePiece writes. Texts get the tokens that SentencePiece gives them.
    ///
    /// Such a file does not state whether texts begin or end with special tokens.
    /// - Throws: ``TokenizerError`` if the file is damaged or describes another kind of tokenizer.
    public init(sentencePiece bytes: [UInt8]) throws(TokenizerError) {
        let file = try SentencePieceFile(bytes)
        self.init(model: file.algorithm == .bpe ? .scored : .unigram, tokens: file.pieces.map(\.text))
        scores = file.pieces.map { Double($0.score) }
        kinds = file.pieces.map(\.kind.rawValue)
        func id(_ kind: TokenKind, _ text: String? = nil) -> Int32? {
            file.pieces.firstIndex { $0.kind == kind && (text == nil || $0.text == text) }.map { Int32($0) }
        }
        unknown = id(.unknown)
        beginningOfText = id(.control, file.beginning)
        endOfText = id(.control, file.end)
        padding = id(.control, file.padding)
        fallsBackToBytes = file.fallsBackToBytes
        fusesUnknown = true
        wholeTokenRule = .leftmost
        let userDefined = file.pieces.indices.filter { file.pieces[$0].kind == .userDefined }
        for id in userDefined { flags[Int32(id)] = .normalized }
        var rules = file.rules
        rules.keptTexts = userDefined.map { file.pieces[$0].text }
        normalizer = [.sentencePiece(rules)]
        preTokenizerSteps = []
        let drops: DroppedSpaces = rules.collapsesSpaces ? .eachOfLeadingTokens : rules.addsDummySpace ? .first : .none
        decoder = [.sentencePiece(unknown: file.unknownText, drops: drops)]
    }

    /// Whether texts get the tokens that SentencePiece gives them, instead of those of Hugging Face's library or
    /// llama.cpp.
    var followsSentencePiece: Bool {
        normalizer?.contains { if case .sentencePiece = $0 { true } else { false } } ?? false
    }

    /// Whether single keys of a GGUF file, which lose these parts, express this tokenizer better than a tokenizer.json.
    ///
    /// So it is for SentencePiece's tokens: Hugging Face's library adds a unigram model's scores in another precision
    /// and replaces characters otherwise, and it ranks merges with equal scores in another order. How SentencePiece
    /// decodes unknown tokens cannot be expressed in either.
    package func isBetterInParts(losing lost: [String]) -> Bool {
        guard followsSentencePiece else { return false }
        return Set(lost).isSubset(of: model == .unigram ? ["decoder", "added tokens"] : ["decoder"])
    }

    /// Whether a token is cut out of texts as a whole. SentencePiece's unigram model scores its own user-defined tokens
    /// like others, so that they win.
    func isMatchedWhole(_ id: Int, _ kind: TokenKind) -> Bool {
        let isScored =
            kind == .userDefined && model == .unigram && followsSentencePiece && scores?.indices.contains(id) == true
        return kind.isMatchedWhole && !isScored && !tokens[id].isEmpty
    }
}
