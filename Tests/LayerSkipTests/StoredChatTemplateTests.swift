import CheckpointFiles
import LayerSkip
import TestSupport
import Testing

/// Where chat templates come from, as in transformers 5, and how exports keep them.
extension FolderTextTests {
    @Test func filesOfTheirOwnReplaceThoseOfTheConfiguration() throws {
        let path = try folder(tokenizer: #""chat_template":"configuration""#)
        files.write(Array(#"{"chat_template":"older"}"#.utf8), as: "folder/chat_template.json")
        #expect(try Checkpoint(path: path).chatTemplate == "configuration")
        _ = files.makeFolder("folder/additional_chat_templates")
        files.write(Array("further".utf8), as: "folder/additional_chat_templates/rag.jinja")
        #expect(try CheckpointSummary(path: path).chatTemplates == ["rag": "further"])
        let error = #expect(throws: CheckpointError.self) { try TextModel(path: path, threads: 1).chatTemplate() }
        #expect(error?.found == #"only "rag"; choose one with --chat-template"#)
        files.write(Array("file".utf8), as: "folder/chat_template.jinja")
        let summary = try CheckpointSummary(path: path)
        #expect(summary.chatTemplates == ["default": "file", "rag": "further"])
    }

    @Test func theOlderFileCountsAlone() throws {
        let path = try folder(tokenizer: #""chat_template":null"#)
        #expect(try Checkpoint(path: path).chatTemplate == nil)
        files.write(Array(#"{"chat_template":"older"}"#.utf8), as: "folder/chat_template.json")
        #expect(try Checkpoint(path: path).chatTemplate == "older")
    }

    @Test(arguments: [
        #"[{"name":"default","template":"a"},{"name":"tool_use","template":"b"}]"#, #"{"default":"a","tool_use":"b"}"#,
    ]) func templatesHaveNamesAndToolsChoose(templates: String) throws {
        let path = try folder(tokenizer: "\"chat_template\":" + templates)
        let model = try TextModel(path: path, threads: 1)
        #expect(try model.chatTemplate().source == "a" && model.chatTemplate(hasTools: true).source == "b")
        #expect(try model.chatTemplate(named: "default", hasTools: true).source == "a")
        let error = #expect(throws: CheckpointError.self) { try model.chatTemplate(named: "rag") }
        #expect(error?.expected == #"a template named "rag""#)
    }

    @Test func exportsKeepNamedTemplates() throws {
        let path = try folder(
            tokenizer: #"""
                "chat_template":[{"name":"default","template":"a"},{"name":"tool_use","template":"b"}]
                """#)
        let templates = ["default": "a", "tool_use": "b"]
        let file = try exported(path, to: .gguf).path
        let metadata = try GGUFFile(path: file).metadata
        #expect(metadata["tokenizer.chat_template.tool_use"] == .string("b"))
        #expect(metadata["tokenizer.chat_templates"] == .array(.strings(["tool_use"])))
        #expect(try CheckpointSummary(path: file).chatTemplates == templates)
        let copy = try exported(file, to: .safetensors).path
        #expect(try CheckpointSummary(path: copy).chatTemplates == templates)
    }

    /// As `special_tokens_map` of transformers 5, and llama.cpp.
    @Test func specialTokensHaveNames() throws {
        let path = try folder(
            tokenizer: #"""
                "bos_token":null,"eos_token":{"content":"<|im_end|>"},"pad_token":"<|endoftext|>","image_token":"<|a|>",
                "extra_special_tokens":{"boi_token":"<|b|>"},"chat_template":
                "{{ [bos_token, eos_token, pad_token, image_token, boi_token, sep_token] | join(' ') }}"
                """#)
        let message = [ChatMessage(role: .user, content: "a")]
        func text(_ path: String) throws -> String {
            try TextModel(path: path, threads: 1).chatTemplate().text(message, addingGenerationPrompt: true)
        }
        #expect(try text(path) == " <|im_end|> <|endoftext|> <|a|> <|b|> ")
        var writer = TinyLlamaFile().writer()
        writer.metadata["tokenizer.chat_template"] = .string(
            "{{ bos_token }}{{ eos_token + pad_token }}{{ unk_token }}")
        let file = files.file("names.gguf")
        try writer.write(to: file)
        #expect(try text(file) == "<|im_start|><|im_end|><|im_end|><|endoftext|>")
        writer.metadata["tokenizer.ggml.bos_token_id"] = nil
        writer.metadata["tokenizer.chat_template"] = .string("{{ bos_token + 'x' }}")
        try writer.write(to: file)
        #expect(try text(file) == "x")
    }
}
