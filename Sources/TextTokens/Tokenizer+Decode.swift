extension Tokenizer {
    /// The bytes that a token decodes to: a part of a UTF-8 text, possibly with incomplete characters. A special token
    /// decodes to its name, an invalid id to nothing.
    public func bytes(of id: Int32) -> [UInt8] {
        guard kinds.indices.contains(Int(id)) else { return [] }
        return Array(model.symbols.bytes[model.symbols.range(of: Int(id))])
    }

    /// Decodes tokens into text, with U+FFFD for invalid UTF-8.
    ///
    /// - Parameters:
    ///   - skippingSpecialTokens: whether to skip special tokens instead of writing their names.
    ///   - continuingText: whether the text continues other text. If not, the space that SentencePiece adds before a
    ///     text is removed.
    public func decode(
        _ ids: some Sequence<Int32>, skippingSpecialTokens: Bool = true, continuingText: Bool = false
    ) -> String {
        var bytes: [UInt8] = []
        var dropsSpace = addsSpacePrefix && !continuingText
        for id in ids {
            append(id, to: &bytes, skippingSpecialTokens: skippingSpecialTokens, dropsSpace: &dropsSpace)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a token's bytes; `dropsSpace` tells whether the prefix space has still to be removed.
    func append(_ id: Int32, to bytes: inout [UInt8], skippingSpecialTokens: Bool, dropsSpace: inout Bool) {
        guard kinds.indices.contains(Int(id)) else { return }
        let isSpecial = kinds[Int(id)].isSpecial
        if isSpecial, skippingSpecialTokens { return }
        var piece = model.symbols.bytes[model.symbols.range(of: Int(id))]
        if dropsSpace, !isSpecial, !piece.isEmpty {
            dropsSpace = false
            if piece.first == UInt8(ascii: " ") { piece = piece.dropFirst() }
        }
        bytes += piece
    }
}
