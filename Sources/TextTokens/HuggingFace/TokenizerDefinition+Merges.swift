import QuotedText

extension TokenizerDefinition {
    /// Merges that give the tokens of BPE by scores: every division of a token into two others, the best token first
    /// and, of the same token, as transformers' converter of SentencePiece models orders them.
    ///
    /// Only equal scores of tokens that overlap in a text can make a difference: SentencePiece then merges the leftmost
    /// pair.
    func derivedMerges(_ kinds: [TokenKind]) -> [String] {
        let scores = scores ?? []
        let order = tokens.indices.sorted { a, b in
            let (left, right) = (a < scores.count ? scores[a] : 0, b < scores.count ? scores[b] : 0)
            return left != right ? left > right : a < b
        }
        return merges(in: order, kinds)
    }

    /// Every division of a token into two others, for the tokens in an order.
    func merges(in order: [Int], _ kinds: [TokenKind]) -> [String] {
        var table = ByteStringTable(minimumCapacity: tokens.count)
        for (id, token) in tokens.enumerated() {
            table.add(token.utf8, findable: !kinds[id].isSpecial && kinds[id] != .byte)
        }
        var merges: [String] = []
        for id in order {
            let range = table.range(of: id)
            guard table.find(table.bytes, range) == Int32(id) else { continue }
            for middle in range.dropFirst() where !UTF8Sequence.isContinuation(table.bytes[middle]) {
                guard table.find(table.bytes, range.lowerBound..<middle) != nil,
                    table.find(table.bytes, middle..<range.upperBound) != nil
                else { continue }
                merges.append(
                    String(decoding: table.bytes[range.lowerBound..<middle], as: UTF8.self) + " "
                        + String(decoding: table.bytes[middle..<range.upperBound], as: UTF8.self))
            }
        }
        return merges
    }

    /// User-facing notes about what ``json()`` cannot express exactly.
    package var jsonNotes: [String] {
        if model == .unigram, followsSentencePiece {
            return [
                "a tokenizer.json adds scores in double precision and replaces whole clusters of characters, unlike "
                    + "SentencePiece: some texts may be encoded otherwise"
            ]
        }
        guard tiedScores > 0 else { return [] }
        return [
            "\(tiedScores.counted("token")) share a score with another: tokenizer.json ranks their merges by id, so "
                + "some texts may be encoded otherwise"
        ]
    }

    /// The number of tokens whose score another token has too, so that ``derivedMerges(_:)`` may differ from scores.
    private var tiedScores: Int {
        guard model == .scored, let scores else { return 0 }
        let kinds = TokenKind.corrected(self)
        let merged = tokens.indices.filter {
            !kinds[$0].isMatchedWhole && kinds[$0] != .byte && tokens[$0].unicodeScalars.count > 1 && $0 < scores.count
        }
        return merged.count - Set(merged.map { scores[$0] }).count
    }
}
