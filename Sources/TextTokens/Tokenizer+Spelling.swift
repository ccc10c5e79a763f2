extension Tokenizer {
    /// The text of the first special token that a text spells out, such as `<|endoftext|>`; nil where it has none. Only
    /// what stands for structure counts: user-defined tokens are matched in every text.
    package func firstSpecialToken(spelledOutIn utf8: [UInt8]) -> String? {
        for part in specialTokens.parts(of: utf8.span, in: utf8.indices) {
            guard case .token(let id) = part, isSpecial(id) else { continue }
            return String(decoding: bytes(of: id), as: UTF8.self)
        }
        return nil
    }
}
