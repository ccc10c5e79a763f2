/// The words of a corpus as their pairs are counted: whole, except for long words if there are many.
///
/// A merge visits whole words, so its time grows with their length. A text without spaces, such as Chinese or a
/// protein, is one long word. A few of them stay whole, so that the merges equal those of Hugging Face's trainer. If
/// there are many, they are cut into pieces, and only the pairs at the cuts are not counted.
struct WordPieces {
    /// The words or pieces: the range of the bytes, and the count.
    private(set) var all: [(range: Range<Int>, count: Int)] = []

    /// Words with more bytes are long.
    static let longWord = 4096
    /// The maximum total size in bytes of distinct long words that stay whole.
    static let mostWhole = 1 << 18
    /// The maximum size of a piece in bytes.
    static let piece = 512

    init(_ corpus: WordCounts) {
        let words = corpus.words
        let long = corpus.counts.indices.reduce(0) { sum, word in
            let count = words.range(of: word).count
            return count > Self.longWord ? sum + count : sum
        }
        all.reserveCapacity(corpus.counts.count)
        for (word, count) in corpus.counts.enumerated() {
            let range = words.range(of: word)
            let isCut = long > Self.mostWhole && range.count > Self.longWord
            var start = range.lowerBound
            while isCut, range.upperBound - start > Self.piece {
                var end = start + Self.piece
                // Cut only between characters.
                while end > start + 1, words.bytes[end] & 0xC0 == 0x80 { end -= 1 }
                all.append((start..<end, count))
                start = end
            }
            all.append((start..<range.upperBound, count))
        }
    }
}
