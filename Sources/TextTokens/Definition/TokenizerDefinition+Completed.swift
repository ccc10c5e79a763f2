extension TokenizerDefinition {
    /// The definition with its kind's conventions for everything that the file leaves out.
    func completed() throws(TokenizerError) -> TokenizerDefinition {
        var result = self
        func standard(_ id: Int32) -> Int32? { id < tokens.count ? id : nil }
        switch model {
        case .scored:
            result.unknown = unknown ?? standard(0)
            result.beginningOfText = beginningOfText ?? standard(1)
            result.endOfText = endOfText ?? standard(2)
            result.addsBeginningOfText = addsBeginningOfText ?? true
            result.addsSpacePrefix = addsSpacePrefix ?? true
        case .byteLevel:
            let named = try NamedPreTokenizer.find(preTokenizer)
            result.addsBeginningOfText = addsBeginningOfText ?? named.addsBeginningOfText
            result.prefersWholeWords = prefersWholeWords ?? named.prefersWholeWords
            result.normalizer = normalizer ?? named.normalizer(of: preTokenizer)
            result.decoder = decoder ?? [.byteLevel]
        case .unigram:
            result.addsEndOfText = addsEndOfText ?? (wholeTokenRule == .longestFirst)
        case .characters: break
        }
        if model != .byteLevel {
            let spaces = Self.stepsForSpaces(prefix: result.addsSpacePrefix ?? false)
            result.normalizer = normalizer ?? spaces.normalizer
            result.decoder = decoder ?? spaces.decoder
        }
        try result.checkIDs()
        return result
    }

    /// SentencePiece's steps for spaces, without its other settings: a space is added before the text, and spaces are
    /// represented by U+2581.
    static func stepsForSpaces(prefix: Bool) -> (normalizer: [NormalizerStep], decoder: [DecoderStep]) {
        let mark = "\u{2581}"
        return (
            (prefix ? [.prepend(mark)] : []) + [.replace(.text(" "), with: mark)],
            [.replace(.text(mark), with: " "), .byteFallback, .fuse] + (prefix ? [.strip(" ", start: 1, stop: 0)] : [])
        )
    }

    private func checkIDs() throws(TokenizerError) {
        let ids = [
            ("bos_token_id", beginningOfText), ("eos_token_id", endOfText), ("unknown_token_id", unknown),
            ("padding_token_id", padding),
        ]
        for (name, id) in ids {
            guard let id, !tokens.indices.contains(Int(id)) else { continue }
            throw .idOutOfRange(name: "tokenizer.ggml." + name, found: id, vocabularySize: tokens.count)
        }
        // Ids beyond the vocabulary are allowed: a model's rows without a token may end a text too.
        if let id = otherEnds.first(where: { $0 < 0 }) {
            throw .idOutOfRange(name: "tokenizer.ggml.eot_token_id", found: id, vocabularySize: tokens.count)
        }
        for id in (prefix ?? []) + (suffix ?? []) where !tokens.indices.contains(Int(id)) {
            throw .idOutOfRange(name: "post_processor", found: id, vocabularySize: tokens.count)
        }
    }
}
