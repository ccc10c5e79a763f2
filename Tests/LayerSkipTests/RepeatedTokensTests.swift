import LayerSkip
import TestSupport
import Testing

/// The number of tokens that continue a repeated 12-gram.
@Suite struct RepeatedTokensTests {
    /// Compares every pair of places, token by token.
    private func naiveCount(_ tokens: [Token], from start: Int) -> Int {
        var count = 0
        for place in max(start, 12)..<max(start, 12, tokens.count) {
            let isRepeated = (12..<max(12, place)).contains { earlier in
                (0...12).allSatisfy { tokens[earlier - $0] == tokens[place - $0] }
            }
            if isRepeated { count += 1 }
        }
        return count
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func theNaiveCountIsTheSame(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tokens: [Token] = []
        while tokens.count < 150 {
            if tokens.count > 20, Bool.random(using: &random) {
                // A copy of an earlier part, which may overlap its end.
                let start = Int.random(in: 0..<tokens.count - 12, using: &random)
                for offset in 0..<Int.random(in: 8..<30, using: &random) { tokens.append(tokens[start + offset]) }
            } else {
                tokens.append(Token.random(in: 0..<3, using: &random))
            }
        }
        for start in [0, 5, 12, 13, 40, 100, tokens.count] {
            let count = naiveCount(tokens, from: start)
            #expect(tokens.repeatedCount(from: start) == count, "from \(start)")
            #expect(start > 40 || count > 0)
        }
    }

    @Test func shortTextsRepeatNothing() {
        for count in 0...13 { #expect(Array(repeating: 7 as Token, count: count).repeatedCount(from: 0) == 0) }
        #expect(Array(repeating: 7 as Token, count: 14).repeatedCount(from: 0) == 1)
    }

    /// Twelve tokens as before are not enough: the token after them must be as before, too.
    @Test func theTokenItselfIsRepeated() {
        let words = Array(0..<12 as Range<Token>)
        #expect((words + [50] + words + [51]).repeatedCount(from: 0) == 0)
        #expect((words + [50] + words + [50]).repeatedCount(from: 0) == 1)
        #expect((words + [50] + words + [50]).repeatedCount(from: 26) == 0)
    }
}
