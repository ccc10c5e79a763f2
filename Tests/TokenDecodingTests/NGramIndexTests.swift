import LanguageModels
import TestSupport
import Testing

@testable import TokenDecoding

/// The index finds what a search of the whole text finds.
@Suite struct NGramIndexTests {
    /// The latest place before which the most tokens, up to 8, equal the text's last ones; then all equal ones before
    /// it, up to 32.
    static func search(_ tokens: [Token]) -> (next: Int, length: Int)? {
        func equal(_ next: Int) -> Int {
            zip(tokens[..<next].reversed(), tokens.reversed()).prefix { $0 == $1 }.count
        }
        let places = (0..<tokens.count).dropFirst().map { (next: $0, length: equal($0)) }
        guard let longest = places.map({ min(8, $0.length) }).max(), longest > 0 else { return nil }
        let place = places.last { $0.length >= longest }
        return place.map { ($0.next, min(32, $0.length)) }
    }

    @Test(arguments: [2, 3, 10, 300] as [Token])
    func sameAsASearch(vocabularySize: Token) {
        var random = SeededGenerator(seed: UInt64(vocabularySize))
        for _ in 0..<20 {
            var index = NGramIndex()
            var tokens: [Token] = []
            while tokens.count < 300 {
                // Repetitions of earlier parts give long matches.
                if tokens.count > 60, random.chance(0.05) {
                    let start = random.int(0...tokens.count - 50)
                    tokens += tokens[start..<start + random.int(1...50)]
                }
                tokens += random.tokens(1, vocabularySize: Int(vocabularySize))
                while index.count + 1 < tokens.count { index.addNext(tokens) }
                let found = index.match(tokens, end: tokens.count)
                let expected = Self.search(tokens)
                #expect(found?.next == expected?.next && found?.length == expected?.length)
            }
        }
    }

    @Test func anEmptyIndexFindsNothing() {
        var index = NGramIndex()
        #expect(index.match([1, 1, 1], end: 3) == nil)
        index.addNext([1, 1])
        #expect(index.match([1, 1], end: 2)?.next == 1)
        index.removeAll()
        #expect(index.count == 0 && index.match([1, 1], end: 2) == nil)
    }
}
