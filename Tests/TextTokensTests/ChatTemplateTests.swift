import CheckpointFiles
import JinjaTemplates
import LayerSkip
import TestSupport
import Testing

@testable import TextTokens

/// Chat templates render what transformers renders.
struct ChatTemplateTests {
    private static let specialTokens = ["bos_token": "<s>", "eos_token": "</s>"]

    /// `Tests/Goldens/chat-templates.json`.
    private struct Golden {
        let conversations: [TemplateValue]
        let templates: [TemplateValue]

        init() throws {
            let bytes = try TextFile.bytes(Goldens.path("chat-templates.json"), atMost: .description)
            let value = try TemplateValue(json: bytes)
            conversations = try #require(value["conversations"]?.list)
            templates = try #require(value["templates"]?.list)
        }
    }

    @Test func templatesAreRenderedAsInTransformers() throws {
        let golden = try Golden()
        var texts = 0
        for entry in golden.templates {
            let name = try #require(entry["name"]?.text)
            let template = try ChatTemplate(
                jinja: try #require(entry["template"]?.text), specialTokens: Self.specialTokens)
            for (number, item) in try #require(entry["cases"]?.list).enumerated() {
                guard case .integer(let conversation) = item["conversation"] else {
                    Issue.record("\(name), case \(number) has no conversation")
                    continue
                }
                var options = try ChatOptions(item)
                options.now = TemplateDate(year: 2026, month: 11, day: 28, hour: 12, minute: 34, second: 56)
                if case .object(let members) = item["values"] {
                    for member in members { options.values[member.key] = member.value }
                }
                let messages = try ChatMessage.list(golden.conversations[conversation])
                let isPrompt = item["add_generation_prompt"] == true
                do {
                    let text = try template.text(messages, addingGenerationPrompt: isPrompt, options: options)
                    #expect(text == item["text"]?.text, "\(name), case \(number)")
                    texts += 1
                } catch TokenizerError.conversationRefused(_, let message) {
                    #expect(message == item["error"]?.text, "\(name), case \(number)")
                }
            }
        }
        #expect(texts > 140)
    }

    @Test func errorsSayWhereAndWhatToDo() throws {
        let invalid = #expect(throws: TokenizerError.self) { try ChatTemplate(jinja: "a\n{% nonsense %}") }
        for part in ["chat template, line 2", "nonsense", "pass another template with --chat-template"] {
            #expect(invalid?.description.contains(part) == true, "\(part): \(invalid as Any)")
        }
        let refusing = try ChatTemplate(jinja: "\n\n{{ raise_exception('One message!') }}")
        let refusal = #expect(throws: TokenizerError.self) {
            try refusing.text([ChatMessage(role: .user, content: "a")], addingGenerationPrompt: true)
        }
        #expect(refusal == .conversationRefused(line: 3, message: "One message!"))
        #expect(
            refusal?.description
                == "chat template, line 3: expected a conversation that it accepts, found its error \"One message!\""
        )
    }

    @Test func endlessTemplatesAreErrors() throws {
        let loops = String(repeating: "{% for x in range(99999) %}", count: 4)
        let template = try ChatTemplate(jinja: loops + "x" + String(repeating: "{% endfor %}", count: 4))
        #expect(throws: TokenizerError.self) { try template.text([], addingGenerationPrompt: true) }
    }

    @Test func valuesCannotReplaceTheConversation() throws {
        let template = try ChatTemplate(jinja: "{{ messages | length }}{{ x }}")
        var options = ChatOptions()
        options.values = ["x": 5]
        #expect(try template.text([], addingGenerationPrompt: true, options: options) == "05")
        options.values = ["messages": []]
        #expect(throws: TokenizerError.reservedChatValue("messages")) {
            try template.text([], addingGenerationPrompt: true, options: options)
        }
        #expect(template.reads("x") && !template.reads("tools"))
    }

    @Test(.enabled(if: Fixtures.smolLM2 != nil || Fixtures.required)) func smolLM2() throws {
        let metadata = try GGUFFile(path: try #require(Fixtures.smolLM2)).metadata
        let template = try ChatTemplate(jinja: metadata.string(named: "tokenizer.chat_template"))
        let tokenizer = try Tokenizer(TokenizerDefinition(metadata))
        #expect(tokenizer.endOfTextTokens == [0, 2])
        let messages = [ChatMessage(role: .user, content: "Hi")]
        let ids = try tokenizer.encode(template.segments(messages, addingGenerationPrompt: true))
        let text = try template.text(messages, addingGenerationPrompt: true)
        #expect(text.contains("You are a helpful AI assistant named SmolLM, trained by Hugging Face"))
        #expect(try ids == tokenizer.encode(text, parsingSpecialTokens: true))
        #expect(tokenizer.decode(ids, skippingSpecialTokens: false) == text)
    }
}

extension TemplateValue {
    fileprivate var list: [TemplateValue]? {
        if case .list(let list) = self { list } else { nil }
    }
}
