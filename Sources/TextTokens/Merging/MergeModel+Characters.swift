extension MergeModel {
    /// Sets up BPE of characters, by a list of merges or by the tokens' scores. Characters without a token are encoded
    /// byte by byte, if there are tokens for bytes.
    static func characters(_ definition: TokenizerDefinition, _ kinds: [TokenKind]) throws(TokenizerError) -> MergeModel
    {
        var model = MergeModel(
            symbols: ByteStringTable(minimumCapacity: kinds.count), tokenCount: kinds.count,
            pairs: PairTable(minimumCapacity: kinds.count * 4), start: .characters)
        model.resolvesUnknownFirst = definition.wholeTokenRule == .leftmost && !definition.followsSentencePiece
        model.byteTokens = definition.byteTokens(kinds)
        model.addTokens(definition.tokens, kinds, fallsBackToBytes: definition.fallsBackToBytes)
        for (id, token) in definition.hidden {
            model.hide(Self.symbol(of: Array(token.utf8)[...], in: &model.symbols), as: id, kinds)
        }
        if definition.model == .scored {
            try model.addPairs(definition.scores, model: definition.model)
        } else {
            try model.addMerges(definition, kinds)
        }
        for byte in UInt8.min..<0x80 {
            if let symbol = model.symbols.find([byte].span) { model.byteSymbols[Int(byte)] = symbol }
        }
        if let unknown = definition.unknown, kinds[Int(unknown)] != .control { model.unknown = unknown }
        model.fusesUnknown = definition.fusesUnknown
        model.prefersWholeWords = definition.prefersWholeWords ?? false
        return model
    }

    private mutating func addTokens(_ tokens: [String], _ kinds: [TokenKind], fallsBackToBytes: Bool) {
        for (id, token) in tokens.enumerated() {
            if kinds[id] == .byte, fallsBackToBytes {
                // For Hugging Face's library, a text such as <0x0A> is this token too, if merges give it.
                symbols.add(token.utf8, findable: resolvesUnknownFirst)
            } else {
                symbols.add(token.utf8, findable: !kinds[id].isSpecial)
            }
        }
    }

    /// Adds the merges of a list. Words may have the text of a control token on the way to a longer token.
    private mutating func addMerges(_ definition: TokenizerDefinition, _ kinds: [TokenKind]) throws(TokenizerError) {
        guard let merges = definition.merges else {
            throw .missing(table: "tokenizer.ggml.merges", model: definition.model.rawValue)
        }
        for (id, kind) in kinds.enumerated() where kind.isSpecial && !definition.tokens[id].isEmpty {
            control[Self.symbol(of: Array(definition.tokens[id].utf8)[...], in: &symbols)] = Int32(id)
        }
        for (index, merge) in merges.enumerated() {
            let text = Array(merge.utf8)
            guard let space = text.dropFirst().firstIndex(of: UInt8(ascii: " ")), space + 1 < text.count else {
                throw .malformedMerge(index: index, found: merge)
            }
            let joined = Array(text[..<space] + text[(space + 1)...])
            guard let left = symbols.find(text, 0..<space), let right = symbols.find(text, space + 1..<text.count),
                let merged = symbols.find(joined.span)
            else { throw .mergeWithoutToken(index: index, found: merge) }
            // Of equal merges, the last counts in Hugging Face's library, and the first in llama.cpp.
            pairs.insert(
                left, right, rank: UInt32(truncatingIfNeeded: index), merged: merged, replacing: resolvesUnknownFirst)
        }
    }

    /// Adds every split of a token into two symbols, ranked by the token's score. Equal scores have equal rank, so that
    /// the leftmost pair merges first.
    private mutating func addPairs(_ scores: [Double]?, model: TokenizerModel) throws(TokenizerError) {
        guard let scores else { throw .missing(table: "tokenizer.ggml.scores", model: model.rawValue) }
        guard scores.count == tokenCount else {
            throw .wrongCount(table: "tokenizer.ggml.scores", expected: tokenCount, found: scores.count)
        }
        let order = scores.map { $0.isNaN ? -Double.infinity : $0 }.enumerated().sorted { $0.element > $1.element }
        for id in 0..<tokenCount {
            addCharacters(of: symbols.range(of: id), id)
        }
        var rank: UInt32 = 0
        var last = order.first?.element ?? 0
        for (id, score) in order {
            if score < last { rank += 1 }
            last = score
            let range = symbols.range(of: id)
            guard symbols.find(symbols.bytes, range) == Int32(id) else { continue }
            for middle in range.dropFirst() where !UTF8Sequence.isContinuation(symbols.bytes[middle]) {
                guard let left = symbols.find(symbols.bytes, range.lowerBound..<middle),
                    let right = symbols.find(symbols.bytes, middle..<range.upperBound)
                else { continue }
                pairs.insert(left, right, rank: rank, merged: Int32(id))
            }
        }
    }

    /// Adds a symbol for each character of a findable token, so that it can merge even if it is not a token.
    private mutating func addCharacters(of range: Range<Int>, _ id: Int) {
        guard symbols.find(symbols.bytes, range) == Int32(id) else { return }
        var start = range.lowerBound
        while start < range.upperBound {
            let length = UTF8Sequence.decode(symbols.bytes.span, at: start, end: range.upperBound)?.length ?? 1
            _ = Self.symbol(of: symbols.bytes[start..<start + length], in: &symbols)
            start += length
        }
    }
}
