import TestSupport
import Testing

@testable import TextTokens

/// Added tokens as read by Hugging Face's tokenizers 0.23.3 and transformers 5.24, which gave the expected ids.
struct AddedTokenTests {
    private let composed = "\u{E9}"
    private let decomposed = "e\u{301}"

    /// A vocabulary with added tokens among the results of merges: 256 `Ġt`, 257 `he`, 258 `Ġthe`.
    private func definition(_ kinds: [Int: Int32]) throws -> TokenizerDefinition {
        var definition = TinyVocabulary.byteLevel("gpt-2", merges: [" ¦t", "h¦e", " t¦he"])
        for (id, kind) in kinds { definition.kinds?[id] = kind }
        return try TokenizerDefinition(json: definition.json())
    }

    @Test func mergesLeadToTokensInTheByteLevelAlphabet() throws {
        let tokenizer = try Tokenizer(definition([258: 4]))
        #expect(try tokenizer.encode("a the x") == [97, 258, 32, 120])
        #expect(try tokenizer.encode("aĠthe") == [97, 258])
        #expect(tokenizer.decode([97, 258]) == "a the")
        // The result of an intermediate merge.
        let onTheWay = try Tokenizer(definition([256: 4]))
        #expect(try onTheWay.encode(" the to") == [258, 256, 111])
        // Plain text never becomes a control token.
        #expect(try Tokenizer(definition([258: 3])).encode(" the") == [32, 116, 104, 101])
    }

    /// The lead byte of many Chinese characters is spelled é in the byte-level alphabet.
    @Test(arguments: [3, 4] as [Int32]) func theOnlyTokenOfAByteIsText(kind: Int32) throws {
        let tokenizer = try Tokenizer(definition([0xE9: kind, 0x21: kind]))
        #expect(try tokenizer.encode("鐵") == [0xE9, 0x90, 0xB5])
        #expect(try tokenizer.encode(composed) == [0xE9])
        #expect(try tokenizer.encode("a!!") == [97, 33, 33])
        #expect(tokenizer.decode([97, 33]) == "a!" && tokenizer.possibleLoss == nil)
    }

    @Test func otherTokensAreMeantAsTheyAreWritten() throws {
        // No merge produces the first token; the second's byte has another token; the third's byte occurs in no text.
        var definition = TinyVocabulary.byteLevel("gpt-2", userDefined: ["café", "ö"])
        definition.tokens[0xFF] = "<none>"
        definition.tokens += ["ÿ"]
        definition.kinds? += [4]
        let tokenizer = try Tokenizer(definition)
        for (text, id) in [("café", 256), ("ö", 257), ("ÿ", 258)] as [(String, Int32)] {
            #expect(try tokenizer.encode(text) == [id] && tokenizer.decode([id]) == text)
        }
    }

    @Test func canonicallyEquivalentTokensAreTwo() throws {
        for userDefined in [[composed, decomposed], [decomposed, composed]] {
            var definition = TinyVocabulary.byteLevel("gpt-2", control: userDefined.map { "<\($0)>" })
            definition.beginningOfText = 257
            definition.addsBeginningOfText = true
            let read = try TokenizerDefinition(json: definition.json())
            #expect(read.tokens.map { Array($0.utf8) } == definition.tokens.map { Array($0.utf8) })
            #expect(read.beginningOfText == 257)
            let tokenizer = try Tokenizer(read)
            for (index, text) in userDefined.enumerated() {
                #expect(tokenizer.specialToken("<\(text)>") == Int32(256 + index))
                #expect(
                    try tokenizer.encode("<\(text)>", addingSpecialTokens: false, parsingSpecialTokens: true)
                        == [Int32(256 + index)])
            }
            #expect(read.id(of: "<\(composed)>") == (userDefined[0].utf8.count == 2 ? 256 : 257))
        }
    }

    @Test func aByteIsNotTakenForAnEquivalentToken() throws {
        var definition = TinyVocabulary.byteLevel("gpt-2")
        definition.tokens[0xE9] = decomposed
        #expect(definition.lacksBytes)
    }

    @Test func otherFilesAddTokensAndChangeThem() throws {
        var definition = try definition([258: 4])
        definition.add(
            [
                AddedToken(id: 258, text: "Ġthe", isSpecial: true), AddedToken(id: 256, text: "Ġt", isSpecial: false),
                AddedToken(id: 300, text: "<new>"),
                AddedToken(id: 260, text: "<two>", isSpecial: false, flags: .normalized),
                AddedToken(id: 261, text: "<three>"),
            ], further: [AddedToken(text: "he"), AddedToken(text: "<two>")], rows: 261)
        #expect(definition.tokens.suffix(2) == ["<new>", "<two>"])
        #expect(definition.kinds?.suffix(5) == [4, 3, 3, 3, 4])
        #expect(definition.flags == [260: .normalized])
        #expect(
            definition.notes == [
                "added tokens without a row in the model are ignored: \"<three>\"",
                "added tokens have the ids that transformers gives them, not the stated ones: \"<new>\"",
            ])
    }

    /// The first token drops the whitespace in which the second would be matched.
    @Test(
        arguments: [
            ([], [0, 2, 2, 2, 1]), ([.stripsRight], [0, 2, 2, 2, 1]), ([.stripsLeft, .stripsRight], [0, 1]),
            // The library fails here.
            ([.stripsLeft], [0, 1]),
        ] as [(MatchingFlags, [Int32])]) func tokensMayAdjoin(flags: MatchingFlags, ids: [Int32]) throws
    {
        var definition = TokenizerDefinition(model: .characters, tokens: ["a", "b", " "])
        definition.merges = []
        definition.kinds = [4, 1, 4]
        definition.wholeTokenRule = .leftmost
        (definition.normalizer, definition.decoder) = ([], [])
        definition.flags = [0: .stripsRight, 2: flags]
        #expect(try Tokenizer(definition).encode("a   b") == ids)
    }

    /// Each of the spaces is a token that drops the others.
    @Test func manySpacesAreNotSlow() throws {
        let count = isOptimized ? 1_000_000 : 20_000
        for flag in [MatchingFlags.stripsLeft, .stripsRight] {
            let finder = SpecialTokenFinder([(id: 0, text: " ")], rule: .leftmost, flags: [0: flag])
            let text = Array(String(repeating: " ", count: count).utf8) + [0x61]
            #expect(finder.parts(of: text.span, in: text.indices).last == .text(count..<count + 1))
        }
    }
}
