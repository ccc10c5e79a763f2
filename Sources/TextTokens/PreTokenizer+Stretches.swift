extension PreTokenizer {
    /// How many bytes of a text are cut into words at a time, so that the ends of its words stay in the cache.
    static let stretch = 1 << 13

    /// The end of the next stretch of a text whose words are the same by themselves as within the text.
    ///
    /// A stretch ends between an ASCII letter or digit and a space. No step's match holds both, or looks beyond the
    /// space, and every pre-tokenizer ends a word there. A text without such a place is one stretch.
    /// - Parameter length: the least length of a stretch, unless the text ends first.
    func stretchEnd(
        in text: Span<UInt8>, from start: Int, to end: Int, length: Int = PreTokenizer.stretch
    ) -> Int {
        // Without steps the text is one word.
        guard !steps.isEmpty else { return end }
        var place = start + length
        while place < end {
            if text[place] == UInt8(ascii: " "), Self.isLetterOrDigit(text[place - 1]) { return place }
            place += 1
        }
        return end
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
