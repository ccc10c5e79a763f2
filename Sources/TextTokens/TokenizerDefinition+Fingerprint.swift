extension TokenizerDefinition {
    /// A number that differs, almost surely, between tokenizers that give different ids, and not between two files of
    /// the same one: data and checkpoints remember by it which tokenizer they belong to.
    ///
    /// It detects mistakes, not forgeries: FNV-1a over the tokens, their roles, the merges or scores, and the words'
    /// rule.
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

/// FNV-1a of 64 bits. Texts are followed by a byte that occurs in no UTF-8, so that they cannot run into each other.
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
