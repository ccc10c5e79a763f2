/// Splits text in which U+2581 marks spaces before each run of marks, where merges never cross these places.
///
/// It changes no tokens. It only keeps words short, and lets the encoder remember them.
enum MarkedWords {
    /// The bytes of U+2581.
    static let mark: [UInt8] = [0xE2, 0x96, 0x81]

    /// Whether a mark starts at a position.
    @inline(__always)
    static func isMark(_ text: Span<UInt8>, at place: Int, end: Int) -> Bool {
        place + 3 <= end && text[place] == 0xE2 && text[place + 1] == 0x96 && text[place + 2] == 0x81
    }

    /// Whether splitting keeps the tokens of every text: marks are symbols, and no token has a mark after other text.
    static func suit(_ model: MergeModel) -> Bool {
        guard model.start == .characters, !model.prefersWholeWords, model.symbols.find(mark.span) != nil else {
            return false
        }
        return !(0..<model.symbols.count).contains { symbol in
            let range = model.symbols.range(of: symbol)
            let piece = model.symbols.bytes.span.extracting(range)
            guard model.symbols.find(piece) == Int32(symbol) else { return false }
            return piece.indices.contains { isEdge(piece, at: $0, start: 0, end: piece.count) }
        }
    }

    /// Whether a mark after other text starts at a position.
    @inline(__always)
    private static func isEdge(_ text: Span<UInt8>, at place: Int, start: Int, end: Int) -> Bool {
        text[place] == 0xE2 && place > start && isMark(text, at: place, end: end)
            && !(place >= start + 3 && isMark(text, at: place - 3, end: place))
    }

    /// The end of the word that starts at a position.
    static func wordEnd(_ text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var place = start + 1
        while place < end, !isEdge(text, at: place, start: start, end: end) { place += 1 }
        return place
    }
}
