import TestSupport
import Testing

@testable import TextTokens

struct UnigramTests {
    private struct Golden: Decodable {
        struct Model: Decodable {
            var tokenizer: String
            var ids: [[Int32]]
            var decoded: [String]
        }

        var texts: [String]
        var tokenizers: [String: Model]
    }

    @Test(arguments: ["unigram", "unigram-bytes"]) func tokensAreThoseOfTheReference(_ name: String) throws {
        let golden: Golden = try Goldens.json("unigram.json")
        let model = try #require(golden.tokenizers[name])
        let tokenizer = try Tokenizer(TokenizerDefinition(json: Array(model.tokenizer.utf8)))
        for (index, text) in golden.texts.enumerated() {
            let ids = try tokenizer.encode(text, addingSpecialTokens: false, parsingSpecialTokens: true)
            #expect(ids == model.ids[index], "\(text.debugDescription)")
            #expect(
                tokenizer.decode(ids, skippingSpecialTokens: false) == model.decoded[index], "\(text.debugDescription)")
        }
    }

    private static func definition(_ pieces: [(text: String, score: Double)]) -> TokenizerDefinition {
        var definition = TokenizerDefinition(model: .unigram, tokens: ["<unk>"] + pieces.map(\.text))
        definition.kinds = [TokenKind.unknown.rawValue] + pieces.map { _ in TokenKind.normal.rawValue }
        definition.scores = [0] + pieces.map(\.score)
        definition.unknown = 0
        definition.normalizer = []
        definition.wholeTokenRule = .leftmost
        return definition
    }

    /// Compares scores, since several sequences may have the best one.
    @Test(arguments: 0..<20) func noSequenceHasAHigherScore(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let letters = ["a", "é", "中", "b"]
        var pieces: [String: Double] = [:]
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            let length = Int.random(in: 1...4, using: &random)
            let piece = (0..<length).map { _ in letters.randomElement(using: &random) ?? "a" }.joined()
            pieces[piece] = Double(Int.random(in: -20...0, using: &random))
        }
        let sorted = pieces.sorted { $0.key < $1.key }.map { (text: $0.key, score: $0.value) }
        let tokenizer = try Tokenizer(Self.definition(sorted))
        let unknown = (sorted.map(\.score) + [0]).min().map { $0 - 10 } ?? 0
        for length in [1, 2, 3, 5, 9, 40] {
            let text = (0..<length).map { _ in letters.randomElement(using: &random) ?? "a" }
            let ids = try tokenizer.encode(text.joined(), addingSpecialTokens: false)
            // One unknown token stands for several characters.
            let known = ids.filter { $0 > 0 }
            let covered = known.reduce(0) { $0 + sorted[Int($1) - 1].text.count }
            let score = known.reduce(0) { $0 + sorted[Int($1) - 1].score } + Double(length - covered) * unknown
            #expect(score == bestScore(text, pieces, unknown), "\(text)")
        }
    }

    private func bestScore(_ text: [String], _ pieces: [String: Double], _ unknown: Double) -> Double {
        var best = [0.0] + [Double](repeating: -.infinity, count: text.count)
        for end in 1...text.count {
            for start in 0..<end {
                let piece = text[start..<end].joined()
                guard let score = pieces[piece] ?? (end - start == 1 ? unknown : nil) else { continue }
                best[end] = max(best[end], best[start] + score)
            }
        }
        return best[text.count]
    }

    @Test func longTextsAreEncodedInParts() throws {
        let tokenizer = try Tokenizer(Self.definition([("a", -2), ("aa", -3), ("b", -1)]))
        let text = String(repeating: "aab?", count: 5000)
        let ids = try tokenizer.encode(text, addingSpecialTokens: false)
        #expect(ids == (0..<5000).flatMap { _ in [2, 3, 0] as [Int32] })
        // One unknown token, although the text is encoded in parts.
        #expect(try tokenizer.encode(String(repeating: "?", count: 20_000), addingSpecialTokens: false) == [0])
    }

    @Test func inconsistentModelsAreRefused() {
        var definition = Self.definition([("a", -1), ("b", .nan)])
        #expect(throws: TokenizerError.self) { try Tokenizer(definition) }
        definition.scores = [0, -1, -2]
        #expect(throws: Never.self) { try Tokenizer(definition) }
        definition.unknown = nil
        #expect(throws: TokenizerError.self) { try Tokenizer(definition) }
        definition.unknown = 0
        definition.scores = nil
        #expect(throws: TokenizerError.self) { try Tokenizer(definition) }
        definition.scores = [0, -1, -2, -3]
        #expect(throws: TokenizerError.self) { try Tokenizer(definition) }
        #expect(throws: TokenizerError.self) { try Tokenizer(Self.definition([("a\0", -1)])) }
    }
}
