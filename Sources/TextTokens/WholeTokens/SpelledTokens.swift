extension TokenizerDefinition {
    /// The user-defined tokens that also represent what they spell in the alphabet of bytes, as `Ġthe` spells " the".
    ///
    /// Hugging Face's tokenizers match such a token as a whole if a text has exactly these characters. If it is in the
    /// vocabulary, merges can also produce it. This treats it so if it is the result of a merge, or the only token of a
    /// byte. All other tokens, such as `café`, are literal even if the alphabet could spell them.
    func spelledTokens(_ kinds: [TokenKind], _ merges: [String]) -> Set<Int> {
        var result = Set(ByteAlphabet.onlyTokens(tokens, kinds, among: .userDefined))
        var candidates: [[UInt8]: Int] = [:]
        for (id, kind) in kinds.enumerated() where kind == .userDefined {
            // For ASCII both readings are the same, but a token may be matched only in some places.
            let text = tokens[id].utf8
            var bytes: [UInt8] = []
            let isFound = text.allSatisfy { $0 < 0x80 } && flags[Int32(id)] == nil
            if !isFound, ByteAlphabet.append(tokens[id][...].utf8, to: &bytes) { candidates[Array(text)] = id }
        }
        guard !candidates.isEmpty else { return result }
        // If another token has the same text, merges may produce that one instead.
        for (id, kind) in kinds.enumerated() where kind != .userDefined {
            candidates[Array(tokens[id].utf8)] = nil
        }
        for merge in merges {
            if let id = candidates[merge.utf8.filter { $0 != UInt8(ascii: " ") }] { result.insert(id) }
        }
        return result
    }
}

extension ByteAlphabet {
    /// The byte that a one-character text represents.
    static func byte(_ text: String) -> UInt8? {
        guard (1...2).contains(text.utf8.count) else { return nil }
        var bytes: [UInt8] = []
        guard append(text[...].utf8, to: &bytes), bytes.count == 1 else { return nil }
        return bytes[0]
    }

    /// The tokens of one kind that are the only token for a byte that occurs in UTF-8.
    static func onlyTokens(_ tokens: [String], _ kinds: [TokenKind], among kind: TokenKind) -> [Int] {
        let found = kinds.indices.filter { kinds[$0] == kind && byte(tokens[$0]).map(UTF8Sequence.has) == true }
        guard !found.isEmpty else { return [] }
        var isSaid = [Bool](repeating: false, count: 256)
        for id in kinds.indices where kinds[id] != kind {
            if kinds[id] == .byte, let byte = TokenKind.byteValue(of: tokens[id]) {
                isSaid[Int(byte)] = true
            } else if !kinds[id].isMatchedWhole, let byte = byte(tokens[id]) {
                isSaid[Int(byte)] = true
            }
        }
        return found.filter { id in
            guard let byte = byte(tokens[id]), !isSaid[Int(byte)] else { return false }
            isSaid[Int(byte)] = true
            return true
        }
    }
}
