extension MergeModel {
    /// The bytes of U+2581, with which SentencePiece represents a space.
    static let spaceMark: [UInt8] = [0xE2, 0x96, 0x81]

    /// Sets up SentencePiece-style BPE (as in Llama 2): two neighbours merge if together they are a token, the one with
    /// the best score first. Characters without a token are encoded byte by byte.
    static func sentencePiece(
        _ definition: TokenizerDefinition, _ kinds: [TokenKind]
    ) throws(TokenizerError) -> MergeModel {
        guard let scores = definition.scores else {
            throw .missing(table: "tokenizer.ggml.scores", model: definition.model)
        }
        guard scores.count == kinds.count else {
            throw .wrongCount(table: "tokenizer.ggml.scores", expected: kinds.count, found: scores.count)
        }
        var model = MergeModel(
            symbols: ByteStringTable(minimumCapacity: kinds.count), tokenCount: kinds.count,
            pairs: PairTable(minimumCapacity: kinds.count * 4), start: .characters,
            preTokenizer: .spacesWithWord)
        model.addTokens(definition.tokens, kinds)
        model.addPairs(scores)
        for byte in UInt8.min..<0x80 {
            if let symbol = model.symbols.find([byte].span) { model.byteSymbols[Int(byte)] = symbol }
        }
        if let unknown = definition.unknown, kinds[Int(unknown)] != .control { model.unknown = unknown }
        return model
    }

    private mutating func addTokens(_ tokens: [String], _ kinds: [TokenKind]) {
        for (id, token) in tokens.enumerated() {
            if kinds[id] == .byte, let byte = TokenKind.byteValue(of: token) {
                byteTokens[Int(byte)] = Int32(id)
                symbols.add(CollectionOfOne(byte), findable: false)
            } else if kinds[id].isSpecial || token.utf8.contains(UInt8(ascii: " ")) {
                // Spaces in a text become space marks before merging, so a token with a literal space is only matched
                // as a whole.
                symbols.add(token.utf8, findable: false)
            } else {
                symbols.add(Self.withSpaces(Array(token.utf8)[...]))
            }
        }
        for id in 0..<tokenCount {  // if a token spans words, text must not be split into words
            let range = symbols.range(of: id)
            let piece = symbols.bytes[range]
            let joins = zip(piece, piece.dropFirst()).contains { $0 != UInt8(ascii: " ") && $1 == UInt8(ascii: " ") }
            if joins, symbols.find(symbols.bytes, range) == Int32(id) {
                preTokenizer = .none
                return
            }
        }
    }

    /// Adds every split of a token into two symbols, ranked by the token's score. Equal scores have equal rank, so that
    /// the leftmost pair merges first.
    private mutating func addPairs(_ scores: [Float]) {
        let order = scores.map { $0.isNaN ? -Float.infinity : $0 }.enumerated().sorted { $0.element > $1.element }
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

    /// Replaces space marks by spaces.
    static func withSpaces(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == spaceMark[0], bytes[index...].starts(with: spaceMark) {
                result.append(UInt8(ascii: " "))
                index += spaceMark.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
