import Testing

@testable import TextTokens

/// Texts that cannot be split must not take quadratic time. A megabyte, which would take an hour, takes a second. Debug
/// builds use a tenth of that.
struct LongTextTests {
    private static let length = isOptimized ? 1_000_000 : 100_000

    @Test(.timeLimit(.minutes(10)), arguments: ["a", " ", "\n", "é", "\u{3000}", "1", "!", " \t", "'s", "<|x"])
    func muchOneThing(_ unit: String) throws {
        let merges = ["a¦a", "aa¦aa", "aaaa¦aaaa", " ¦ ", "  ¦  ", "1¦1"]
        let text = String(repeating: unit, count: Self.length / unit.utf8.count)
        for name in ["smollm", "llama-bpe", "deepseek-llm"] {
            let definition = TinyVocabulary.byteLevel(name, merges: merges, control: ["<|xy|>"], userDefined: ["<|<|"])
            let tokenizer = try Tokenizer(definition)
            let ids = try tokenizer.encode(text, parsingSpecialTokens: true)
            #expect(tokenizer.decode(ids) == text)
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: ["a", " ", "é", "ab "])
    func muchOneThingInSentencePiece(_ unit: String) throws {
        let pieces: [(String, Double)] = [(" ", -1), ("a", -2), ("aa", -3), ("aaaa", -4), ("  ", -5), ("ab", -6)]
        let text = String(repeating: unit, count: Self.length / unit.utf8.count)
        for joining in [[], [("b a", Double(-7))]] {
            let tokenizer = try Tokenizer(TinyVocabulary.sentencePiece(pieces + joining))
            #expect(try tokenizer.decode(tokenizer.encode(text)) == text)
        }
    }

    @Test(.timeLimit(.minutes(10))) func muchSpecialTokens() throws {
        let tokenizer = try Tokenizer(TinyVocabulary.byteLevel("smollm", userDefined: ["ab", "ba", "a", "aba"]))
        let text = String(repeating: "ab", count: Self.length / 2)
        #expect(try tokenizer.decode(tokenizer.encode(text)) == text)
    }
}
