import TestSupport
import Testing

@testable import TextTokens

@Suite("Splitting text into words by stretches")
struct StretchTests {
    /// All scanners.
    private static let preTokenizers =
        NamedPreTokenizer.all.compactMap { try? PreTokenizer(steps: $0.steps) }
        .filter(\.onlyScans) + [.spacesWithWord, .none]

    private func text(_ random: inout SeededGenerator) -> [UInt8] {
        let pieces = [
            "a", "Z", "don't", "'LL", " ", " ", " ", "  ", "\n", "\r\n", "\t", "7", "1234", ".", "!?", "$", "é", "ſ",
            "中文", "ア", "\u{A0}", "\u{3000}", "٣", "½", "🦙", "_",
        ]
        let count = Int.random(in: 0...60, using: &random)
        var bytes = (0..<count).flatMap { _ in Array((pieces.randomElement(using: &random) ?? "").utf8) }
        // Byte-level vocabularies also encode invalid UTF-8.
        if Bool.random(using: &random), !bytes.isEmpty {
            bytes.insert(0xE2, at: Int.random(in: 0..<bytes.count, using: &random))
        }
        return bytes
    }

    @Test(arguments: preTokenizers.indices) func areThoseOfTheWholeText(index: Int) {
        let preTokenizer = Self.preTokenizers[index]
        var random = SeededGenerator(seed: UInt64(index))
        var cuts = 0
        for _ in 0..<400 {
            let text = text(&random)
            for length in [1, 2, 9] {
                var ends: [Int] = []
                var start = 0
                while start < text.count {
                    let end = preTokenizer.stretchEnd(in: text.span, from: start, to: text.count, length: length)
                    ends += preTokenizer.wordEnds(in: text.span, start..<end)
                    cuts += end < text.count ? 1 : 0
                    start = end
                }
                let whole = preTokenizer.wordEnds(in: text.span, text.indices)
                #expect(ends == whole, "\(String(decoding: text, as: UTF8.self).debugDescription), \(length)")
            }
        }
        #expect((cuts > 100) == !preTokenizer.steps.isEmpty)
        #expect(Self.preTokenizers.count > 14)
    }

    @Test func aLongTextIsEncodedAsItsWords() throws {
        let tokenizer = try Tokenizer(
            TinyVocabulary.byteLevel("llama-bpe", merges: [" ¦t", "h¦e"], userDefined: ["<x>"]))
        let line = "the cat, 12345 the<x> dogs'll  the\n"
        let text = String(repeating: line, count: 2 * PreTokenizer.stretch / line.utf8.count + 1)
        let one = try tokenizer.encode(line)
        #expect(
            try tokenizer.encode(text) == Array(repeating: one, count: text.utf8.count / line.utf8.count).flatMap { $0 }
        )
        // Encoding can be stopped between two stretches.
        var asked: [Int] = []
        let stopped = try tokenizer.encode(Array(text.utf8)) { done in
            asked.append(done)
            return done < PreTokenizer.stretch
        }
        #expect(stopped == nil)
        #expect(asked.last ?? 0 >= PreTokenizer.stretch && asked.last ?? 0 < text.utf8.count)
    }
}
