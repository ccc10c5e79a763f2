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
    /// How many different words there are.
    public var distinctCount: Int { counts.count }

    /// Counts the words of a text in UTF-8.
    public mutating func add(_ utf8: [UInt8]) {
        var start = 0
        for end in preTokenizer.wordEnds(in: utf8.span, utf8.indices) {
            add(utf8, start..<end, times: 1)
            start = end
        }
    }

    /// Adds what was counted elsewhere, with the same rule.
    public mutating func add(_ other: WordCounts) {
        for (index, count) in other.counts.enumerated() {
            add(other.words.bytes, other.words.range(of: index), times: count)
        }
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
