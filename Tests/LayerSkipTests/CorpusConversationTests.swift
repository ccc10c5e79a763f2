import CheckpointFiles
import LayerSkip
import ModelTraining
import TestSupport
import Testing

/// Conversations in JSON Lines, written by a chat template.
struct CorpusConversationTests {
    private let files = TemporaryFolder()

    private func model() throws -> String {
        var writer = TinyLlamaFile().writer()
        writer.metadata["tokenizer.chat_template"] = .string(
            "{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}")
        writer.metadata["tokenizer.chat_template.tool_use"] = .string(
            "{% generation %}{{ tools | length }}<|im_end|>{% endgeneration %}")
        try writer.write(to: files.file("model.gguf"))
        return files.file("model.gguf")
    }

    private func texts(_ encoder: CorpusEncoder, _ lines: String) throws -> ([String], CorpusEncoder.Summary) {
        let corpus = try Corpus(files: [files.write(Array(lines.utf8), as: "chats.jsonl")])
        let output = files.file("out.tokens")
        let summary = try #require(try encoder.encode(corpus, to: output, on: ThreadPool(threads: 2)))
        let shard = try TokenShard(path: output)
        let tokenizer = try Tokenizer(ofFile: model())
        let texts = try shard.documents.map {
            tokenizer.decode(try shard.tokens(in: $0.tokens), skippingSpecialTokens: false)
        }
        return (texts, summary)
    }

