extension MergeModel {
    /// Sets up byte-level BPE (as in GPT-2 and Llama 3): merges over bytes, prioritised by their order in a list.
    static func byteLevel(_ definition: TokenizerDefinition, _ kinds: [TokenKind]) throws(TokenizerError) -> MergeModel
    {
        guard let merges = definition.merges else {
            throw .missing(table: "tokenizer.ggml.merges", model: definition.model.rawValue)
        }
        var model = MergeModel(
            symbols: byteLevelSymbols(definition.tokens, kinds, spelled: definition.spelledTokens(kinds, merges)),
            tokenCount: definition.tokens.count,
            pairs: PairTable(minimumCapacity: merges.count), start: .bytes,
            prefersWholeWords: definition.prefersWholeWords ?? false,
            resolvesUnknownFirst: definition.wholeTokenRule == .leftmost)
        if let unknown = definition.unknown, kinds[Int(unknown)] == .unknown { model.unknown = unknown }
        model.fusesUnknown = definition.fusesUnknown
        for (id, token) in definition.hidden {
            var bytes: [UInt8] = []
            guard ByteAlphabet.append(token[...].utf8, to: &bytes) else { continue }
            model.hide(Self.symbol(of: bytes[...], in: &model.symbols), as: id, kinds)
        }
        try model.addMerges(merges, definition, kinds)
        if model.resolvesUnknownFirst { model.findControlTokens(definition.tokens, kinds) }
        for byte in UInt8.min...UInt8.max {
            guard let symbol = model.symbols.find([byte].span) else { continue }
            model.byteSymbols[Int(byte)] = symbol
            if symbol < model.tokenCount { model.byteTokens[Int(byte)] = symbol }
        }
        return model
    }

    /// The tokens as byte strings. Tokens that are matched as a whole before merging are stored literally and cannot
    /// result from merges, so that plain text never becomes a control token. The tokens in `spelled` are exceptions.
    private static func byteLevelSymbols(
        _ tokens: [String], _ kinds: [TokenKind], spelled: Set<Int>
    ) -> ByteStringTable {
        var symbols = ByteStringTable(minimumCapacity: tokens.count)
        var bytes: [UInt8] = []
        for (id, (token, kind)) in zip(tokens, kinds).enumerated() {
            bytes.removeAll(keepingCapacity: true)
            if kind == .byte, let byte = TokenKind.byteValue(of: token) {
                symbols.add(CollectionOfOne(byte))
            } else if kind.isMatchedWhole, spelled.isEmpty || !spelled.contains(id) {
                symbols.add(token.utf8, findable: false)
            } else if ByteAlphabet.append(token[...].utf8, to: &bytes) {
                symbols.add(bytes)
            } else {
                symbols.add(token.utf8, findable: false)
            }
        }
        return symbols
    }

    /// Finds the symbols with the texts of control tokens.
    private mutating func findControlTokens(_ tokens: [String], _ kinds: [TokenKind]) {
        for (id, kind) in kinds.enumerated() where kind.isSpecial {
            var bytes: [UInt8] = []
            guard ByteAlphabet.append(tokens[id][...].utf8, to: &bytes), let symbol = symbols.find(bytes.span),
                symbol >= tokenCount
            else { continue }
            control[symbol] = Int32(id)
        }
    }

    /// The bytes that the tokens spell that are matched as a whole.
    private static func wholeTokens(_ tokens: [String], _ kinds: [TokenKind]) -> Set<[UInt8]> {
        var result: Set<[UInt8]> = []
        for (id, kind) in kinds.enumerated() where kind.isMatchedWhole {
            var bytes: [UInt8] = []
            if ByteAlphabet.append(tokens[id][...].utf8, to: &bytes) { result.insert(bytes) }
        }
        return result
    }

    /// Adds the merges. As in Hugging Face's library, those of a tokenizer.json must join two tokens into a third.
    /// llama.cpp does not check this: what a merge gives without being a token is on the way to a token, or is spelled
    /// in bytes.
    private mutating func addMerges(
        _ merges: [String], _ definition: TokenizerDefinition, _ kinds: [TokenKind]
    ) throws(TokenizerError) {
        /// The tokens that are matched as a whole, which have other symbols in merges.
        var whole: Set<[UInt8]>?
        var bytes: [UInt8] = []
        for (index, merge) in merges.enumerated() {
            let text = merge.utf8
            bytes.removeAll(keepingCapacity: true)
            guard let space = text.firstIndex(of: UInt8(ascii: " ")),
                ByteAlphabet.append(text[..<space], to: &bytes)
            else { throw .malformedMerge(index: index, found: merge) }
            let middle = bytes.count
            guard ByteAlphabet.append(text[text.index(after: space)...], to: &bytes),
                middle > 0, bytes.count > middle
            else { throw .malformedMerge(index: index, found: merge) }
            let left = Self.symbol(of: bytes[..<middle], in: &symbols)
            let right = Self.symbol(of: bytes[middle...], in: &symbols)
            let merged = Self.symbol(of: bytes[...], in: &symbols)
            for symbol in [left, right, merged] where resolvesUnknownFirst && symbol >= tokenCount {
                let known = whole ?? Self.wholeTokens(definition.tokens, kinds)
                whole = known
                guard
                    hidden[symbol] != nil || control[symbol] != nil
                        || known.contains(Array(symbols.bytes[symbols.range(of: Int(symbol))]))
                else { throw .mergeWithoutToken(index: index, found: merge) }
            }
            // Of equal merges, the last counts in Hugging Face's library, and the first in llama.cpp.
            pairs.insert(
                left, right, rank: UInt32(truncatingIfNeeded: index), merged: merged, replacing: resolvesUnknownFirst)
        }
    }
}
