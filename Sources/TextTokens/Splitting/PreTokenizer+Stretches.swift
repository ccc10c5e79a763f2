extension PreTokenizer {
    /// The number of bytes of a text that are split into words at a time, so that the words' ends stay in the cache.
    static let stretch = 1 << 13

    /// The end of the next stretch of a text that splits into the same words alone as within the text.
    ///
    /// A stretch ends between an ASCII letter or digit and a space. No step's match spans both characters or looks
    /// beyond the space, and every pre-tokenizer ends a word there. A text without such a position is a single stretch.
    /// - Parameter length: the minimum length of a stretch, unless the text ends first.
    func stretchEnd(
        in text: Span<UInt8>, from start: Int, to end: Int, length: Int = PreTokenizer.stretch
    ) -> Int {
        // Without steps the whole text is one word.
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
