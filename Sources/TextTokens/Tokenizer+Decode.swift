extension Tokenizer {
    /// The bytes that a token decodes to: a part of a UTF-8 text, possibly with incomplete characters. A special token
    /// decodes to its name, an invalid id to nothing.
    public func bytes(of id: Int32) -> [UInt8] {
        guard kinds.indices.contains(Int(id)) else { return [] }
        return Array(pieces[id])
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
        var start = DecodedStart(self, continuingText: continuingText)
        for id in ids { append(id, to: &bytes, skippingSpecialTokens: skippingSpecialTokens, &start) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a token's bytes.
    ///
    /// - Parameter start: what has still to be dropped at the start of the text.
    func append(_ id: Int32, to bytes: inout [UInt8], skippingSpecialTokens: Bool, _ start: inout DecodedStart) {
        guard kinds.indices.contains(Int(id)), kinds[Int(id)] != .unused || !pieces[id].isEmpty else { return }
        let isText = kinds[Int(id)] == .unknown && pieces.followsSentencePiece
        if kinds[Int(id)].isSpecial, !isText, skippingSpecialTokens { return }
        if start.isOver {
            bytes += pieces.separator
            bytes += pieces[id]
        } else {
            start.append(id, of: self, to: &bytes)
        }
    }
}

/// What has still to be dropped at the start of a decoded text.
struct DecodedStart {
    private var isFirst: Bool
    private var count: Int

    init(_ tokenizer: Tokenizer, continuingText: Bool) {
        isFirst = !continuingText
        count = continuingText ? 0 : tokenizer.pieces.dropped.count
    }

    /// Whether nothing more is dropped.
    var isOver: Bool { !isFirst && count == 0 }

    /// Appends a token's bytes without those to drop.
    mutating func append(_ id: Int32, of tokenizer: Tokenizer, to bytes: inout [UInt8]) {
        if !isFirst { bytes += tokenizer.pieces.separator }
        let losesMarks = isFirst && tokenizer.pieces.firstLosesMarks
        let piece = losesMarks ? tokenizer.pieces.firstForm(of: id)[...] : tokenizer.pieces[id]
        let most = min(count, tokenizer.pieces.most(of: tokenizer.kinds[Int(id)]))
        let space = piece.prefix(most).prefix { $0 == tokenizer.pieces.dropped.byte }.count
        bytes += piece.dropFirst(space)
        count = space == piece.count ? count - space : 0
        isFirst = false
    }
}
