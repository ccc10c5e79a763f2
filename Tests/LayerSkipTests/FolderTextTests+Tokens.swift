import CheckpointFiles
import LayerSkip
import TestSupport
import Testing

/// The tokens of a prompt, for every setting that affects them. The ids are those of transformers 5.24.
extension FolderTextTests {
    private var a: Int32 { Int32(TinyTokenizer.token(byte: 0x61)) }

    /// Adds members to the folder's tokenizer.json.
    private func tokenizerFile(_ members: String, in path: String) throws {
        let json = try JSONMembers(file: path + "/tokenizer.json")
        let added = files.write(Array("{\(members)}".utf8), as: "members")
        files.write(json.merging(try JSONMembers(file: added)).json, as: "folder/tokenizer.json")
    }

    /// A token begins every text.
    private static func processor(_ id: Int) -> String {
        #"""
        "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"s","type_id":0}},
        {"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{"s":{"id":"s","ids":[\#(id)],"tokens":["s"]}}}
        """#
    }

    @Test(arguments: ["LlamaTokenizerFast", "PreTrainedTokenizerFast", "GPT2Tokenizer"])
    func onlyThePostProcessorAddsTokens(tokenizerClass: String) throws {
        for adds in [true, false] {
            let path = try folder(
                tokenizer: #""tokenizer_class":"\#(tokenizerClass)","add_bos_token":\#(adds),"add_eos_token":\#(adds)"#)
            for (json, first) in [(#""post_processor":null"#, []), (Self.processor(1), [1])] as [(String, [Int32])] {
                try tokenizerFile(json, in: path)
                let tokenizer = try Tokenizer(ofFile: path)
                #expect(try tokenizer.encode("a") == first + [a] && tokenizer.encode(prompt: "a") == first + [a])
                let notes = [adds != first.isEmpty ? nil : "add_bos_token \(adds)", adds ? "add_eos_token true" : nil]
                #expect(
                    tokenizer.notes
                        == notes.compactMap(\.self).map {
                            "\($0) is ignored, as in transformers: the post_processor of tokenizer.json counts"
                        })
            }
        }
    }

    /// `apply_chat_template` adds nothing to the template's output; llama.cpp begins a chat like any text.
    @Test func conversationsBeginAsTheTemplateWrites() throws {
        let path = try folder(tokenizer: #""bos_token":"<|endoftext|>""#)
        try tokenizerFile(Self.processor(0), in: path)
        let message = [ChatMessage(role: .user, content: "a")]
        let chat = try TextModel(path: path, threads: 1).encode(message)
        #expect(chat.first == 1 && chat[1] != 1)
        let export = try CheckpointExport(path: path, to: .gguf)
        #expect(export.notes.count { $0.hasPrefix("conversations will begin with the token") } == 1)
        let file = files.file("chat.gguf")
        #expect(try export.write(to: file))
        #expect(try TextModel(path: file, threads: 1).encode(message) == [0] + chat)
        let back = try CheckpointExport(path: file, to: .safetensors)
        #expect(back.notes.count { $0.hasPrefix("conversations will begin without the token") } == 1)
        #expect(try CheckpointExport(path: file, to: .gguf).notes == [])
        let copy = files.file("copy")
        #expect(try back.write(to: copy))
        let model = try TextModel(path: copy, threads: 1)
        #expect(try model.encode(message) == chat)
        #expect(try model.encode(prompt: "a") == [0, a])
    }

    /// The post-processor may add another token than the one that `bos_token` names. An export keeps both.
    @Test func exportsKeepTheTokenThatBeginsTexts() throws {
        let path = try folder(tokenizer: #""bos_token":"<|im_end|>""#)
        try tokenizerFile(Self.processor(1), in: path)
        let file = try exported(path, to: .gguf).path
        let copy = try exported(file, to: .safetensors).path
        for path in [path, file, copy] {
            let tokenizer = try Tokenizer(ofFile: path)
            #expect(try tokenizer.encode("a") == [1, a], "\(path)")
        }
    }

    @Test func addedTokensOfTheConfigurationCount() throws {
        let path = try folder(
            tokenizer: #"""
                "added_tokens_decoder":{"0":{"content":"<|endoftext|>","special":false},
                "318":{"content":"<|extra_1|>","special":true,"normalized":false}},
                "extra_special_tokens":["<|extra_2|>"],"split_special_tokens":true
                """#)
        let tokenizer = try Tokenizer(ofFile: path)
        for name in ["<|extra_1|>", "<|extra_2|>"] {
            let id = try #require(tokenizer.specialToken(name))
            #expect(try tokenizer.isSpecial(id) && tokenizer.encode(name, parsingSpecialTokens: true) == [id])
        }
        #expect(tokenizer.notes.count == 2)
        #expect(tokenizer.notes[0].hasSuffix("not the stated ones: \"<|extra_1|>\""))
        #expect(tokenizer.notes[1].hasPrefix("split_special_tokens is ignored"))
    }

    @Test func thoseOfOlderFoldersToo() throws {
        let path = try folder()
        files.write(Array(#"{"<|extra_1|>":278,"<|im_end|>":2}"#.utf8), as: "folder/added_tokens.json")
        let tokenizer = try Tokenizer(ofFile: path)
        let id = try #require(tokenizer.specialToken("<|extra_1|>"))
        #expect(try tokenizer.encode("<|extra_1|>") == [id] && tokenizer.isSpecial(2))
    }

    @Test(arguments: [
        (#""x":{"content":"<|im_end|>"}"#, "ids as keys"), (#""-1":{"content":"<|im_end|>"}"#, "ids as keys"),
    ]) func thoseWithoutAnIdAreRefused(entry: String, expected: String) throws {
        let path = try folder(tokenizer: "\"added_tokens_decoder\":{\(entry)}")
        let error = #expect(throws: CheckpointError.self) { try Tokenizer(ofFile: path) }
        #expect(error?.file == path + "/tokenizer_config.json" && error?.expected == expected)
    }

    /// A token with a named use is matched as a whole.
    @Test(arguments: ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"])
    func tokensByTheirUseAreMatchedWhole(key: String) throws {
        let path = try folder()
        let definition = try TokenizerDefinition(ofFile: path)
        func ids(_ texts: String...) -> [Int32?] { texts.map { definition.id(of: $0) } }
        #expect(try Tokenizer(ofFile: path).encode(" the", parsingSpecialTokens: true) == ids("Ġthe"))
        _ = try folder(tokenizer: #""\#(key)":"he""#)
        #expect(try Tokenizer(ofFile: path).encode(" the", parsingSpecialTokens: true) == ids("Ġt", "he"))
        _ = try folder(tokenizer: #""\#(key)":{"content":"he","lstrip":true}"#)
        #expect(try Tokenizer(ofFile: path).encode("a he", parsingSpecialTokens: true) == ids("a", "he"))
        // For a token that is matched as a whole already, tokenizer.json counts.
        _ = try folder(tokenizer: #""\#(key)":{"content":"<|im_end|>","lstrip":true}"#)
        #expect(try Tokenizer(ofFile: path).encode("a <|im_end|>", parsingSpecialTokens: true).count == 3)
    }
}
