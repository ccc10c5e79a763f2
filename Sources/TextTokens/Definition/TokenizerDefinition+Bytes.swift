extension TokenizerDefinition {
    /// The token that encodes each byte of a character without a token; -1 if there is none.
    ///
    /// In a tokenizer.json such a token may be an added token, too, even a special one.
    func byteTokens(_ kinds: [TokenKind]) -> [Int32] {
        var result = [Int32](repeating: -1, count: 256)
        guard fallsBackToBytes else { return result }
        let findsAdded = wholeTokenRule == .leftmost && !followsSentencePiece
        for (id, kind) in kinds.enumerated() where kind == .byte || (findsAdded && kind.isMatchedWhole) {
            if let byte = TokenKind.byteValue(of: tokens[id]) { result[Int(byte)] = Int32(id) }
        }
        return result
    }
}
