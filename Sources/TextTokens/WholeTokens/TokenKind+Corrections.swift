extension TokenKind {
    /// The file's kinds with corrections. Markers of a conversation's structure are control tokens regardless of the
    /// file, because otherwise a user's text could start or end a turn. The only token of a byte is text, even if the
    /// file marks it as control (for example `!` as padding).
    static func corrected(_ definition: TokenizerDefinition) -> [TokenKind] {
        let (numbers, tokens) = (definition.kinds, definition.tokens)
        var kinds = tokens.indices.map { id in
            let kind =
                numbers.map { kinds in
                    kinds.indices.contains(id) ? TokenKind(rawValue: kinds[id]) ?? .undefined : .undefined
                }
                ?? .normal
            // It represents characters that have no token, even if its text also ends answers.
            if kind == .unknown, definition.model != .byteLevel, definition.unknown == Int32(id) { return kind }
            let first = tokens[id].utf8.first
            // The unknown token is special already, and `<|endoftext|>` may be both.
            if kind == .unknown { return kind }
            guard first == UInt8(ascii: "<") || first == UInt8(ascii: "_") || first == UInt8(ascii: "[") else {
                return kind
            }
            return endsAnswer(tokens[id], kind) || tokens[id] == "<|im_start|>" ? .control : kind
        }
        guard definition.model == .byteLevel else { return kinds }
        for id in ByteAlphabet.onlyTokens(tokens, kinds, among: .control) { kinds[id] = .userDefined }
        return kinds
    }
}
