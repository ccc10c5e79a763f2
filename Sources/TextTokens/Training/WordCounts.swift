/// How often each word occurs in a corpus: all that a tokenizer's trainer needs to know of it.
///
/// Parts of a corpus may be counted in parallel and then added; the order changes nothing.
public struct WordCounts: Sendable {
    private let preTokenizer: PreTokenizer
    private(set) var words = ByteStringTable(minimumCapacity: 1 << 12)
    private(set) var counts: [Int] = []

    /// No words yet.
    ///
    /// - Parameter name: the rule that cuts text into words, as llama.cpp names it.
    /// - Throws: ``TokenizerError/unsupportedPreTokenizer(found:known:)``.
    public init(preTokenizer name: String) throws(TokenizerError) {
        preTokenizer = try NamedPreTokenizer.find(name).preTokenizer
    }

    /// Whether there are no words.
    public var isEmpty: Bool { counts.isEmpty }
    /// How many bytes a trainer takes to learn from these words: symbols, pieces, and for each pair the words that have
    /// it.
    package var learningByteCount: Int { 24 * words.bytes.count + 64 * counts.count }
    /// How many different words there are.
    public var distinctCount: Int { counts.count }

    /// Counts the words of a text in UTF-8.
    public mutating func add(_ utf8: [UInt8]) { add(utf8, check: { _ in }) }

    /// Counts the words of a text in UTF-8, a stretch at a time.
    ///
    /// - Parameter check: is told before each stretch how many bytes may be allocated for it, often 0, and throws to
    ///   stop there.
    package mutating func add<Failure: Error>(
        _ utf8: [UInt8], check: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        while start < utf8.count {
            let stretchEnd = preTokenizer.stretchEnd(in: utf8.span, from: start, to: utf8.count)
            let ends = preTokenizer.wordEnds(in: utf8.span, start..<stretchEnd)
            try grow(words: ends.count, bytes: stretchEnd - start, check)
            for end in ends {
                add(utf8, start..<end, times: 1)
                start = end
            }
        }
    }

    /// Adds what was counted elsewhere, with the same rule.
    public mutating func add(_ other: WordCounts) { add(other, check: { _ in }) }

    /// Adds what was counted elsewhere, with the same rule.
    ///
    /// - Parameter check: as above.
    package mutating func add<Failure: Error>(
        _ other: WordCounts, check: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        if isEmpty {
            self = other
            return
        }
        try grow(words: other.counts.count, bytes: other.words.bytes.count, check)
        for (index, count) in other.counts.enumerated() {
            add(other.words.bytes, other.words.range(of: index), times: count)
        }
    }

    /// Makes room for as many new words as there may be, if there is memory for it.
    private mutating func grow<Failure: Error>(
        words count: Int, bytes: Int, _ check: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        let growth = words.growth(entries: count, bytes: bytes) + counts.growth(count)
        try check(growth)
        guard growth > 0 else { return }
        words.grow(entries: count, bytes: bytes)
        counts.grow(count)
    }

    private mutating func add(_ bytes: [UInt8], _ range: Range<Int>, times: Int) {
        if let known = words.find(bytes, range) {
            counts[Int(known)] += times
        } else {
            words.add(bytes[range])
            counts.append(times)
        }
    }
}
