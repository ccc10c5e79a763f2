import TestSupport
import Testing

@testable import TextTokens

struct SentencePieceTests {
    private static let pieces: [(text: String, score: Double)] = [
        (" ", -1), ("a", -2), ("b", -3), ("c", -4), ("ab", -10), ("bc", -5), (" a", -20), ("  ", -6), (" abcd", -30),
        ("é", -7),
    ]

    @Test func theBestScoreMergesFirst() throws {
        let tokenizer = try Tokenizer(TinyVocabulary.sentencePiece(Self.pieces))
        #expect(try tokenizer.pieces("abc") == [" a", "bc"])
        #expect(try tokenizer.pieces("ab") == [" ", "ab"])
        #expect(try tokenizer.pieces("  abc") == ["  ", " a", "bc"])
    }

    @Test func aSpaceStandsBeforeTheTextAndAfterSpecialTokens() throws {
        var definition = TinyVocabulary.sentencePiece(Self.pieces)
        #expect(try Tokenizer(definition).encode("a") == [1, 265])
        let parsed = try Tokenizer(definition).pieces("a</s>a", parsingSpecialTokens: true)
        #expect(parsed == [" a", "</s>", " a"])
        definition.addsSpacePrefix = false
        definition.addsBeginningOfText = false
        #expect(try Tokenizer(definition).pieces("a</s>a", parsingSpecialTokens: true) == ["a", "</s>", "a"])
        #expect(try Tokenizer(definition).encode("") == [])
    }

    @Test func whatNoTokenSaysIsSaidInBytes() throws {
        let tokenizer = try Tokenizer(TinyVocabulary.sentencePiece(Self.pieces))
        let bytes: [Int32] = [13, 231, 187, 176]  // U+000A and U+4E2D, offset by the three tokens before the bytes
        #expect(try tokenizer.encode("é\n中", addingSpecialTokens: false) == [259, 268] + bytes)
        #expect(try tokenizer.encode([0xFF, 0x61], addingSpecialTokens: false) == [259, 258, 260])
    }

    @Test func spaceMarksAreSpaces() throws {
        let tokenizer = try Tokenizer(TinyVocabulary.sentencePiece(Self.pieces))
        #expect(try tokenizer.encode("\u{2581}a") == tokenizer.encode(" a"))
    }

    @Test func controlTokensAreNotMergedFromText() throws {
        let pieces: [(String, Double)] = [("<", -1), ("/", -2), ("s", -3), (">", -4), ("</", -5), ("s>", -6)]
        let tokenizer = try Tokenizer(TinyVocabulary.sentencePiece(pieces))
        #expect(try !tokenizer.encode("</s>", addingSpecialTokens: false).contains(2))
        #expect(try tokenizer.encode("</s>", addingSpecialTokens: false, parsingSpecialTokens: true) == [2])
    }

    @Test func tokensThatJoinWordsStillMerge() throws {
        let pieces: [(String, Double)] = [(" ", -1), ("a", -2), ("b", -3), ("a b", -4), ("a ", -5)]
        let tokenizer = try Tokenizer(TinyVocabulary.sentencePiece(pieces))
        #expect(try tokenizer.pieces("a b") == [" ", "a b"])
    }

    @Test func decodingTakesThePrefixSpaceAwayAgain() throws {
        let tokenizer = try Tokenizer(TinyVocabulary.sentencePiece(Self.pieces))
        for text in ["", " ", "  ", "abc", " abc  b", "é\n中"] {
            let ids = try tokenizer.encode(text)
            #expect(tokenizer.decode(ids) == text)
            #expect(tokenizer.decode(ids.dropFirst(), continuingText: true) == (text.isEmpty ? "" : " " + text))
        }
        #expect(tokenizer.decode([1, 265], skippingSpecialTokens: false) == "<s> a")
    }
}
