/// The count of each word in a corpus: all that a tokenizer's trainer needs to know about it.
///
/// Parts of a corpus may be counted in parallel and then added in any order.
public struct WordCounts: Sendable {
    private let preTokenizer: PreTokenizer
    private(set) var words = ByteStringTable(minimumCapacity: 1 << 12)
    private(set) var counts: [Int] = []

    /// Creates empty counts.
    ///
    /// - Parameter name: the rule that splits text into words, by llama.cpp's name.
    /// - Throws: ``TokenizerError/unsupportedPreTokenizer(found:known:)``.
    public init(preTokenizer name: String) throws(TokenizerError) {
        preTokenizer = try NamedPreTokenizer.known(name).preTokenizer
        guard preTokenizer.onlyScans else {
            throw .unsupportedPreTokenizer(found: name, known: NamedPreTokenizer.scanned)
        }
    }

    /// Whether there are no words.
    public var isEmpty: Bool { counts.isEmpty }
    /// The memory in bytes that a trainer needs to learn from these words: symbols, pieces, and each pair's list of
    /// words.
    package var learningByteCount: Int { 24 * words.bytes.count + 64 * counts.count }
    /// The number of distinct words.
    public var distinctCount: Int { counts.count }

    /// Counts the words of a text in UTF-8.
    public mutating func add(_ utf8: [UInt8]) { add(utf8, check: { _ in }) }

    /// Counts the words of a UTF-8 text, one stretch at a time.
    ///
    /// - Parameter check: called before each stretch with the number of bytes that may be allocated for it, often 0. It
    ///   throws to stop there.
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

    /// Adds other counts, which must use the same rule.
    public mutating func add(_ other: WordCounts) { add(other, check: { _ in }) }

    /// Adds other counts, which must use the same rule.
    ///
    /// - Parameter check: called with the number of bytes that may be allocated; throws to stop.
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

    /// Reserves capacity for the maximum number of new words, if `check` allows it.
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
