extension Tokenizer {
    /// Returns the tokens that contain a byte of each of a conversation's answers.
    ///
    /// - Parameter ids: the tokens of the conversation's whole text.
    func tokenRanges(of chat: RenderedChat, _ ids: [Int32]) throws(TokenizerError) -> [Range<Int>] {
        guard !chat.answers.isEmpty else { return [] }
        let text = chat.utf8
        if let places = places(of: ids, in: text) {
            return chat.answers.map { answer in
                let first = places.firstIndex { $0.upperBound > answer.lowerBound } ?? ids.count
                let end = places.firstIndex { $0.lowerBound >= answer.upperBound } ?? ids.count
                return first..<max(first, end)
            }
        }
        // A normalizer has changed the text. What precedes a part has, by itself, the same tokens up to the part.
        var ranges: [Range<Int>] = []
        for answer in chat.answers {
            let before = try commonCount(ids, chat.prefix(answer.lowerBound))
            let through = try commonCount(ids, chat.prefix(answer.upperBound))
            let end = through.isWhole ? through.count : min(ids.count, through.count + 1)
            ranges.append(before.count..<max(before.count, end))
        }
        return ranges
    }

    /// The number of first tokens that a text's beginning has in common with the text, and whether these are all of
    /// the beginning's tokens.
    private func commonCount(
        _ ids: [Int32], _ beginning: [TextSegment]
    ) throws(TokenizerError) -> (count: Int, isWhole: Bool) {
        let own = try encode(beginning, addingSpecialTokens: false)
        let count = zip(own, ids).prefix { $0 == $1 }.count
        return (count, count == own.count)
    }

    /// The range of bytes of the text that each token stands for; nil if the tokens do not spell the text.
    ///
    /// A token may have a space before it that is not in the text, which some tokenizers add, and whitespace between
    /// tokens may be lost.
    private func places(of ids: [Int32], in text: [UInt8]) -> [Range<Int>]? {
        var places: [Range<Int>] = []
        places.reserveCapacity(ids.count)
        var place = 0
        func skipSpace() { while place < text.count, Self.isSpace(text[place]) { place += 1 } }
        for id in ids {
            let bytes = pieces[id]
            let unspaced = bytes.first == UInt8(ascii: " ") ? bytes.dropFirst() : bytes
            var found = text[place...].starts(with: bytes) ? bytes : nil
            if found == nil, text[place...].starts(with: unspaced) { found = unspaced }
            if found == nil {
                skipSpace()
                if text[place...].starts(with: unspaced) { found = unspaced }
            }
            guard let found else { return nil }
            places.append(place..<place + found.count)
            place += found.count
        }
        skipSpace()
        return place == text.count ? places : nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}

extension RenderedChat {
    /// The segments of the first bytes of the text.
    fileprivate func prefix(_ byteCount: Int) -> [TextSegment] {
        var left = byteCount
        var result: [TextSegment] = []
        for segment in segments where left > 0 {
            let text = String(decoding: segment.text.utf8.prefix(left), as: UTF8.self)
            left -= text.utf8.count
            switch segment {
            case .structure: result.append(.structure(text))
            case .plain: result.append(.plain(text))
            }
        }
        return result
    }
}
