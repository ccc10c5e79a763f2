import LayerSkip
import TestSupport
import Testing
import TextTokens

/// Reading and writing tokenizer.json in the format of Hugging Face's tokenizers.
struct TokenizerFileTests {
    private func roundTrip(_ definition: TokenizerDefinition) throws -> TokenizerDefinition {
        try TokenizerDefinition(json: definition.json())
    }

    @Test(arguments: ["gpt-2", "smollm", "llama-bpe", "dbrx", "qwen2"]) func comesBack(name: String) throws {
        var definition = TinyVocabulary.byteLevel(
            name, merges: ["a¦b", " ¦a", "é¦\"", "\\¦\n"], control: ["<|endoftext|>", "</s>"],
            userDefined: ["\u{1}\t\"\\ü", "<tool>"])
        definition.endOfText = 260
        definition.addsBeginningOfText = false
        let read = try roundTrip(definition)
        #expect(read.tokens == definition.tokens)
        #expect(read.kinds == definition.kinds)
        #expect(read.merges == definition.merges)
        #expect(read.preTokenizer == name)
        #expect(read.endOfText == 260)
        #expect(read.addsBeginningOfText == false)
        #expect(read.fingerprint == definition.fingerprint)
        #expect(try read.json() == definition.json())
    }

    @Test func tokensAtBothEndsComeBack() throws {
        var definition = TinyVocabulary.byteLevel("llama-bpe", control: ["<s>", "</s>"])
        definition.beginningOfText = 256
        definition.endOfText = 257
        definition.addsEndOfText = true
        let read = try roundTrip(definition)
        #expect(read.beginningOfText == 256)
        #expect(read.addsBeginningOfText == true)
        #expect(read.endOfText == 257)
        #expect(read.addsEndOfText == true)
        #expect(try Tokenizer(read).encode("a") == [256, 97, 257])
    }

    @Test func whatTheFormatCannotSayIsAnError() throws {
        let definition = TinyVocabulary.byteLevel("smollm", control: ["<a>", "<a>"])
        #expect(throws: TokenizerError.duplicateToken("<a>")) { try definition.json() }
    }

