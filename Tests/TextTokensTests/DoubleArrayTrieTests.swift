import TestSupport
import Testing

@testable import TextTokens

struct DoubleArrayTrieTests {
    @Test(arguments: [1, 10, 300, 5000]) func keysHaveTheirValues(count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        var values: [[UInt8]: Int] = [:]
        for value in 0..<count {
            let key = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                UInt8.random(in: count < 1000 ? 1...255 : 97...110, using: &random)
            }
            values[key] = value
        }
        let trie = DoubleArrayBuilder.trie(values.map { ($0.key[...], $0.value) })
        #expect(trie.firstInvalidUnit { $0 < count } == nil)
        for (key, value) in values {
            let found = trie.longestMatch(in: key.span, from: 0)
            #expect(found?.length == key.count && found?.value == value)
        }
        for _ in 0..<1000 {
            let text = (0..<12).map { _ in UInt8.random(in: count < 1000 ? 0...255 : 96...111, using: &random) }
            let expected = (1...8).last { values[Array(text.prefix($0))] != nil }
            #expect(trie.longestMatch(in: text.span, from: 0)?.length == expected)
        }
    }

    @Test func ofEqualKeysTheHighestValueCounts() {
        let trie = DoubleArrayBuilder.trie([([97], 3), ([97], 7), ([97], 5), ([], 9)])
        #expect(trie.longestMatch(in: [97, 98].span, from: 0)?.value == 7)
        #expect(trie.longestMatch(in: [98].span, from: 0) == nil)
        #expect(DoubleArrayBuilder.trie([]).longestMatch(in: [97].span, from: 0) == nil)
    }

    @Test func damagedUnitsAreHarmless() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<FuzzInputs.count(300) {
            let units = (0..<Int.random(in: 0...64, using: &random)).map { _ in
                UInt32.random(in: 0 ... .max, using: &random)
            }
            let trie = DoubleArrayTrie(units: units)
            let text = (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect((trie.longestMatch(in: text.span, from: 0)?.length ?? 0) <= 20)
        }
    }
}
