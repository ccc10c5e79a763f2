import CommandTesting
import CheckpointFiles
import LayerSkip
import TestSupport
import Testing

/// Conversations on the command line: the options of `generate --chat`, `chat` and `prepare-data`.
struct ChatOptionTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    private func prompt(_ arguments: [String], input: String = "", model: String? = nil) throws -> String {
        let command = ["generate", "--max-tokens", "1", "--format", "json", "--model", model ?? files.model]
        let run = try CommandRun(command + arguments, input: input)
        let ids = try #require(try run.json["prompt_tokens"] as? [Int], "\(run.errors)")
        // Ids 0, 1 and 2 are special; bytes follow, and merges of the tiny tokenizer.
        let tokenizer = try Tokenizer(ofFile: files.model)
        return tokenizer.decode(ids.map { Int32($0) }, skippingSpecialTokens: false)
    }

    private static let chat = "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"

    @Test func thePromptIsAUsersMessage() throws {
        #expect(try prompt(["hi", "--chat"]) == Self.chat)
        #expect(try prompt(["--chat"], input: "hi\n") == Self.chat)
        #expect(
            try prompt(["hi", "--chat", "--system", "Be kind."])
                == "<|im_start|>system\nBe kind.<|im_end|>\n" + Self.chat)
    }

    @Test func valuesToolsAndDocumentsReachTheTemplate() throws {
        let template = files.write(
            """
            {{ enable_thinking }} {{ name }} {{ count + 1 }} {{ tools | tojson }} {{ documents[0].text }} \
            {{ messages[-1].content }}
            """, as: "template.jinja")
        let tools = files.write(#"[{"z": 1, "a": [true, null]}]"#, as: "tools.json")
        let documents = files.write(#"[{"text": "fish"}]"#, as: "documents.json")
        let options = [
            "--chat", "--chat-template", template, "--template-value", "enable_thinking=false", "--template-value",
            "name=Ada=B", "--template-value", "count=2", "--tools", tools, "--documents", documents,
        ]
        #expect(try prompt(["hi"] + options) == #"False Ada=B 3 [{"z": 1, "a": [true, null]}] fish hi"#)
        let run = try CommandRun(
            ["generate", "hi", "--model", files.model, "--max-tokens", "1", "--chat", "--template-value", "x=1"])
        #expect(run.code == 0 && run.errors.contains("note: the chat template does not use \"x\"\n"))
    }

    @Test func conversationsComeFromFiles() throws {
        let list = files.write(#"[{"role": "user", "content": "hi"}]"#, as: "list.json")
        #expect(try prompt(["--messages", list]) == Self.chat)
        #expect(
            try prompt(["--messages", "-"], input: #"{"messages": [{"role": "user", "content": "hi"}]}"#) == Self.chat)
        for (json, part) in [
            ("[]", "messages: expected a message, found none"),
            (#"[{"role": "assistant", "content": "a"}]"#, "expected a last message that the model can answer"),
            (#"{"a": 1}"#, #"expected the key "messages", found only "a""#), ("[", "messages.json: "),
        ] {
            let path = files.write(json, as: "messages.json")
            let run = try CommandRun(["generate", "--messages", path, "--model", files.model])
            #expect(run.code == 1 && run.errors.contains(part) && run.errors.contains(path), "\(run.errors)")
        }
    }

    @Test func optionsThatDoNotGoTogetherAreUsageErrors() throws {
        for arguments in [
            ["hi", "--system", "a"], ["hi", "--chat", "--parse-special"], ["hi", "--template-value", "a=1"],
            ["hi", "--chat", "--template-value", "a"], ["hi", "--chat", "--template-value", "messages=1"],
            ["hi", "--chat", "--template-value", "a=1", "--template-value", "a=2"],
            ["hi", "--chat", "--template-value", "a=False"], ["hi", "--chat", "--template-value", "a={1"],
            ["hi", "--messages", "x.json"], ["--messages", "x.json", "--parse-special"], ["hi", "--tools", "x.json"],
        ] {
            #expect(try CommandRun(["generate", "--model", files.model] + arguments).code == 2, "\(arguments)")
        }
        // Standard input is read once.
        for arguments in [
            ["generate", "--chat", "--tools", "-"], ["generate", "--messages", "-", "--documents", "-"],
            ["generate", "--chat", "--prompt-file", "-", "--chat-template", "-"], ["chat", "--tools", "-"],
        ] {
            let run = try CommandRun(arguments + ["--model", files.model], input: "[]")
            #expect(run.code == 2 && run.errors.contains("standard input"), "\(arguments): \(run.errors)")
        }
    }

    @Test func namedTemplatesAreChosen() throws {
        var writer = TinyLlamaFile().writer()
        writer.metadata["tokenizer.chat_template"] = .string("plain")
        writer.metadata["tokenizer.chat_template.tool_use"] = .string("with {{ tools | length }}")
        writer.metadata["tokenizer.chat_template.rag"] = .string("rag")
        let model = files.file("named.gguf")
        try writer.write(to: model)
        let tools = files.write("[{}, {}]", as: "tools.json")
        #expect(try prompt(["hi", "--chat"], model: model) == "plain")
        #expect(try prompt(["hi", "--chat", "--tools", tools], model: model) == "with 2")
        #expect(try prompt(["hi", "--chat", "--chat-template", "rag"], model: model) == "rag")
    }

    @Test func anUnknownTemplateIsNeitherANameNorAFile() throws {
        var writer = TinyLlamaFile().writer()
        writer.metadata["tokenizer.chat_template.rag"] = .string("rag")
        let model = files.file("named.gguf")
        try writer.write(to: model)
        writer = TinyLlamaFile().writer()
        for key in writer.metadata.keys where key.hasPrefix("tokenizer.chat_template") { writer.metadata[key] = nil }
        let bare = files.file("bare.gguf")
        try writer.write(to: bare)
        let data = files.write(#"{"messages": [{"role": "user", "content": "a"}]}"# + "\n", as: "chats.jsonl")
        let output = files.file("out.tokens")
        for (model, found) in [(model, #"neither; its templates are "default", "rag""#), (bare, "it has no templates")]
        {
            for command in [
                ["generate", "hi", "--chat", "--model", model], ["chat", "--model", model],
                ["prepare-data", data, "--output", output, "--tokenizer", model],
            ] {
                let run = try CommandRun(command + ["--chat-template", "toool_use"], input: "a\n")
                #expect(run.code == 1 && run.output == "")
                for part in ["\(model): expected a chat template named \"toool_use\", or a file with this name", found]
                {
                    #expect(run.errors.contains(part), "\(run.errors)")
                }
            }
        }
        // A folder is there, but no text.
        let run = try CommandRun(["chat", "--model", model, "--chat-template", files.path])
        #expect(run.code == 1 && run.errors.contains("\(files.path): expected a readable text"), "\(run.errors)")
    }

    @Test func errorsOfAConversationSayWhatToChange() throws {
        let template = files.write(
            """
            {% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}\
            {{ messages[1].content + 1 if messages | length > 1 }}
            """, as: "template.jinja")
        let command = ["generate", "--model", files.model, "--chat-template", template]
        let system = try CommandRun(command + ["hi", "--chat", "--system", "S"])
        #expect(system.code == 1 && system.errors.contains("\"no system\"; leave the system message out\n"))
        let path = files.write(
            #"[{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]"#, as: "messages.json")
        let messages = try CommandRun(command + ["--messages", path])
        #expect(messages.code == 1 && messages.errors.contains("\(path): \(template): chat template, line 1: "))
        #expect(messages.errors.hasSuffix("; change the conversation, or pass another template with --chat-template\n"))
        // Only generate has a prompt that is written by hand.
        var writer = TinyLlamaFile().writer()
        writer.metadata["tokenizer.chat_template"] = .string("{% nonsense %}")
        let broken = files.file("broken.gguf")
        try writer.write(to: broken)
        for (command, advises) in [(["generate", "hi", "--chat"], true), (["chat"], false)] {
            let run = try CommandRun(command + ["--model", broken], input: "a\n")
            #expect(run.code == 1 && run.errors.contains("; pass another template with --chat-template"))
            #expect(run.errors.contains("or write the prompt by hand and use --parse-special") == advises)
        }
    }

    @Test func onlyTheRenderedTextMustFitIntoTheContext() throws {
        let template = files.write("{{ messages[-1].content }}", as: "template.jinja")
        let long = String(repeating: "long ", count: 100_000)
        let path = files.write(
            #"[{"role": "user", "content": "\#(long)"}, {"role": "user", "content": "hi"}]"#, as: "messages.json")
        #expect(try prompt(["--messages", path, "--chat-template", template]) == "hi")
        let all = files.write("{{ messages[0].content }}", as: "all.jinja")
        let run = try CommandRun([
            "generate", "--messages", path, "--chat-template", all, "--model", files.model,
        ])
        #expect(run.code == 1 && run.errors.contains("\(path): prompt: expected fewer tokens"), "\(run.errors)")
        #expect(run.errors.contains("found at least "))
    }

    @Test func errorsNameTheTemplatesFile() throws {
        let template = files.write("\n{{ raise_exception('No system, please') }}", as: "template.jinja")
        for command in [["generate", "hi", "--chat"], ["chat"]] {
            let run = try CommandRun(
                command + ["--model", files.model, "--chat-template", template], input: "Hello\n")
            #expect(run.code == 1 && run.output == "")
            #expect(
                run.errors.contains("\(template): chat template, line 2: ") && run.errors.contains("No system, please"),
                "\(run.errors)")
        }
        for broken in ["{% if %}", "{{ a"] {
            let path = files.write(broken, as: "broken.jinja")
            let run = try CommandRun(["chat", "--model", files.model, "--chat-template", path], input: "Hello\n")
            #expect(run.code == 1 && run.errors.contains("\(path): chat template, line 1: expected"), "\(run.errors)")
        }
    }

    @Test func chatSurvivesAMessageThatTheTemplateRefuses() throws {
        let template = files.write(
            """
            {% for m in messages if m.role == 'user' %}{{ m.content if m.content != 'bad' else raise_exception('no') }}\
            {% endfor %}
            """, as: "template.jinja")
        let run = try CommandRun(
            ["chat", "--model", files.model, "--chat-template", template, "--max-tokens", "2"],
            input: "Hello\nbad\nagain\n")
        #expect(run.code == 1 && run.errors.contains("its error \"no\""), "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count { $0.contains("tokens at") } == 2, "\(run.errors)")
    }

    @Test func chatHasASystemMessageAndValues() throws {
        let template = files.write(
            "{{ messages[0].content }} {{ x }}<|im_end|>{{ messages[-1].content }}", as: "template.jinja")
        let run = try CommandRun(
            [
                "chat", "--model", files.model, "--chat-template", template, "--system", "S", "--template-value", "x=1",
                "--max-tokens", "2",
            ], input: "Hello\n")
        #expect(run.code == 0 && !run.errors.contains("does not use"), "\(run.errors)")
    }

    @Test func conversationsArePreparedForTraining() throws {
        let lines =
            #"{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "a<|im_end|>"}]}"#
        let data = files.write(lines + "\n", as: "chats.jsonl")
        func prepare(_ more: String...) throws -> [Int32] {
            let output = files.file("out.tokens")
            let run = try CommandRun(["prepare-data", data, "--output", output] + more)
            #expect(run.code == 0, "\(run.errors)")
            let shard = try TokenShard(path: output)
            return try shard.tokens(in: shard.documents[0].tokens)
        }
        let tokenizer = try Tokenizer(ofFile: files.model)
        let text = "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\na<|im_end|><|im_end|>\n"
        let ids = try prepare("--tokenizer", files.model)
        #expect(tokenizer.decode(ids, skippingSpecialTokens: false) == text + "<|endoftext|>")
        #expect(ids.count { $0 == 2 } == 2 && ids.count { $0 == 1 } == 2)
        let template = files.write(
            "{% generation %}{{ messages[1].role }}{% endgeneration %}<|endoftext|>", as: "template.jinja")
        let short = try prepare("--tokenizer", files.model, "--chat-template", template)
        #expect(tokenizer.decode(short, skippingSpecialTokens: false) == "assistant<|endoftext|>")
        let more = files.write(
            lines.dropLast() + #", "tools": [{}], "documents": [{}]}"# + "\n" + lines.dropLast() + #", "tools": []}"#,
            as: "more.jsonl")
        let notes = try CommandRun([
            "prepare-data", more, "--output", files.file("more.tokens"), "--tokenizer", files.model,
        ])
        #expect(
            notes.errors.contains(
                """
                note: the chat template does not use "documents", which 1 conversation has
                note: the chat template does not use "tools", which 2 conversations have

                """), "\(notes.errors)")
        let run = try CommandRun(["prepare-data", data, "--output", files.file("none.tokens")])
        let advice = "pass the instruct model that will be trained with --tokenizer"
        #expect(run.code == 1 && run.errors.contains(advice), "\(run.errors)")
    }

    @Test(arguments: [
        (#"{"messages": [{"role": "user", "content": ""}, 5]}"#, "line 2: messages[1]: expected an object with a role"),
        (#"{"messages": {}}"#, "line 2: messages: expected a list of messages, found an object"),
        (#"{"messages": []}"#, "line 2: messages: expected a message, found none"),
        (#"{"messages": [], "prompt": "a"}"#, #"line 2: expected "messages" or a prompt with an answer"#),
        (#"{"messages": [{"role": "bad", "content": ""}]}"#, "line 2: chat template, line 1: expected a conversation"),
    ]) func whatIsNoConversationIsRefusedByItsLine(line: String, part: String) throws {
        let template = files.write(
            "{% if messages[0].role == 'bad' %}{{ raise_exception('bad') }}{% endif %}", as: "template.jinja")
        let data = files.write(
            #"{"messages": [{"role": "user", "content": "a"}]}"# + "\n" + line + "\n", as: "chats.jsonl")
        let output = files.file("out.tokens")
        let run = try CommandRun([
            "prepare-data", data, "--output", output, "--tokenizer", files.model, "--chat-template", template,
        ])
        #expect(run.code == 1 && run.errors.contains("\(data), \(part)"), "\(run.errors)")
        #expect(!Folder.names(in: files.path).contains("out.tokens"))
    }
}
