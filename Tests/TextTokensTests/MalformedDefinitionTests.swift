import Testing

@testable import TextTokens

struct MalformedDefinitionTests {
    @Test func unknownKindsAreNamed() throws {
        let definition = TinyVocabulary.byteLevel("gemma4")
        let error = #expect(throws: TokenizerError.self) { try Tokenizer(definition) }
        #expect(error?.description.contains("found \"gemma4\"") == true)
        #expect(error?.description.contains("smollm") == true)
    }

    @Test func missingAndMismatchedTables() throws {
        let good = TinyVocabulary.byteLevel("smollm")
        var bad = good
        bad.merges = nil
        fails(bad, .missing(table: "tokenizer.ggml.merges", model: "gpt2"))
        bad = good
        bad.tokens = []
        fails(bad, .missing(table: "tokenizer.ggml.tokens", model: "gpt2"))
        bad = good
        bad.kinds?.removeLast()
        fails(bad, .wrongCount(table: "tokenizer.ggml.token_type", expected: 256, found: 255))
        var pieces = TinyVocabulary.sentencePiece([])
        pieces.scores?.append(0)
        fails(pieces, .wrongCount(table: "tokenizer.ggml.scores", expected: 259, found: 260))
        pieces.scores = nil
        fails(pieces, .missing(table: "tokenizer.ggml.scores", model: "llama"))
    }

    @Test(arguments: ["", " ", "ab", " a", "a ", "a b c", "a 中", "é\u{0} b", "\u{7F} b", "a\tb"])
    func malformedMerges(_ merge: String) {
        var definition = TinyVocabulary.byteLevel("smollm")
        definition.merges = [merge]
        fails(definition, .malformedMerge(index: 0, found: merge))
    }

    @Test func idsOutOfRange() {
        for id in [Int32.min, -1, 256, .max] {
            var definition = TinyVocabulary.byteLevel("smollm")
            definition.endOfText = id
            fails(definition, .idOutOfRange(name: "tokenizer.ggml.eos_token_id", found: id, vocabularySize: 256))
        }
        var definition = TinyVocabulary.byteLevel("smollm")
        definition.otherEnds = [-1]
        fails(definition, .idOutOfRange(name: "tokenizer.ggml.eot_token_id", found: -1, vocabularySize: 256))
        // A model's row without a token may end a text.
        definition.otherEnds = [256]
        #expect(throws: Never.self) { try Tokenizer(definition) }
    }

    @Test func tokensOfAbsurdLength() {
        var definition = TinyVocabulary.sentencePiece([(String(repeating: "a", count: 5000), -1)])
        fails(definition, .tokenTooLong(id: 259, limit: 4096, found: 5000))
        definition.tokens = ["a"]
        definition.scores = [0]
        definition.kinds = [1]
        #expect(throws: Never.self) { try Tokenizer(definition) }
    }

    @Test func oddButHarmlessTables() throws {
        var definition = TinyVocabulary.byteLevel("smollm", merges: ["a¦b", "a¦b"])
        definition.tokens += ["", "ab", "中 not byte-level", "<0x41>"]
        definition.kinds? += [1, 4, 99, 6]
        let tokenizer = try Tokenizer(definition)
        #expect(try tokenizer.encode("ab", parsingSpecialTokens: true) == [259])
        #expect(tokenizer.decode([258, 260, 261]) == "中 not byte-levelA")
        var pieces = TinyVocabulary.sentencePiece([(" ", -2), ("a", .nan), ("", -1), ("a", 3), ("aa", .infinity)])
        pieces.merges = ["ignored"]
        #expect(try Tokenizer(pieces).pieces("aaa").joined() == " aaa")
    }

    @Test func noKindsMeansAllNormal() throws {
        var definition = TinyVocabulary.byteLevel("smollm", control: ["<|endoftext|>", "<x>"])
        definition.kinds = nil
        let tokenizer = try Tokenizer(definition)
        #expect(tokenizer.isSpecial(256) && !tokenizer.isSpecial(257))
    }

    private func fails(_ definition: TokenizerDefinition, _ expected: TokenizerError) {
        let error = #expect(throws: TokenizerError.self) { try Tokenizer(definition) }
        #expect(error == expected)
        #expect(error?.description.isEmpty == false)
    }
}