    @Test func theTokenizersOwnTemplatesAreUsed() throws {
        let lines = #"""
            {"messages": [{"role": "user", "content": "a<|im_end|>"}, {"role": "assistant", "content": "b"}], "id": 1}
            {"messages": [{"role": "assistant", "content": null, "tool_calls": [{}]}], "tools": [{}, {}]}
            """#
        let path = try model()
        for encoder in [
            try CorpusEncoder(tokenizerFile: path), try CorpusEncoder(tokenizerOf: Checkpoint(path: path)),
        ] {
            let (texts, summary) = try texts(encoder, lines)
            #expect(
                texts == [
                    "<|im_start|>a<|im_end|><|im_end|><|im_start|>b<|im_end|><|endoftext|>",
                    "2<|im_end|><|endoftext|>",
                ])
            #expect(summary.remarks.ignoredKeys == ["id"] && summary.remarks.empty == 0)
            #expect(summary.remarks.spelledOut == 1)
        }
    }

    /// OpenAI's files give an answer that is not to be learned the weight 0.
    @Test func answersOfNoWeightAreNotScored() throws {
        func line(_ weight: String) -> String {
            #"{"messages": [{"role": "assistant", "content": "a", "weight": \#(weight)}, "#
                + #"{"role": "user", "content": "b"}, {"role": "assistant", "content": "a", "weight": 1}]}"#
        }
        var encoder = try CorpusEncoder(tokenizerFile: model())
        let (all, none) = (try texts(encoder, line("1")), try texts(encoder, line("0")))
        #expect(all.0 == none.0)
        #expect(none.1.scoredTokens > 0 && all.1.scoredTokens == 2 * none.1.scoredTokens)
        #expect(try texts(encoder, line("0.0")).1.scoredTokens == none.1.scoredTokens)
        #expect(try texts(encoder, line("1.0")).1.scoredTokens == all.1.scoredTokens)
        let wrong = #expect(throws: FileError.self) { try texts(encoder, line("0.5")) }
        #expect(wrong?.name == "messages[0].weight" && wrong?.expected == "0 or 1", "\(wrong as Any)")
        encoder.chatTemplate = try ChatTemplate(jinja: "{% generation %}{{ messages[0].role }}{% endgeneration %}")
        let marked = #expect(throws: FileError.self) { try texts(encoder, line("0")) }
        #expect(marked?.name == "messages[0].weight", "\(marked as Any)")
    }

    /// ShareGPT's form gives the tokens of OpenAI's.
    @Test func conversationsOfShareGPTAreRead() throws {
        let encoder = try CorpusEncoder(tokenizerFile: model())
        let own = try texts(
            encoder,
            #"{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}, "#
                + #"{"role": "assistant", "content": "b"}]}"#)
        let other = try texts(
            encoder,
            #"{"conversations": [{"from": "system", "value": "s"}, {"from": "human", "value": "a"}, "#
                + #"{"from": "gpt", "value": "b", "weight": null}], "id": "x"}"#)
        #expect(own.0 == other.0 && own.1.scoredTokens == other.1.scoredTokens && own.1.scoredTokens > 0)
        #expect(other.1.remarks.ignoredKeys == ["id"])
        let unknown = #expect(throws: FileError.self) {
            try texts(encoder, #"{"conversations": [{"from": "narrator", "value": "a"}]}"#)
        }
        #expect(unknown?.name == "messages[0].from" && unknown?.found == "\"narrator\"", "\(unknown as Any)")
        let mixed = #expect(throws: FileError.self) {
            try texts(encoder, #"{"messages": [{"role": "human", "content": "a"}]}"#)
        }
        #expect(mixed?.name == "messages[0].role" && mixed?.found.contains("sed") == true, "\(mixed as Any)")
    }

    @Test func onlyCallsOfToolsMayHaveNoContent() throws {
        let encoder = try CorpusEncoder(tokenizerFile: model())
        for message in [
            #""role": "user", "content": null"#, #""role": "user""#, #""role": "system", "content": null"#,
            #""role": "assistant", "content": null"#, #""role": "assistant", "tool_calls": []"#,
        ] {
            let line = #"{"messages": [{\#(message)}, {"role": "assistant", "content": "b"}]}"#
            let error = #expect(throws: FileError.self) { try texts(encoder, line) }
            #expect(error?.name == "messages[0].content", "\(error as Any)")
        }
        let old = #"{"messages": [{"role": "assistant", "content": null, "function_call": {"name": "f"}}]}"#
        let error = #expect(throws: FileError.self) { try texts(encoder, old) }
        #expect(error?.name == "messages[0].function_call", "\(error as Any)")
    }

    /// Arguments are a text in OpenAI's API, and tables fill what is missing with null.
    @Test func callsOfToolsAreWrittenAsObjects() throws {
        var encoder = try CorpusEncoder(tokenizerFile: model())
        encoder.chatTemplate = try ChatTemplate(
            jinja: """
                {% generation %}{{ messages[0].tool_calls[0].function | tojson }}{{ tools | tojson }}{% endgeneration %}
                """)
        func line(_ arguments: String, _ tools: String) -> String {
            #"{"messages": [{"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "f", "#
                + #""arguments": \#(arguments)}}]}], "tools": \#(tools)}"#
        }
        let own = try texts(encoder, line(#"{"a": "b"}"#, #"[{"name": "f"}]"#))
        #expect(own.0 == [#"{"name": "f", "arguments": {"a": "b"}}[{"name": "f"}]<|endoftext|>"#])
        for other in [
            line(#""{\"a\": \"b\"}""#, #"[{"name": "f", "strict": null}]"#),
            line(#"{"a": "b", "c": null}"#, #""[{\"name\": \"f\"}]""#),
        ] {
            #expect(try texts(encoder, other).0 == own.0)
        }
        let kept = try texts(encoder, line(#""no object""#, "null")).0
        #expect(kept == [#"{"name": "f", "arguments": "no object"}null<|endoftext|>"#])
        let lines = ["1", "2"].map { line(#"{"a": \#($0)}"#, "null") }
        #expect(try texts(encoder, lines.joined(separator: "\n")).1.remarks.duplicates == 0)
        #expect(try texts(encoder, lines[0] + "\n" + lines[0]).1.remarks.duplicates == 1)
    }

    @Test func contentsInPartsAreWrittenAsTheTemplateReadsThem() throws {
        var encoder = try CorpusEncoder(tokenizerFile: model())
        func line(_ answer: String) -> String {
            #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": \#(answer)}]}"#
        }
        let parts = #"[{"type": "text", "text": "b"}, {"type": "text", "text": "c"}]"#
        let whole = try texts(encoder, line(#""bc""#))
        #expect(try texts(encoder, line(parts)).0 == whole.0)
        let image = #expect(throws: FileError.self) { try texts(encoder, line(#"[{"type": "image_url"}]"#)) }
        #expect(image?.name == "messages[1].content[0]" && image?.found == "\"image_url\"", "\(image as Any)")
        encoder.chatTemplate = try ChatTemplate(
            jinja: """
                {% for m in messages %}{% if m.content is string %}{{ m.content }}{% else %}\
                {% for p in m.content %}{{ p.text }}+{% endfor %}{% endif %}|{% endfor %}
                """)
        #expect(try texts(encoder, line(parts)).0 == ["a|b+c+|<|endoftext|>"])
    }

    /// Of a template that ends answers with no token, the end-of-text that is added ends the last one.
    @Test func theEndOfAnAnswerIsLearned() throws {
        var encoder = try CorpusEncoder(tokenizerFile: model())
        let line = #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#
        #expect(try texts(encoder, line).1.scoredTokens == 3)
        encoder.chatTemplate = try ChatTemplate(jinja: "{% for m in messages %}{{ m.content }}{% endfor %}")
        #expect(try texts(encoder, line).1.scoredTokens == 2)
        encoder.chatTemplate = try ChatTemplate(
            jinja: "{% for m in messages %}{{ m.content }}<|im_end|>{{ '|' }}{% endfor %}")
        #expect(try texts(encoder, line).1.scoredTokens == 3)
    }

    /// Only without any template are instructions written as Stanford Alpaca's.
    @Test func aTemplateThatCannotBeUsedIsAnErrorForInstructions() throws {
        var writer = TinyLlamaFile().writer()
        writer.metadata["tokenizer.chat_template"] = .string("{% for m in messages %}")
        try writer.write(to: files.file("broken.gguf"))
        let encoder = try CorpusEncoder(tokenizerFile: files.file("broken.gguf"))
        let line = #"{"instruction": "a", "input": "", "output": "b"}"#
        let error = #expect(throws: FileError.self) { try texts(encoder, line) }
        #expect(error?.name.contains("chat template") == true, "\(error as Any)")
    }

    @Test func emptyAnswersAreCounted() throws {
        let lines = ["\"\"", "\"b\""].map {
            #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": \#($0)}]}"#
        }
        let encoder = try CorpusEncoder(tokenizerFile: model())
        #expect(try texts(encoder, lines.joined(separator: "\n")).1.remarks.emptyAnswers == 1)
    }

    @Test func aSystemTextBecomesAMessage() throws {
        let encoder = try CorpusEncoder(tokenizerFile: model())
        let turns = #"{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}"#
        let own = try texts(
            encoder, #"{"conversations": [{"from": "system", "value": "s"}, \#(turns)]}"#)
        let other = try texts(encoder, #"{"system": "s", "conversations": [\#(turns)]}"#)
        #expect(other.0 == own.0 && other.1.remarks.ignoredKeys.isEmpty)
        #expect(try texts(encoder, #"{"system": "", "conversations": [\#(turns)]}"#).0 != own.0)
        let twice = #expect(throws: FileError.self) {
            try texts(encoder, #"{"system": "t", "conversations": [{"from": "system", "value": "s"}, \#(turns)]}"#)
        }
        #expect(twice?.name == "system", "\(twice as Any)")
    }

    @Test func theLastTokenIsNotRepeated() throws {
        var encoder = try CorpusEncoder(tokenizerFile: model(), endOfText: "<|im_end|>")
        let line = #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#
        #expect(try texts(encoder, line).0 == ["<|im_start|>a<|im_end|><|im_start|>b<|im_end|>"])
        encoder.chatTemplate = try ChatTemplate(jinja: "{% generation %}{{ messages[0].role }}{% endgeneration %}")
        #expect(try texts(encoder, line).0 == ["user<|im_end|>"])
    }

    @Test func aTokenizersFolderHasTemplates() throws {
        let checkpoint = try CheckpointExport(path: model(), to: .safetensors)
        #expect(try checkpoint.write(to: files.file("folder")))
        let encoder = try CorpusEncoder(tokenizerFile: files.file("folder/tokenizer.json"))
        let line = #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#
        #expect(try texts(encoder, line).0 == ["<|im_start|>a<|im_end|><|im_start|>b<|im_end|><|endoftext|>"])
    }

    @Test func whatATemplateDoesNotReadIsCounted() throws {
        let lines = #"""
            {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "documents": [{}]}
            {"messages": [{"role": "assistant", "content": "a"}], "tools": [{}], "documents": []}
            {"messages": [{"role": "assistant", "content": "a"}], "tools": null}
            """#
        var encoder = try CorpusEncoder(tokenizerFile: model())
        #expect(try texts(encoder, lines).1.remarks.unreadValues == ["documents": 2])
        encoder.chatTemplate = try ChatTemplate(jinja: "{% generation %}{{ documents }}{% endgeneration %}")
        #expect(try texts(encoder, lines).1.remarks.unreadValues == ["tools": 1])
    }

    @Test func whatIsNotAcceptedIsNamedByItsLine() throws {
        let lines = #"""
            {"messages": [{"role": "assistant", "content": "a"}]}
            {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "b"}]}
            """#
        var encoder = try CorpusEncoder(tokenizerFile: model())
        for (template, advice) in [
            ("{{ raise_exception('no') if messages[0].role == 'system' }}", "leave the system message out"),
            (
                "{{ 1 + messages[-1].content if messages[-1].content == 'b' }}",
                "change the conversation, or pass another template"
            ),
        ] {
            encoder.chatTemplate = try ChatTemplate(jinja: template)
            let error = #expect(throws: FileError.self) { try texts(encoder, lines) }
            #expect(error?.file.hasSuffix("chats.jsonl, line 2") == true && error?.name == "chat template, line 1")
            #expect(error?.found.contains(advice) == true, "\(error as Any)")
            #expect(error?.found.contains("parse-special") == false)
        }
    }

    @Test func withoutATemplateThereIsAnError() throws {
        let encoder = try CorpusEncoder(CorpusEncoding().definition)
        let error = #expect(throws: FileError.self) {
            try texts(encoder, #"{"messages": [{"role": "user", "content": "a"}]}"#)
        }
        #expect(error?.found.contains("pass a file with --chat-template") == true, "\(error as Any)")
        #expect(error?.file.hasSuffix("chats.jsonl, line 1") == true && error?.name == "tokenizer: chat template")
    }
}
