import TestSupport
import TextTokens
import Testing

/// Vocabularies without a token for some byte: the byte never becomes structure, and its loss is reported.
struct MissingByteTests {
    /// A vocabulary with unused tokens in place of the letters q and z, and with `<u>` as token 256.
    private func definition(kind: Int32) -> TokenizerDefinition {
        var definition = TinyVocabulary.byteLevel("gpt-2", control: ["<u>"])
        for byte in "qz".utf8 {
            definition.tokens[Int(byte)] = "<no \(byte)>"
            definition.kinds?[Int(byte)] = 5
        }
        definition.kinds?[256] = kind
        definition.unknown = 256
        return definition
    }

    @Test func itIsDroppedUnlessATokenIsMeantForIt() throws {
        for kind: Int32 in [1, 3, 4] {
            let tokenizer = try Tokenizer(definition(kind: kind))
            #expect(try tokenizer.encode("aqzb") == [97, 98])
            #expect(tokenizer.loss(in: "abc") == nil)
            #expect(
                tokenizer.loss(in: "aqb")
                    == "the vocabulary has no token for byte 0x71 \"q\"; it is dropped from the text")
            #expect(tokenizer.possibleLoss?.contains("bytes 0x71 \"q\", 0x7A \"z\":") == true)
        }
        let tokenizer = try Tokenizer(definition(kind: 2))
        #expect(try tokenizer.encode("aqzb") == [97, 256, 256, 98])
        #expect(tokenizer.loss(in: "aqzb") == nil && tokenizer.possibleLoss == nil)
        #expect(try Tokenizer(TinyVocabulary.byteLevel("gpt-2")).possibleLoss == nil)
    }

    /// As in Hugging Face's tokenizers 0.23.3: `unk_token` replaces each such byte; without it they are dropped.
    @Test func tokenizerFilesSayWhatStandsForIt() throws {
        let read = try TokenizerDefinition(json: definition(kind: 2).json())
        #expect(try Tokenizer(read).encode("aqzb") == [97, 256, 256, 98])
        #expect(read.fingerprint == definition(kind: 2).fingerprint)
        let dropping = try TokenizerDefinition(json: definition(kind: 3).json())
        #expect(try Tokenizer(dropping).encode("aqzb") == [97, 98])
    }

    /// As in Hugging Face's tokenizers 0.23.3: the `unk_token` of GPT-2 is its end-of-text token.
    @Test func itMayEndTextsToo() throws {
        var definition = definition(kind: 2)
        definition.tokens[256] = "<|endoftext|>"
        for definition in [definition, try TokenizerDefinition(json: definition.json())] {
            let tokenizer = try Tokenizer(definition)
            #expect(try tokenizer.encode("aqb") == [97, 256, 98] && tokenizer.endOfTextTokens.contains(256))
            #expect(try tokenizer.encode("<|endoftext|>", parsingSpecialTokens: true) == [256])
        }
    }

    /// As in Hugging Face's tokenizers 0.23.3: `fuse_unk` joins consecutive unknown bytes of a word.
    @Test func neighboursMayFuse() throws {
        var fusing = definition(kind: 2)
        fusing.fusesUnknown = true
        let read = try TokenizerDefinition(json: fusing.json())
        #expect(read.fusesUnknown)
        let tokenizer = try Tokenizer(read)
        #expect(try tokenizer.encode("aqzb") == [97, 256, 98])
        #expect(try tokenizer.encode("aqbz") == [97, 256, 98, 256])
        #expect(try tokenizer.encode("aq qb") == [97, 256, 32, 256, 98])
        #expect(try tokenizer.encode("q qz", addingSpecialTokens: false) == [256, 32, 256])
    }

    /// An `unk_token` that is not in the vocabulary affects only texts with missing bytes, and their loss is reported.
    @Test func anUnknownTokenThatIsNoneStandsForNothing() throws {
        let text = String(decoding: try definition(kind: 2).json(), as: UTF8.self)
        let parts = text.split(separator: #""unk_token":"<u>""#, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let tokenizer = try Tokenizer(
            TokenizerDefinition(json: Array((parts[0] + #""unk_token":"<no>""# + parts[1]).utf8)))
        #expect(try tokenizer.encode("aqb") == [97, 98])
        #expect(tokenizer.loss(in: "aqb") != nil && tokenizer.loss(in: "ab") == nil)
    }

    @Test func sentencePieceVocabulariesToo() throws {
        var definition = TinyVocabulary.sentencePiece([(" ", -1), ("a", -2)])
        definition.kinds?[3 + 0x71] = 5  // the byte q
        #expect(try Tokenizer(definition).encode("aq", addingSpecialTokens: false) == [259, 260, 0])
        definition.unknown = 1
        #expect(try Tokenizer(definition).encode("aq", addingSpecialTokens: false) == [259, 260])
        #expect(try Tokenizer(definition).loss(in: "aq") != nil)
        // The letter a has a token, although its byte has none.
        definition.kinds?[3 + 0x61] = 5
        #expect(try Tokenizer(definition).loss(in: "a") == nil)
    }
}
