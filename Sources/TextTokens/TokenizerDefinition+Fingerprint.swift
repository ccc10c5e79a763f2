extension TokenizerDefinition {
    /// A hash that differs, almost surely, between tokenizers that produce different ids, and is equal for two files of
    /// the same tokenizer. Data and checkpoints store it to identify their tokenizer.
    ///
    /// It detects mistakes, not forgery: FNV-1a over the tokens, their roles, the merges or scores, and the rules for
    /// text and words.
    public var fingerprint: UInt64 {
        var hash = FowlerNollVo()
        hash.add(model.rawValue)
        let named = try? NamedPreTokenizer.find(preTokenizer)
        hash.add(named?.names[0] ?? preTokenizer ?? "")
        hash.add(UInt64(tokens.count))
        for (token, kind) in zip(tokens, TokenKind.corrected(self)) {
            hash.add(token)
            hash.add(UInt64(kind.isMatchedWhole ? kind.rawValue : 0))
        }
        if model == .scored || model == .unigram {
            for score in scores ?? [] { hash.add(UInt64(Float(score).bitPattern)) }
        } else {
            for merge in merges ?? [] { hash.add(merge) }
        }
        // Stored fingerprints are older than these parts, so those without them count as before.
        let implied = model == .byteLevel ? named?.normalizer(of: preTokenizer) ?? [] : []
        if let normalizer, normalizer != implied {
            if normalizer.isEmpty { hash.add("no normalizer") }
            for step in normalizer {
                for json in (try? step.json) ?? [] { hash.add(json.written) }
            }
        }
        if model != .byteLevel || preTokenizer == nil {
            for step in preTokenizerSteps ?? [] { hash.add(step.json.written) }
        }
        if let prefersWholeWords { hash.add(prefersWholeWords ? "ignore_merges" : "merges") }
        if !fallsBackToBytes, model != .byteLevel { hash.add("no byte_fallback") }
        for (id, flags) in flags.sorted(by: { $0.key < $1.key }) where !flags.isSubset(of: .normalized) {
            hash.add(UInt64(flags.rawValue) << 32 | UInt64(UInt32(bitPattern: id)))
        }
        return hash.state
    }
}

extension FowlerNollVo {
    /// Appends a text, and a byte that never occurs in UTF-8, as a separator.
    fileprivate mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(0xFF as UInt8)
    }

    fileprivate mutating func add(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