    /// The texts are those of Hugging Face's library.
    @Test(
        arguments: [
            ("null", [1, 1], "a a"), (#"{"type":"Sequence","decoders":[]}"#, [1, 1], "aa"),
            (#"{"type":"ByteLevel"}"#, [0, 2, 1], "<0x0A> a"), (#"{"type":"ByteFallback"}"#, [0, 2, 1], "\nĠa"),
        ] as [(String, [Int32], String)]) func decodersMayHaveNoStepsOrOthersForBytes(
            decoder: String, ids: [Int32], text: String
        ) throws
    {
        let file =
            #"{"decoder":\#(decoder),"model":{"type":"BPE","byte_fallback":true,"merges":[],"#
            + #""vocab":{"<0x0A>":0,"a":1,"Ġ":2}}}"#
        let definition = try TokenizerDefinition(json: Array(file.utf8))
        #expect(try Tokenizer(definition).decode(ids) == text)
        #expect(try Tokenizer(roundTrip(definition)).decode(ids) == text)
    }

    /// The last of equal merges counts, as in Hugging Face's library. In a GGUF file it is the first, as in llama.cpp.
    @Test(arguments: ["null", #"{"type":"ByteLevel","add_prefix_space":false}"#])
    func theLastOfEqualMergesCounts(words: String) throws {
        let file =
            #"{"pre_tokenizer":\#(words),"model":{"type":"BPE","merges":["a b","b c","a b"],"#
            + #""vocab":{"a":0,"b":1,"c":2,"ab":3,"bc":4}}}"#
        var definition = try TokenizerDefinition(json: Array(file.utf8))
        #expect(try Tokenizer(definition).encode("abc") == [0, 4])
        definition.wholeTokenRule = .longestFirst
        #expect(try Tokenizer(definition).encode("abc") == [3, 2])
    }

    /// Also if a file ends with an id that has no text.
    @Test func theNumberOfIDsComesBack() throws {
        for vocabulary in [#""a":1,"":7"#, #""":3,"a":7"#, #""":7"#] {
            let file = #"{"model":{"vocab":{\#(vocabulary)},"merges":[]}}"#
            let definition = try TokenizerDefinition(json: Array(file.utf8))
            #expect(definition.tokens.count == 8)
            let read = try roundTrip(definition)
            #expect(read.tokens == definition.tokens && read.fingerprint == definition.fingerprint)
        }
    }

    @Test func fingerprintsTellTokenizersApart() throws {
        let base = TinyVocabulary.byteLevel("smollm", merges: ["a¦b", "b¦c"], control: ["<|endoftext|>"])
        var others = [base, base, base, base, base]
        others[0].merges?.swapAt(0, 1)
        others[1].tokens.swapAt(0, 1)
        others[2].preTokenizer = "gpt-2"
        others[3].kinds?[3] = 4
        others[4].tokens[258] = "<|end_of_text|>"
        #expect(Set(others.map(\.fingerprint) + [base.fingerprint]).count == 6)
        var same = base
        same.preTokenizer = "starcoder"  // the same rule
        same.endOfText = 258
        #expect(same.fingerprint == base.fingerprint)
    }

    @Test(.enabled(if: Fixtures.smolLM2 != nil || Fixtures.required)) func aRealVocabularyComesBack() throws {
        let file = try #require(Fixtures.smolLM2)
        let definition = try TokenizerDefinition(ofFile: file)
        let folder = TemporaryFolder()
        let path = folder.file("tokenizer.json")
        try definition.write(to: path)
        let read = try TokenizerDefinition(ofFile: path)
        #expect(read.fingerprint == definition.fingerprint)
        let (ours, theirs) = (try Tokenizer(read), try Tokenizer(definition))
        for page in try Pages.all { #expect(try ours.encode(page.text) == theirs.encode(page.text)) }
        #expect(folder.contents == ["tokenizer.json"])
    }
}

/// Damaged tokenizer.json files, and those of other kinds of tokenizers.
struct MalformedTokenizerFileTests {
    private func message(_ json: String) -> String {
        do throws(TokenizerError) {
            _ = try TokenizerDefinition(json: Array(json.utf8))
            return "no error"
        } catch {
            return error.description
        }
    }

    private func file(
        vocabulary: String = #""a":0,"b":1,"ab":2"#, merges: String = #"["a","b"]"#, model: String = "",
        added: String = "", normalizer: String = "null",
        words: String = #"{"type":"ByteLevel","add_prefix_space":false}"#, ends: String = "null",
        decoder: String = "null"
    ) -> String {
        #"{"added_tokens":[\#(added)],"decoder":\#(decoder),"normalizer":\#(normalizer),"#
            + #""pre_tokenizer":\#(words),"post_processor":\#(ends),"#
            + #""model":{"type":"BPE",\#(model)"vocab":{\#(vocabulary)},"merges":[\#(merges)]}}"#
    }

    @Test func errorsNameThePlace() {
        #expect(message(file()) == "no error")
        #expect(message(file(merges: #""a b""#)) == "no error")
        #expect(message("").hasPrefix("the file: expected"))
        #expect(message("{}").contains("model: expected"))
        #expect(message(file(vocabulary: #""a":"0""#)).contains("model.vocab: expected an integer"))
        #expect(message(file(vocabulary: "")).contains("model.vocab: expected 1 to"))
        #expect(message(file(vocabulary: #""a":0,"b":99999999"#)).contains("model.vocab: expected ids below"))
        #expect(message(file(vocabulary: #""a":0,"b":0"#)).contains("each id once, found 0 twice"))
        #expect(message(file(vocabulary: #""a":0,"a":1"#)).contains("each token once"))
        #expect(message(file(vocabulary: #""a":-1"#)).contains("found the number -1"))
        #expect(message(file(merges: #"["a"]"#)).contains("model.merges: expected two texts in merge 0"))
        #expect(message(file(normalizer: #"{"type":"Prepend"}"#)).contains("normalizer.prepend: expected"))
        #expect(message(file(normalizer: #"{"type":"BertNormalizer"}"#)).contains("found \"BertNormalizer\""))
        #expect(message(file(words: #"{"type":"Metaspace"}"#)).contains("pre_tokenizer.replacement: expected"))
        #expect(message(file(words: #"{"type":"BertPreTokenizer"}"#)).contains("found \"BertPreTokenizer\""))
        #expect(
            message(file(model: #""continuing_subword_prefix":"@@","#))
                == "model.continuing_subword_prefix: expected none, found \"@@\"")
        #expect(message(file(model: #""dropout":0.1,"#)).contains("model.dropout: expected 0"))
        #expect(message(file(model: #""dropout":0.0,"#)) == "no error")
        #expect(message(file(model: #""unk_token":"<no>","#)) == "no error")
        #expect(message(file(decoder: #"{"type":"WordPiece"}"#)).contains("found \"WordPiece\""))
        #expect(message(file(decoder: #"{"type":"Strip"}"#)).contains("decoder.content: expected"))
        #expect(message(file(model: #""end_of_word_suffix":"</w>","#)).contains("model.end_of_word_suffix"))
        #expect(message(file(words: "null").replacing("BPE", with: "WordPiece")).contains("\"WordPiece\""))
        #expect(
            message(file(words: #"{"type":"CharDelimiterSplit","delimiter":"ab"}"#))
                == "pre_tokenizer.delimiter: expected one character, found \"ab\"")
        let template =
            #"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<no>"}},{"Sequence":{"id":"A"}}]}"#
        #expect(message(file(ends: template)).contains("post_processor.single.0: expected a name"))
    }

    @Test func changedBytesNeverTrap() throws {
        let whole = try TinyVocabulary.byteLevel("smollm", merges: ["a¦b"], control: ["<|endoftext|>"]).json()
        var random = SeededGenerator(seed: 1)
        var errors = 0
        for _ in 0..<300 {
            var changed = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<changed.count, using: &random)
                changed[place] = whole.randomElement(using: &random) ?? 0
            }
            if Bool.random(using: &random) { changed.removeLast(Int.random(in: 0..<changed.count, using: &random)) }
            do {
                _ = try Tokenizer(TokenizerDefinition(json: changed))
            } catch {
                errors += 1
            }
        }
        #expect(errors > 100)
    }
}
