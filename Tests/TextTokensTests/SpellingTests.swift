import Testing

@testable import TextTokens

@Suite("Special tokens that a text spells out")
struct SpellingTests {
    private func first(_ text: String, _ special: [String], ordinary: [String] = []) -> String? {
        SpecialTokenSpelling(of: special, ordinary: ordinary).first(in: Array(text.utf8))
    }

    @Test func theFirstIsFound() {
        // The tokens begin with the same byte, or with different ones.
        for special in [["<|a|>", "<s>"], ["<|a|>", "<s>", "[I]", "é!"]] {
            #expect(first("x <|b|> <|a|> <s>", special) == "<|a|>")
            #expect(first("<s", special) == nil)
            #expect(first("", special) == nil)
            #expect(first("<<s>", special) == "<s>")
            #expect(first("[I]<s>", special) == (special.contains("[I]") ? "[I]" : "<s>"))
        }
        #expect(first("é é!", ["[I]", "é!"]) == "é!")
        #expect(first("<s>", []) == nil)
    }

    @Test func theLongestOfThoseAtOnePlaceIsFound() {
        #expect(first("a<s>b", ["<s", "<s>", "s>b"]) == "<s>")
    }

    @Test func whatEveryTextMayHoldDoesNotCount() {
        #expect(first("a <s>b", ["<s>"], ordinary: ["<s>b", "  "]) == nil)
        #expect(first("a <s>b <s>", ["<s>"], ordinary: ["<s>b", "  "]) == "<s>")
    }

    @Test func tokenizersAndTrainersKnowTheirSpecialTokens() throws {
        let definition = TinyVocabulary.byteLevel("gpt-2", control: ["<|end|>"], userDefined: ["<p>"])
        let text = Array("<p> <|end|>".utf8)
        #expect(try Tokenizer(definition).spelling.first(in: text) == "<|end|>")
        let trainer = try TokenizerTrainer(vocabularySize: 300, specialTokens: ["<|start|>", "<|end|>"])
        #expect(trainer.spelling.first(in: text) == "<|end|>")
    }
}
