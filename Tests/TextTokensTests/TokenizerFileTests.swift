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
        #expect(throws: TokenizerError.unsupportedModel(found: "llama", known: ["gpt2"])) {
            try TinyVocabulary.sentencePiece([]).json()
        }
        var definition = TinyVocabulary.byteLevel("deepseek-coder")
        #expect(throws: TokenizerError.self) { try definition.json() }
        definition = TinyVocabulary.byteLevel("smollm", control: ["<a>", "<a>"])
        #expect(throws: TokenizerError.duplicateToken("<a>")) { try definition.json() }
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
        for page in try Pages.all { #expect(ours.encode(page.text) == theirs.encode(page.text)) }
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
        #expect(message(file(vocabulary: #""a":"0""#)).contains("model.vocab.a: expected"))
        #expect(message(file(vocabulary: "")).contains("model.vocab: expected 1 to"))
        #expect(message(file(vocabulary: #""a":0,"b":2"#)).contains("the ids 0 to 1, each once, found 2"))
        #expect(message(file(vocabulary: #""a":0,"b":0"#)).contains("each once, found 0"))
        #expect(message(file(vocabulary: #""a":-1"#)).contains("found -1"))
        #expect(message(file(merges: #"["a"]"#)).contains("model.merges.0"))
        #expect(
            message(file(model: #""byte_fallback":true,"#))
                == "model: expected byte-level BPE, found SentencePiece-style BPE (byte_fallback)")
        #expect(message(file(normalizer: #"{"type":"Prepend"}"#)).contains("SentencePiece-style BPE"))
        #expect(message(file(words: #"{"type":"Metaspace"}"#)).contains("SentencePiece-style BPE"))
        #expect(message(file(model: #""continuing_subword_prefix":"@@","#)).contains("byte-level BPE, found BPE with"))
        #expect(message(file(model: #""dropout":0.1,"#)).contains("model.dropout: expected 0"))
        #expect(message(file(model: #""dropout":0.0,"#)) == "no error")
        #expect(message(file(model: #""unk_token":"<no>","#)) == "no error")
        #expect(message(file(decoder: #"{"type":"Strip"}"#)).contains("decoder: expected \"ByteLevel\""))
        #expect(message(file(model: #""end_of_word_suffix":"</w>","#)).contains("byte-level BPE"))
        #expect(message(file(normalizer: #"{"type":"NFC"}"#)).contains("normalizer: expected none, found \"NFC\""))
        #expect(message(file(model: #""ignore_merges":true,"#)).contains("model.ignore_merges: expected false"))
        #expect(message(file(words: "null")).contains("pre_tokenizer: expected that of gpt-2, smollm"))
        #expect(message(file(words: #"{"type":"Whitespace"}"#)).contains("found \"Whitespace\""))
        #expect(message(file(added: #"{"id":2,"content":"a","special":true}"#)).contains("expected id 0 for \"a\""))
        #expect(message(file(added: #"{"id":9,"content":"<x>","special":true}"#)).contains("found 9"))
        #expect(message(file(added: #"{"id":3,"content":"<x>","special":true,"rstrip":true}"#)).contains("<x>"))
        let template =
            #"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<no>"}},{"Sequence":{"id":"A"}}]}"#
        #expect(message(file(ends: template)).contains("post_processor: expected a template of one text"))
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
