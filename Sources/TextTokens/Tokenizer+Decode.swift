extension Tokenizer {
    /// The bytes that a token stands for: a part of a text in UTF-8, perhaps not of whole characters. A special
    /// token's are its name. None for a number that is no token's.
    public func bytes(of id: Int32) -> [UInt8] {
        guard kinds.indices.contains(Int(id)) else { return [] }
        return Array(model.symbols.bytes[model.symbols.range(of: Int(id))])
    }

    /// The text that tokens stand for, with U+FFFD where it is not valid UTF-8.
    ///
    /// - Parameters:
    ///   - skippingSpecialTokens: whether special tokens stand for nothing, rather than for their names.
    ///   - continuingText: whether other text comes before. If not, the space that SentencePiece puts before a text is
    ///     taken away again.
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

    /// Appends a token's bytes; `dropsSpace` says whether the prefix space is still to come.
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
