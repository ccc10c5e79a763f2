import CheckpointFiles
import LanguageModels
import LayerSkip
import TestSupport
import Testing

/// A model folder's settings about text, other than its vocabulary: they are read, kept in exports, or noted as lost.
@Suite("Text settings of model folders")
struct FolderTextTests {
    let files = TemporaryFolder()

    /// Makes a folder of a tiny model, with members that replace or extend those of its files.
    func folder(
        configuration: String = "", generation: String = "", tokenizer: String = ""
    ) throws -> String {
        let source = files.file("source.gguf")
        try TinyLlamaFile().write(to: source)
        let path = files.file("folder")
        if !files.contents.contains("folder") {
            #expect(try CheckpointExport(path: source, to: .safetensors).write(to: path))
        }
        for (name, members) in [
            ("config.json", configuration), ("generation_config.json", generation),
            ("tokenizer_config.json", tokenizer),
        ] where !members.isEmpty {
            let added = files.write(Array("{\(members)}".utf8), as: "members")
            let whole = try JSONMembers(file: "\(path)/\(name)").merging(
                JSONMembers(file: added, atMost: .tokenizerDescription))
            files.write(whole.json, as: "folder/\(name)")
        }
        return path
    }

    func exported(_ path: String, to target: CheckpointExport.Target) throws -> (path: String, notes: [String]) {
        let export = try CheckpointExport(path: path, to: target)
        let output = files.file("out-\(target)")
        #expect(try export.write(to: output))
        return (output, export.notes)
    }

