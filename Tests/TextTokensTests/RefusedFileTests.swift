import TestSupport
import Testing
import TextTokens

/// Parts of a tokenizer.json that are refused, in the file's own words.
struct RefusedFileTests {
    private func file(_ model: String, _ others: String = "") -> [UInt8] {
        Array("{\(others)\"model\": \(model)}".utf8)
    }

    private func error(_ file: [UInt8]) throws -> String {
        let error = #expect(throws: TokenizerError.self) { try Tokenizer(TokenizerDefinition(json: file)) }
        return try #require(error).description
    }

    @Test func aUnigramModelNeedsAnUnknownTokenOrAllBytes() throws {
        let vocabulary = #""vocab": [["<unk>", 0], ["a", -1], ["<0x41>", -2]]"#
        for fallsBack in [false, true] {
            let model = #"{"type": "Unigram", "unk_id": null, "byte_fallback": \#(fallsBack), \#(vocabulary)}"#
            let text = try error(file(model))
            #expect(text.hasPrefix("model.unk_id: expected the id of the token for characters without one"))
            #expect(!text.contains("ggml"))
        }
        let bytes = (0...255).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "[\"<0x\(digits.count < 2 ? "0" : "")\(digits)>\", -2]"
        }.joined(separator: ", ")
        let complete = #"{"type": "Unigram", "unk_id": null, "byte_fallback": true, "vocab": [\#(bytes)]}"#
        #expect(try Tokenizer(TokenizerDefinition(json: file(complete))).encode("A") == [0x41])
        let object = try error(file(#"{"type": "Unigram", "unk_id": 0, "vocab": {"<unk>": 0}}"#))
        #expect(object.hasPrefix("model.vocab: expected a list"))
    }

    /// Merges of byte-level BPE: Hugging Face's library says "Token `...` out of vocabulary".
    @Test func mergesMustJoinTokensIntoATokenInAFile() throws {
        let steps = #""pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "#
        func model(_ merges: String) -> String {
            #"{"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "c": 3, "abc": 4}, "merges": [\#(merges)]}"#
        }
        let good = try Tokenizer(TokenizerDefinition(json: file(model(#""a b", "ab c""#), steps)))
        #expect(try good.encode("abc") == [4])
        for merge in ["b c", "d a", "ab cd"] {
            let text = try error(file(model("\"a b\", \"\(merge)\""), steps))
            #expect(text.hasPrefix("merge 1: expected two tokens that together are a token, found \"\(merge)\""))
        }
        // An added token is a token too.
        let added = #""added_tokens": [{"id": 5, "content": "bc", "special": true}], "#
        #expect(throws: Never.self) {
            try Tokenizer(TokenizerDefinition(json: file(model(#""a b", "b c""#), steps + added)))
        }
    }

    /// A GGUF file may have such merges, which llama.cpp does not check.
    @Test func mergesOfOtherFilesMayGiveNoToken() throws {
        var definition = TinyVocabulary.byteLevel("smollm", merges: ["a¦b"])
        definition.merges?.append("b c")
        #expect(try Tokenizer(definition).pieces("abbc") == ["ab", "b", "c"])
    }

    @Test func aMarkForTheFirstPieceIsRefusedAfterAddedTextIsSplit() throws {
        let model = #"{"type": "BPE", "vocab": {"a": 0, "▁": 1}, "merges": []}"#
        func words(_ steps: String, _ normalizer: String) -> String {
            #""normalizer": \#(normalizer), "pre_tokenizer": {"type": "Sequence", "pretokenizers": [\#(steps)]}, "#
        }
        let split = #"{"type": "Digits", "individual_digits": true}"#
        let mark = #"{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}"#
        let prepend = #"{"type": "Prepend", "prepend": "a"}"#
        let text = try error(file(model, words("\(split), \(mark)", prepend)))
        #expect(text.contains("prepend_scheme first"))
        for (steps, normalizer) in [(mark, prepend), ("\(split), \(mark)", "null")] {
            #expect(throws: Never.self) {
                try Tokenizer(TokenizerDefinition(json: file(model, words(steps, normalizer))))
            }
        }
    }
}
