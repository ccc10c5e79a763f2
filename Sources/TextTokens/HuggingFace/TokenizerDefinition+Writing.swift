extension TokenizerDefinition {
    /// Writes this tokenizer as a tokenizer.json in Hugging Face's format. Equal definitions give identical bytes.
    ///
    /// - Throws: ``TokenizerError`` if it is not byte-level BPE, or the format cannot express its vocabulary or its
    ///   rule for words.
    public func json() throws(TokenizerError) -> [UInt8] {
        guard model == "gpt2" else { throw .unsupportedModel(found: model, known: ["gpt2"]) }
        let words = try HuggingFacePreTokenizer.named(preTokenizer)
        let kinds = TokenKind.corrected(self)
        // Compared as bytes, because Swift's strings are equal if they are canonically equivalent.
        var known: Set<[UInt8]> = []
        for token in tokens where !known.insert(Array(token.utf8)).inserted { throw .duplicateToken(token) }

        let added = tokens.indices.filter { kinds[$0].isMatchedWhole }.map { id in
            JSON.object([
                ("id", .raw("\(id)")), ("content", .text(tokens[id])), ("single_word", .raw("false")),
                ("lstrip", .raw("false")), ("rstrip", .raw("false")),
                ("normalized", .raw(matchedLater.contains(Int32(id)) ? "true" : "false")),
                ("special", .raw(kinds[id].isSpecial ? "true" : "false")),
            ])
        }
        let vocabulary = tokens.enumerated().map { id, token in (token, JSON.raw("\(id)")) }
        let merges = (merges ?? []).map { merge in
            JSON.list(merge.split(separator: " ", omittingEmptySubsequences: false).map { .text(String($0)) })
        }
        let file = JSON.object([
            ("version", .text("1.0")), ("truncation", .raw("null")), ("padding", .raw("null")),
            ("added_tokens", .list(added)), ("normalizer", .raw("null")), ("pre_tokenizer", words.json),
            ("post_processor", try postProcessor()), ("decoder", HuggingFacePreTokenizer.byteLevel(cuts: true)),
            (
                "model",
                .object([
                    ("type", .text("BPE")), ("dropout", .raw("null")), ("unk_token", unknownName(kinds)),
                    ("continuing_subword_prefix", .raw("null")), ("end_of_word_suffix", .raw("null")),
                    ("fuse_unk", .raw(fusesUnknown ? "true" : "false")), ("byte_fallback", .raw("false")),
                    ("ignore_merges", .raw(words.ignoresMerges ? "true" : "false")),
                    ("vocab", .lines(vocabulary)), ("merges", .list(merges)),
                ])
            ),
        ])
        return Array((file.written + "\n").utf8)
    }

    /// The text of the token for bytes without one; null if no text needs it.
    private func unknownName(_ kinds: [TokenKind]) -> JSON {
        guard let unknown, kinds.indices.contains(Int(unknown)), kinds[Int(unknown)] == .unknown, lacksBytes else {
            return .raw("null")
        }
        return .text(tokens[Int(unknown)])
    }

    /// The processor that adds tokens at the beginning and end of every text.
    private func postProcessor() throws(TokenizerError) -> JSON {
        let named = try NamedPreTokenizer.find(preTokenizer)
        let begins = addsBeginningOfText ?? named.addsBeginningOfText
        func added(_ id: Int32?, if isAdded: Bool) -> Int? {
            id.flatMap { isAdded && tokens.indices.contains(Int($0)) ? Int($0) : nil }
        }
        let firstID = added(beginningOfText, if: begins)
        let lastID = added(endOfText, if: addsEndOfText ?? false)
        let (first, last) = (firstID.map { tokens[$0] }, lastID.map { tokens[$0] })
        guard first != nil || last != nil else { return HuggingFacePreTokenizer.byteLevel(cuts: true) }
        func item(_ kind: String, _ id: String, _ number: Int) -> JSON {
            .object([(kind, .object([("id", .text(id)), ("type_id", .raw("\(number)"))]))])
        }
        func template(_ texts: [(String, Int)]) -> JSON {
            .list(
                texts.flatMap { text, number in
                    [
                        first.map { item("SpecialToken", $0, number) }, item("Sequence", text, number),
                        last.map { item("SpecialToken", $0, number) },
                    ]
                }.compactMap { $0 })
        }
        let special = Set([firstID, lastID].compactMap { $0 }).sorted { tokens[$0] < tokens[$1] }.map { id in
            (
                tokens[id],
                JSON.object([
                    ("id", .text(tokens[id])), ("ids", .list([.raw("\(id)")])), ("tokens", .list([.text(tokens[id])])),
                ])
            )
        }
        return .object([
            ("type", .text("TemplateProcessing")), ("single", template([("A", 0)])),
            ("pair", template([("A", 0), ("B", 1)])), ("special_tokens", .object(special)),
        ])
    }
}

extension HuggingFacePreTokenizer {
    static func byteLevel(cuts: Bool) -> JSON {
        .object([
            ("type", .text("ByteLevel")), ("add_prefix_space", .raw("false")), ("trim_offsets", .raw("true")),
            ("use_regex", .raw(cuts ? "true" : "false")),
        ])
    }

    /// The `pre_tokenizer` of a tokenizer.json.
    var json: JSON {
        let first: JSON
        switch rule {
        case .gpt2: return Self.byteLevel(cuts: true)
        case .gpt2WithSingleDigits:
            first = .object([("type", .text("Digits")), ("individual_digits", .raw("true"))])
        case .split(let pattern):
            first = .object([
                ("type", .text("Split")), ("pattern", .object([("Regex", .text(pattern))])),
                ("behavior", .text("Isolated")), ("invert", .raw("false")),
            ])
        }
        return .object([
            ("type", .text("Sequence")),
            ("pretokenizers", .list([first, Self.byteLevel(cuts: rule == .gpt2WithSingleDigits)])),
        ])
    }
}