    @Test func allEndsCount() throws {
        let path = try folder(
            configuration: #""eos_token_id":[40,41,42,43]"#, generation: #""eos_token_id":[43,44]"#,
            tokenizer: #""eos_token":"<|im_end|>""#)
        let tokenizer = try Tokenizer(ofFile: path)
        // <|endoftext|> and <|im_end|> are known by their texts.
        #expect(tokenizer.endOfTextTokens == [0, 2, 40, 41, 42, 43, 44])
        #expect(tokenizer.endOfText == 2)
        let copy = try exported(path, to: .safetensors).path
        #expect(try Tokenizer(ofFile: copy).endOfTextTokens == tokenizer.endOfTextTokens)
        for name in ["config.json", "generation_config.json"] {
            let ends = try JSONMembers(file: "\(copy)/\(name)")["eos_token_id"]?.filter { !$0.isWhitespace }
            #expect(ends == "[2,40,41,42,43,44]", "\(name)")
        }
        let file = try exported(path, to: .gguf)
        #expect(try Tokenizer(ofFile: file.path).endOfTextTokens == tokenizer.endOfTextTokens)
        #expect(file.notes == ["llama.cpp will not know these further tokens that end texts: [42, 43, 44]"])
    }

    @Test(arguments: [
        ("9e30", "found 9e30"), ("2.5", "key \"eos_token_id\""), ("\"2\"", "key \"eos_token_id\""),
    ]) func endsThatAreNoTokensAreErrors(value: String, part: String) throws {
        for name in ["config.json", "generation_config.json"] {
            let member = "\"eos_token_id\":\(value)"
            let path = try name == "config.json" ? folder(configuration: member) : folder(generation: member)
            let error = #expect(throws: CheckpointError.self) { try Tokenizer(ofFile: path) }
            #expect(error?.file == "\(path)/\(name)")
            #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
            _ =
                try name == "config.json"
                ? folder(configuration: #""eos_token_id":2"#) : folder(generation: #""eos_token_id":2"#)
        }
    }

    @Test func idsInAGGUFFileThatAreNoTokensAreSaidAndIgnored() throws {
        for key in ["bos", "eos", "eot", "eom", "unknown"].map({ "tokenizer.ggml.\($0)_token_id" }) {
            var writer = TinyLlamaFile().writer()
            writer.metadata[key] = .uint32(320)
            try writer.write(to: files.file("model.gguf"))
            let tokenizer = try Tokenizer(ofFile: files.file("model.gguf"))
            #expect(tokenizer.notes == ["\(key) 320 is no token of the vocabulary and is ignored"])
            // <|endoftext|> and <|im_end|> are known by their texts.
            #expect(tokenizer.endOfTextTokens == [0, 2])
        }
    }

    @Test func aGGUFFileMayListItsEnds() throws {
        var writer = TinyLlamaFile().writer()
        writer.metadata["tokenizer.ggml.eot_token_id"] = .uint32(50)
        writer.metadata["tokenizer.ggml.eom_token_id"] = .uint32(51)
        writer.metadata["tokenizer.ggml.eos_token_ids"] = .array(.int32s([2, 40, -1, 41, 999]))
        try writer.write(to: files.file("model.gguf"))
        let tokenizer = try Tokenizer(ofFile: files.file("model.gguf"))
        #expect(tokenizer.endOfTextTokens == [0, 2, 40, 41, 50, 51])
        #expect(tokenizer.notes.map { $0.split(separator: " ")[1] } == ["-1", "999"])
    }

    @Test func thePaddingTokenIsKept() throws {
        let path = try folder(tokenizer: #""pad_token":"<|endoftext|>""#)
        let copy = try exported(path, to: .safetensors).path
        #expect(try JSONMembers(file: copy + "/tokenizer_config.json")["pad_token"] == "\"<|endoftext|>\"")
        #expect(try JSONMembers(file: copy + "/config.json")["pad_token_id"] == "0")
        let file = try exported(path, to: .gguf).path
        #expect(try GGUFFile(path: file).metadata.integer(named: "tokenizer.ggml.padding_token_id") == 0)
        #expect(try TokenizerDefinition(ofFile: file).padding == 0)
        // A model without one gets none, and an id without a token gives a note.
        let without = try folder(configuration: #""pad_token_id":-1"#, tokenizer: #""pad_token":null"#)
        #expect(
            try Tokenizer(ofFile: without).notes == ["pad_token_id -1 is no token of the vocabulary and is ignored"])
    }

    /// Gemma 3's file has 1.2 MB, more than any other description.
    @Test func aLargeTokenizerConfigurationIsPassedOn() throws {
        let tokens = "[" + (0..<60_000).map { "\"<unused token \($0)>\"" }.joined(separator: ",") + "]"
        #expect(tokens.utf8.count > ReadingLimit.description.byteCount)
        let copy = try exported(folder(tokenizer: "\"additional_special_tokens\":\(tokens)"), to: .safetensors).path
        let members = try JSONMembers(file: copy + "/tokenizer_config.json", atMost: .tokenizerDescription)
        #expect(members["additional_special_tokens"] == tokens)
    }

    @Test func whatOnlyOthersReadIsPassedOn() throws {
        let path = try folder(
            generation: #""temperature":2.0,"top_p":0.90,"_from_model_config":true,"transformers_version":"5""#,
            tokenizer: #""model_max_length":2048,"additional_special_tokens":["<|im_start|>"],"auto_map":{"a":"b"}"#)
        let copy = try exported(path, to: .safetensors).path
        let generation = try JSONMembers(file: copy + "/generation_config.json")
        // Numbers are passed on as written: for transformers 2.0 is not 2.
        #expect(generation["temperature"] == "2.0" && generation["top_p"] == "0.90")
        #expect(generation["_from_model_config"] == nil && generation["transformers_version"] == nil)
        let tokenizer = try JSONMembers(file: copy + "/tokenizer_config.json")
        #expect(tokenizer["model_max_length"] == "2048" && tokenizer["auto_map"] == nil)
        #expect(tokenizer["additional_special_tokens"] == #"["<|im_start|>"]"#)
    }

    @Test func namesOfNoTokenAreSaid() throws {
        let path = try folder(tokenizer: #""eos_token":"<no>","bos_token":{"content":"<none>"}"#)
        #expect(
            try Tokenizer(ofFile: path).notes == [
                "bos_token \"<none>\" is no token of the vocabulary and is ignored",
                "eos_token \"<no>\" is no token of the vocabulary and is ignored",
            ])
    }

    @Test func aGuessedRuleForWordsIsSaid() throws {
        var writer = TinyLlamaFile().writer()
        for name in [nil, ""] {
            writer.metadata["tokenizer.ggml.pre"] = name.map { .string($0) }
            let model = try TinyModel.load(writer)
            #expect(model.notes.count == 1 && model.notes[0].hasPrefix("tokenizer.ggml.pre is missing"))
            #expect(model.summary.notes == model.notes)
        }
        writer.metadata["tokenizer.ggml.pre"] = .string("default")
        #expect(try TinyModel.load(writer).notes == [])
    }
}

extension FolderTextTests {
    @Test func olderFoldersNameTheirTokensElsewhere() throws {
        let path = try folder(tokenizer: #""pad_token":null"#)
        files.write(
            Array(#"{"pad_token":"<|im_start|>","eos_token":{"content":"<|endoftext|>"}}"#.utf8),
            as: "folder/special_tokens_map.json")
        let definition = try TokenizerDefinition(ofFile: path)
        #expect(definition.padding == 1)
        // As in transformers 5.24, it takes precedence unless there is added_tokens_decoder.
        #expect(definition.endOfText == 0 && definition.notes == [])
        _ = try folder(
            tokenizer: #""pad_token":null,"added_tokens_decoder":{"2":{"content":"<|im_end|>","special":true}}"#)
        let newer = try TokenizerDefinition(ofFile: path)
        #expect(newer.padding == 2 && newer.endOfText == 2)
        #expect(newer.notes.count { $0.contains("of special_tokens_map.json is ignored") } == 2)
    }

    @Test func tokenizersThatCannotBeUsedAreShownAllTheSame() throws {
        let path = try folder()
        files.write(Array(#"{"model":{"type":"WordPiece","vocab":{},"merges":[]}}"#.utf8), as: "folder/tokenizer.json")
        let summary = try CheckpointSummary(path: path)
        #expect(summary.tokenizerModel == nil)
        #expect(summary.notes.count == 1 && summary.notes[0].contains("BPE or Unigram, found \"WordPiece\""))
        #expect(throws: CheckpointError.self) { try TextModel(path: path, threads: 1) }
    }

    /// With GPT-2's pre-tokenizer, transformers would put a space before each text.
    @Test func aPrefixSpaceIsRefusedWhereItCounts() throws {
        #expect(throws: Never.self) { try Tokenizer(ofFile: folder(tokenizer: #""add_prefix_space":true"#)) }
        let source = files.file("gpt2.gguf")
        var writer = TinyLlamaFile().writer()
        writer.metadata["tokenizer.ggml.pre"] = .string("gpt-2")
        try writer.write(to: source)
        let path = files.file("gpt2")
        #expect(try CheckpointExport(path: source, to: .safetensors).write(to: path))
        #expect(throws: Never.self) { try Tokenizer(ofFile: path) }
        files.write(Array(#"{"add_prefix_space":true}"#.utf8), as: "gpt2/tokenizer_config.json")
        let error = #expect(throws: CheckpointError.self) { try Tokenizer(ofFile: path) }
        #expect(error?.name == "key \"add_prefix_space\"")
    }

    /// Encoding follows the post-processor, even if the folder names another token as the first.
    @Test func thePostProcessorsTokensCount() throws {
        let path = try folder(
            configuration: #""bos_token_id":0"#, tokenizer: #""bos_token":null,"add_bos_token":null"#)
        let json = try JSONMembers(file: path + "/tokenizer.json")
        let processor = files.write(
            Array(
                #"{"post_processor":{"type":"BertProcessing","sep":["<|im_end|>",2],"cls":["<|im_start|>",1]}}"#.utf8),
            as: "members")
        files.write(json.merging(try JSONMembers(file: processor)).json, as: "folder/tokenizer.json")
        #expect(try Tokenizer(ofFile: path).encode("a") == [1, Token(TinyTokenizer.token(byte: 0x61)), 2])
        _ = try folder(tokenizer: #""bos_token":"<|endoftext|>""#)
        let other = try Tokenizer(ofFile: path)
        #expect(other.beginningOfText == 0)
        #expect(try other.encode("a") == [1, Token(TinyTokenizer.token(byte: 0x61)), 2])
    }
}
