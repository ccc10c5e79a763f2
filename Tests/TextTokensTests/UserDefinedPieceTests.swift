import TestSupport
import TextTokens
import Testing

/// User-defined tokens with spaces in SentencePiece vocabularies. The expected ids are llama.cpp's.
struct UserDefinedPieceTests {
    /// A vocabulary of `<unk>`, `<s>`, `</s>`, the token to test, `a`, the 256 bytes, ` ` and ` a`.
    private func tokenizer(_ token: String) throws -> Tokenizer {
        let bytes = TinyVocabulary.sentencePiece([]).tokens.dropFirst(3)
        var definition = TokenizerDefinition(
            model: .scored, tokens: ["<unk>", "<s>", "</s>", token, "a"] + bytes + ["\u{2581}", "\u{2581}a"])
        definition.scores = [Double](repeating: 0, count: 261) + [-1, -2]
        definition.kinds = [2, 3, 3, 4, 1] + [Int32](repeating: 6, count: 256) + [1, 1]
        return try Tokenizer(definition)
    }

    @Test func spaceMarksMergeLikeSpaces() throws {
        let tokenizer = try tokenizer("\u{2581}\u{2581}")
        #expect(try tokenizer.encode("a  a") == [1, 262, 3, 4])
        #expect(tokenizer.decode([1, 262, 3, 4]) == "a  a")
    }

    @Test func spacesAreMatchedInTheTextAlone() throws {
        let tokenizer = try tokenizer("  ")
        #expect(try tokenizer.encode(" a") == [1, 261, 262])
        #expect(try tokenizer.encode("a   a") == [1, 262, 3, 261, 262])
    }
}
