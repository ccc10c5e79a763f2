extension TokenizerDefinition {
    /// Writes this tokenizer as a tokenizer.json in Hugging Face's format. Equal definitions give identical bytes.
    ///
    /// - Throws: ``TokenizerError`` if the format cannot express it.
    public func json() throws(TokenizerError) -> [UInt8] {
        let kinds = TokenKind.corrected(self)
        let definition = try completed()
        // Compared as bytes, because Swift's strings are equal if they are canonically equivalent.
        var known: Set<[UInt8]> = []
        for token in tokens + hidden.values where !token.isEmpty && !known.insert(Array(token.utf8)).inserted {
            throw .duplicateToken(token)
        }
        let normalizer = try NormalizerStep.json(definition.normalizer ?? [])
        let words = try definition.statedPreTokenizerSteps()
        let file = JSON.object([
            ("version", .text("1.0")), ("truncation", .null), ("padding", .null),
            ("added_tokens", .list(addedTokens(kinds))),
            ("normalizer", .sequence(normalizer, "normalizers")),
            ("pre_tokenizer", .sequence(words.map(\.json), "pretokenizers")),
            ("post_processor", definition.postProcessor()),
            ("decoder", .sequence((definition.decoder ?? []).map(\.json), "decoders")),
            ("model", try definition.modelJSON(kinds)),
        ])
        return Array((file.written + "\n").utf8)
    }

    /// The steps that split text into words, those of a named rule included.
    private func statedPreTokenizerSteps() throws(TokenizerError) -> [PreTokenizerStep] {
        if let preTokenizerSteps { return preTokenizerSteps }
        return model == .byteLevel ? try NamedPreTokenizer.find(preTokenizer).steps : []
    }

    private func addedTokens(_ kinds: [TokenKind]) -> [JSON] {
        tokens.indices.filter { kinds[$0].isMatchedWhole && !tokens[$0].isEmpty }.map { id in
            let flags = flags[Int32(id)] ?? []
            return JSON.object([
                ("id", .raw("\(id)")), ("content", .text(tokens[id])),
                ("single_word", .bool(flags.contains(.singleWord))), ("lstrip", .bool(flags.contains(.stripsLeft))),
                ("rstrip", .bool(flags.contains(.stripsRight))), ("normalized", .bool(flags.contains(.normalized))),
                ("special", .bool(kinds[id].isSpecial)),
            ])
        }
    }

    private func modelJSON(_ kinds: [TokenKind]) throws(TokenizerError) -> JSON {
        if model == .unigram { return unigramJSON() }
        let vocabulary = try statedVocabulary(kinds).map { ($0.text, JSON.raw("\($0.id)")) }
        let merges = (model == .scored ? derivedMerges(kinds) : merges ?? []).map { merge in
            // Not by characters: a space and a combining mark after it are one.
            JSON.list(merge.unicodeScalars.split(separator: " ", maxSplits: 1).map { .text(String($0)) })
        }
        return .part(
            "BPE",
            [
                ("dropout", .null), ("unk_token", unknownName(kinds)),
                ("continuing_subword_prefix", .null), ("end_of_word_suffix", .null),
                ("fuse_unk", .bool(fusesUnknown)), ("byte_fallback", .bool(model != .byteLevel && fallsBackToBytes)),
                ("ignore_merges", .bool(prefersWholeWords ?? false)),
                ("vocab", .lines(vocabulary)), ("merges", .list(merges)),
            ])
    }

    /// The tokens of the model's own vocabulary.
    ///
    /// Where added tokens have taken the ids of others, the others are stated here, and the added tokens only as such:
    /// they then have the ids that follow from the size of this vocabulary.
    private func statedVocabulary(_ kinds: [TokenKind]) throws(TokenizerError) -> [(text: String, id: Int)] {
        let firstHidden = hidden.keys.min().map { Int($0) } ?? tokens.count
        let vocabulary = tokens.indices.compactMap { id -> (text: String, id: Int)? in
            if let text = hidden[Int32(id)] { return (text, id) }
            // Ids without a token are gaps, except that the last id tells how many there are.
            if tokens[id].isEmpty, id < tokens.count - 1 { return nil }
            if id >= firstHidden, kinds[id].isMatchedWhole { return nil }
            return (tokens[id], id)
        }
        if let text = hidden[Int32(firstHidden)], vocabulary.count != firstHidden { throw .duplicateToken(text) }
        return vocabulary
    }

    private func unigramJSON() -> JSON {
        let scores = scores ?? []
        let vocabulary = zip(tokens, scores).map { token, score in
            JSON.list([.text(token), .raw("\(score)")])
        }
        return .part(
            "Unigram",
            [
                ("unk_id", unknown.map { .raw("\($0)") } ?? .null), ("vocab", .list(vocabulary)),
                ("byte_fallback", .bool(fallsBackToBytes)),
            ])
    }

    /// The text of the token for characters without one; null if no text needs it.
    private func unknownName(_ kinds: [TokenKind]) -> JSON {
        guard let unknown, kinds.indices.contains(Int(unknown)) else { return .null }
        if model == .byteLevel, kinds[Int(unknown)] != .unknown || !lacksBytes { return .null }
        return .text(tokens[Int(unknown)])
    }

    /// The processor that adds tokens at the beginning and end of every text.
    private func postProcessor() -> JSON {
        func added(_ id: Int32?, if isAdded: Bool?) -> [Int32] {
            id.map { isAdded == true && tokens.indices.contains(Int($0)) ? [$0] : [] } ?? []
        }
        let first = prefix ?? added(beginningOfText, if: addsBeginningOfText)
        let last = suffix ?? added(endOfText, if: addsEndOfText)
        guard !first.isEmpty || !last.isEmpty else {
            return model == .byteLevel ? DecoderStep.byteLevel.json : .null
        }
        func item(_ kind: String, _ id: String, _ number: Int) -> JSON {
            .object([(kind, .object([("id", .text(id)), ("type_id", .raw("\(number)"))]))])
        }
        func template(_ texts: [(String, Int)]) -> JSON {
            .list(
                texts.flatMap { text, number in
                    first.map { item("SpecialToken", tokens[Int($0)], number) } + [item("Sequence", text, number)]
                        + last.map { item("SpecialToken", tokens[Int($0)], number) }
                })
        }
        let special = Set(first + last).map { Int($0) }.sorted { tokens[$0] < tokens[$1] }.map { id in
            (
                tokens[id],
                JSON.object([
                    ("id", .text(tokens[id])), ("ids", .list([.raw("\(id)")])), ("tokens", .list([.text(tokens[id])])),
                ])
            )
        }
        return .part(
            "TemplateProcessing",
            [
                ("single", template([("A", 0)])), ("pair", template([("A", 0), ("B", 1)])),
                ("special_tokens", .object(special)),
            ])
    }
}
