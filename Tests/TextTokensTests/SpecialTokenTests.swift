import Testing

@testable import TextTokens

struct SpecialTokenTests {
    @Test func controlTokensAreParsedOnlyWhereAskedFor() throws {
        let tokenizer = try Tokenizer(TinyVocabulary.byteLevel("smollm", control: ["<|im_end|>"]))
        #expect(try tokenizer.encode("a<|im_end|>b", parsingSpecialTokens: true) == [97, 256, 98])
        #expect(try !tokenizer.encode("a<|im_end|>b").contains(256))
        #expect(tokenizer.decode([97, 256, 98]) == "ab")
        #expect(tokenizer.decode([97, 256, 98], skippingSpecialTokens: false) == "a<|im_end|>b")
    }

    @Test func noMergeLeadsToAControlToken() throws {
        for name in ["gpt-2", "llama-bpe"] {
            let definition = TinyVocabulary.byteLevel(name, merges: ["<¦<", "<<¦<"], control: ["<<<"])
            let tokenizer = try Tokenizer(definition)
            #expect(try tokenizer.encode("<<<") == [257])  // the normal token with the same text
            #expect(try tokenizer.encode("<<<", parsingSpecialTokens: true) == [258])
        }
        var definition = TinyVocabulary.byteLevel("llama-bpe", merges: ["<¦<", "<<¦<"])
        definition.kinds?[257] = 3
        #expect(try Tokenizer(definition).encode("<<<") == [60, 60, 60])
    }

    @Test func userDefinedTokensAreAlwaysMatched() throws {
        let tokenizer = try Tokenizer(TinyVocabulary.byteLevel("smollm", userDefined: ["  ", "ö"]))
        #expect(try tokenizer.encode("a  ö") == [97, 256, 257])
        #expect(tokenizer.decode([256, 257]) == "  ö")
    }

    @Test func theLongestMatchStands() throws {
        let finder = SpecialTokenFinder([(0, "ab"), (1, "bcd"), (2, "a"), (3, "")])
        let text = Array("xabcdaab".utf8)
        #expect(
            finder.parts(of: text.span, in: text.indices) == [
                .text(0..<1), .token(2), .token(1), .token(2), .token(0),
            ])
        #expect(finder.parts(of: text.span, in: 0..<1) == [.text(0..<1)])
        #expect(finder.parts(of: text.span, in: 0..<0) == [])
    }

    /// The expected ids are those of Hugging Face's tokenizers 0.23.3.
    @Test func inATokenizerFileTheFirstMatchStands() throws {
        let finder = SpecialTokenFinder([(256, "xy"), (257, "yzw"), (258, "xyzz")], rule: .leftmost)
        for (text, parts) in [
            ("xyzw", [.token(256), .text(2..<4)]), ("xyzz", [.token(258)]),
            ("xyzyzw", [.token(256), .text(2..<3), .token(257)]),
        ] as [(String, [SpecialTokenFinder.Part])] {
            let bytes = Array(text.utf8)
            #expect(finder.parts(of: bytes.span, in: bytes.indices) == parts, "\(text)")
        }
        var definition = TinyVocabulary.byteLevel("gpt-2", userDefined: ["xy", "yzw"])
        definition.wholeTokenRule = .leftmost
        definition.flags = [256: .normalized]
        #expect(try Tokenizer(definition).encode("xyzw") == [120, 257])
        #expect(try Tokenizer(definition).encode("xyxyzw") == [256, 120, 257])
    }

    @Test func somePhiTokensSwallowSpace() throws {
        var definition = TinyVocabulary.byteLevel("smollm", control: ["<|end|>", "<|endoftext|>"])
        definition.stripSpaceAfterSpecialTokens()
        let tokenizer = try Tokenizer(definition)
        #expect(try tokenizer.encode("<|end|> \n a<|endoftext|> ", parsingSpecialTokens: true) == [256, 97, 257, 32])
        #expect(try tokenizer.encode("<|end|> ", parsingSpecialTokens: true) == [256])
    }

    @Test func markersOfStructureAreControlTokensWhateverTheFileSays() throws {
        let definition = TinyVocabulary.byteLevel("smollm", userDefined: ["<|im_start|>", "<|im_end|>", "<b>"])
        let tokenizer = try Tokenizer(definition)
        #expect(tokenizer.isSpecial(256) && tokenizer.isSpecial(257) && !tokenizer.isSpecial(258))
        #expect(try !tokenizer.encode("<|im_start|>").contains(256))
        #expect(tokenizer.endOfTextTokens == [257])
    }

    @Test func endsOfAnswersAreThoseTheFileNamesAndTheWellKnown() throws {
        var definition = TinyVocabulary.byteLevel(
            "llama-bpe", control: ["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>", "<my_end>"])
        definition.endOfText = 257
        definition.otherEnds = [259, 257]
        #expect(try Tokenizer(definition).endOfTextTokens == [257, 258, 259])
    }

    /// `add_eos_token` applies to whole texts: a prompt that ended so would be continued with a new text.
    @Test func promptsNeverEndTheText() throws {
        var definition = TinyVocabulary.byteLevel("smollm", control: ["<s>", "</s>"])
        (definition.beginningOfText, definition.endOfText) = (256, 257)
        (definition.addsBeginningOfText, definition.addsEndOfText) = (true, true)
        let tokenizer = try Tokenizer(definition)
        #expect(try tokenizer.encode("a") == [256, 97, 257])
        #expect(try tokenizer.encode(prompt: "a") == [256, 97])
        #expect(try tokenizer.encode(prompt: "a</s>", parsingSpecialTokens: true) == [256, 97, 257])
    }

    @Test func promptsNeverBeginTwice() throws {
        var definition = TinyVocabulary.byteLevel("smollm", control: ["<s>"])
        definition.beginningOfText = 256
        definition.addsBeginningOfText = true
        let tokenizer = try Tokenizer(definition)
        #expect(try tokenizer.encode(prompt: "<s>a", parsingSpecialTokens: true) == [256, 97])
        #expect(try tokenizer.encode(prompt: "a<s>", parsingSpecialTokens: true) == [256, 97, 256])
        #expect(try tokenizer.encode(prompt: "<s>", parsingSpecialTokens: false).count == 4)
        #expect(try tokenizer.encode([.special("<s>"), .plain("a")]) == [256, 97])
        #expect(try tokenizer.encode([.plain("a"), .special("<s>")]) == [256, 97, 256])
    }

    @Test func invalidIdsStandForNothing() throws {
        let tokenizer = try Tokenizer(TinyVocabulary.byteLevel("smollm"))
        for id in [Int32.min, -1, 256, .max] {
            #expect(tokenizer.bytes(of: id) == [] && !tokenizer.isSpecial(id) && tokenizer.decode([id]) == "")
        }
        #expect(tokenizer.vocabularySize == 256)
    }
}
