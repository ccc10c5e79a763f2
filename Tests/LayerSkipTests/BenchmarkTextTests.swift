import LayerSkip
import Testing

/// How given texts are cut into prompts and replayed tokens.
@Suite struct BenchmarkTextTests {
    private func replay(_ count: Int, maxTokens: Int = 128, contextLength: Int = 512) -> [Range<Token>]? {
        let text = Array(0..<Token(count))
        let cut = BenchmarkText(replaying: text[...], maxTokens: maxTokens, contextLength: contextLength, after: [900])
        guard let cut, let replayed = cut.replayed, cut.prompt.first == 900 else { return nil }
        let ends = [cut.prompt.count - 1, cut.prompt.count - 1 + replayed.count]
        #expect(cut.prompt.dropFirst() + replayed == text.prefix(ends[1]))
        return [0..<Token(ends[0]), Token(ends[0])..<Token(ends[1])]
    }

    @Test func theFirstTokensAreThePrompt() {
        #expect(replay(1000) == [0..<64, 64..<192])
        #expect(replay(150) == [0..<64, 64..<150])
        #expect(replay(1000, maxTokens: 5) == [0..<64, 64..<69])
        #expect(replay(1000, maxTokens: .max) == [0..<64, 64..<511])
    }

    @Test func halfOfAShortTextIsThePrompt() {
        #expect(replay(100) == [0..<50, 50..<100])
        #expect(replay(20, maxTokens: 15) == [0..<10, 10..<20])
        #expect(replay(20, maxTokens: 8) == [0..<12, 12..<20])
        #expect(replay(3) == [0..<1, 1..<3])
        #expect(replay(1000, contextLength: 21) == [0..<10, 10..<20])
        for count in 0..<2 { #expect(replay(count) == nil) }
        for context in 0..<3 { #expect(replay(1000, contextLength: context) == nil) }
    }

    @Test(arguments: [(1000, 128, 512), (1000, 10, 512), (1000, 128, 30), (193, 128, 512), (70, 3, 512), (1, 5, 512)])
    func aLongTextIsCutIntoConsecutiveOnes(count: Int, maxTokens: Int, contextLength: Int) {
        let text = Array(0..<Token(count))
        let cuts = BenchmarkText.replays(
            of: text, maxTokens: maxTokens, contextLength: contextLength, after: [900, 901])
        let parts = cuts.map { $0.prompt.dropFirst(2) + ($0.replayed ?? []) }
        #expect(cuts.allSatisfy { $0.prompt.starts(with: [900, 901]) && $0.prompt.count > 2 })
        #expect(cuts.allSatisfy { (1...maxTokens).contains($0.replayed?.count ?? 0) })
        #expect(cuts.allSatisfy { $0.prompt.count + ($0.replayed?.count ?? 0) <= contextLength })
        let joined = Array(parts.joined())
        #expect(joined == Array(text.prefix(joined.count)) && text.count - joined.count <= 1)
    }
}
