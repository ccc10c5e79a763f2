import TestSupport
import Testing

@testable import TextTokens

struct ByteLevelTests {
    @Test func mergesInTheOrderOfTheList() throws {
        let merges = ["a¦b", "b¦c", "ab¦c", " ¦t", " t¦he", "h¦e"]
        let tokenizer = try Tokenizer(TinyVocabulary.byteLevel("gpt-2", merges: merges))
        #expect(try tokenizer.pieces("abc") == ["abc"])
        #expect(try tokenizer.pieces("bcabc") == ["bc", "abc"])
        #expect(try tokenizer.pieces("the the") == ["t", "he", " the"])
        #expect(try tokenizer.encode("abc") == [258])
    }

    @Test func equalRanksMergeFromTheLeft() throws {
        let tokenizer = try Tokenizer(TinyVocabulary.byteLevel("gpt-2", merges: ["a¦a", "aa¦aa"]))
        #expect(try tokenizer.pieces("aaaaaaa") == ["aaaa", "aa", "a"])
        #expect(try tokenizer.pieces("aaa") == ["aa", "a"])
    }

    @Test func mergesMayPassThroughStringsThatAreNoTokens() throws {
        var definition = TinyVocabulary.byteLevel("gpt-2", merges: ["a¦b", "ab¦c"])
        definition.tokens[256] = "something else"
        let tokenizer = try Tokenizer(definition)
        #expect(try tokenizer.pieces("abc ab") == ["abc", " ", "a", "b"])
    }

    @Test func wholeWordsWinWhereThePreTokenizerSaysSo() throws {
        let tokens = TinyVocabulary.byteLevel("llama-bpe", merges: ["a¦b", "c¦d"])
        var definition = tokens
        definition.tokens.append("abcd")
        definition.kinds?.append(1)
        #expect(try Tokenizer(definition).pieces("abcd abcd") == ["abcd", " ", "ab", "cd"])
        definition.preTokenizer = "dbrx"
        #expect(try Tokenizer(definition).pieces("abcd") == ["ab", "cd"])
    }

    @Test func allTextComesBack() throws {
        var random = SeededGenerator(seed: 7)
        let letters = Array("aAé中🦙 \n\t'sS3½\u{3000}\u{200B}\u{301}<|im_end|>\u{2581}").map(String.init)
        for name in ["gpt-2", "smollm", "llama-bpe", "qwen2", "deepseek-llm", "deepseek-coder", "default"] {
            let tokenizer = try Tokenizer(TinyVocabulary.byteLevel(name, merges: ["a¦A", " ¦ ", "<¦|", "'¦s"]))
            for length in 0..<60 {
                let text = (0..<length).map { _ in letters.randomElement(using: &random) ?? "" }.joined()
                let ids = try tokenizer.encode(text, parsingSpecialTokens: Bool.random(using: &random))
                #expect(tokenizer.decode(ids) == text)
            }
        }
    }

    @Test func invalidBytesComeBackToo() throws {
        var random = SeededGenerator(seed: 8)
        let tokenizer = try Tokenizer(TinyVocabulary.byteLevel("smollm", merges: ["a¦b"]))
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(try tokenizer.encode(bytes).flatMap { tokenizer.bytes(of: $0) } == bytes)
        }
    }

    @Test func bytesWithoutTokenBecomeUnknownOrNothing() throws {
        var definition = TokenizerDefinition(model: .byteLevel, tokens: ["a", "b", "<unk>"])
        definition.merges = []
        definition.kinds = [1, 1, 2]
        #expect(try Tokenizer(definition).encode("a!b") == [0, 1])
        definition.unknown = 2
        #expect(try Tokenizer(definition).encode("a!b") == [0, 2, 1])
    }

    @Test func beginsAndEndsAsTheDefinitionSays() throws {
        var definition = TinyVocabulary.byteLevel("llama-bpe", control: ["<s>", "</s>"])
        definition.beginningOfText = 256
        definition.endOfText = 257
        #expect(try Tokenizer(definition).encode("a") == [256, 97])
        #expect(try Tokenizer(definition).encode("a", addingSpecialTokens: false) == [97])
        definition.addsEndOfText = true
        definition.addsBeginningOfText = false
        #expect(try Tokenizer(definition).encode("a") == [97, 257])
        #expect(try Tokenizer(definition).encode("") == [257])
    }
}
