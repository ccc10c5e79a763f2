extension TokenizerDefinition {
    /// A hash that differs, almost surely, between tokenizers that produce different ids, and is equal for two files of
    /// the same tokenizer. Data and checkpoints store it to identify their tokenizer.
    ///
    /// It detects mistakes, not forgery: FNV-1a over the tokens, their roles, the merges or scores, and the rule for
    /// words.
    public var fingerprint: UInt64 {
        var hash = FowlerNollVo()
        hash.add(model)
        hash.add((try? NamedPreTokenizer.find(preTokenizer).names[0]) ?? preTokenizer ?? "")
        hash.add(UInt64(tokens.count))
        for (token, kind) in zip(tokens, TokenKind.corrected(self)) {
            hash.add(token)
            hash.add(UInt64(kind.isMatchedWhole ? kind.rawValue : 0))
        }
        if model == "llama" {
            for score in scores ?? [] { hash.add(UInt64(score.bitPattern)) }
        } else {
            for merge in merges ?? [] { hash.add(merge) }
        }
        return hash.state
    }
}

/// 64-bit FNV-1a. Each text is followed by a byte that never occurs in UTF-8, as a separator.
private struct FowlerNollVo {
    private(set) var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(0xFF as UInt8)
    }

    mutating func add(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    private mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
}
