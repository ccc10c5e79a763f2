import Testing

@testable import TextTokens

@Suite("Word counts and the memory they take")
struct WordCountsTests {
    private struct TooMuch: Error {}

    /// Text in which each word except the first, which no space precedes, occurs once.
    private func text(words: Range<Int>) -> [UInt8] { Array(words.map { " w\($0)x" }.joined().utf8) }

    @Test func growthIsAskedForBeforeItHappens() throws {
        var words = try WordCounts(preTokenizer: "gpt-2")
        var asked: [Int] = []
        words.add(text(words: 0..<20000)) { asked.append($0) }
        #expect(words.distinctCount == 3 * 20000 - 20000 + 10 || words.distinctCount > 20000)
        #expect(asked.contains(0) && asked.contains { $0 > 0 })
        // Each table's whole new size is requested when it grows, so the last growth of each makes up most of the
        // total.
        #expect(asked.reduce(0, +) > words.words.bytes.count + 16 * words.distinctCount)
    }

    @Test func withoutMemoryItStopsWhereItIs() throws {
        var words = try WordCounts(preTokenizer: "gpt-2")
        let check: (Int) throws(TooMuch) -> Void = { (bytes) throws(TooMuch) in
            if bytes > 1 << 20 { throw TooMuch() }
        }
        #expect(throws: TooMuch.self) { try words.add(text(words: 0..<50000), check: check) }
        #expect(words.distinctCount > 4096 && words.distinctCount < 60000)
        // Known words are counted without new memory.
        let before = words.distinctCount
        try words.add(text(words: 0..<100), check: check)
        #expect(words.distinctCount == before)
    }

    @Test func partsAreAddedAsIfCountedTogether() throws {
        var parts = try WordCounts(preTokenizer: "gpt-2")
        var whole = parts
        for range in [0..<10, 5..<6000, 0..<3] {
            var part = try WordCounts(preTokenizer: "gpt-2")
            part.add(text(words: range))
            parts.add(part)
            whole.add(text(words: range))
        }
        #expect(parts.counts == whole.counts)
        #expect(parts.words.bytes == whole.words.bytes)
        #expect(
            (0..<parts.distinctCount).allSatisfy {
                parts.words.find(parts.words.bytes, parts.words.range(of: $0)) == Int32($0)
            })
    }
}
