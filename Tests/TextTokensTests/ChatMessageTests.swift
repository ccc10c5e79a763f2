import Foundation
import JinjaTemplates
import LayerSkip
import Testing

@testable import TextTokens

struct ChatMessageTests {
    @Test func messagesAreCodedAsInOpenAIsAPI() throws {
        let json = #"""
            [{"role":"user","content":"Hi"},
            {"role":"assistant","content":null,
            "tool_calls":[{"function":{"arguments":{"a":1.5,"b":[true,2]},"name":"f"}}]},
            {"role":"tool","content":"21","tool_call_id":"c1"},
            {"role":"user","content":[{"text":"a","type":"text"},{"type":"image"},{"text":"b","type":"text"}]}]
            """#
        let messages = try JSONDecoder().decode([ChatMessage].self, from: Data(json.utf8))
        #expect(messages.map(\.role) == [.user, .assistant, .tool, .user])
        #expect(messages.map(\.content) == ["Hi", "", "21", "ab"])
        #expect(messages[2]["tool_call_id"] == "c1" && messages[2]["name"] == nil)
        #expect(messages == (try ChatMessage.list(TemplateValue(json: Array(json.utf8)))))
        #expect(try JSONDecoder().decode([ChatMessage].self, from: JSONEncoder().encode(messages)) == messages)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let again = try String(decoding: encoder.encode(messages[2]), as: UTF8.self)
        #expect(again == #"{"content":"21","role":"tool","tool_call_id":"c1"}"#)
    }

    @Test func fieldsAreSetAndRemoved() {
        var message = ChatMessage(role: .assistant, content: "a")
        message["reasoning_content"] = "because"
        message.content = "b"
        #expect(message.content == "b" && message["reasoning_content"] == "because")
        message["reasoning_content"] = nil
        #expect(message == ChatMessage(role: .assistant, content: "b"))
    }

    @Test func orderIsKept() throws {
        let json = #"{"content":"a","role":"user","z":{"y":1,"x":{"b":-7,"a":1e2}}}"#
        let message = try ChatMessage(TemplateValue(json: Array(json.utf8)))
        let template = try ChatTemplate(jinja: "{{ messages[0] | tojson }}")
        let text = try template.text([message], addingGenerationPrompt: false)
        #expect(text == #"{"content": "a", "role": "user", "z": {"y": 1, "x": {"b": -7, "a": 100.0}}}"#)
    }

    @Test(arguments: [
        ("5", "messages: expected a list of messages, found a number"),
        ("[]", "messages: expected a message, found none"),
        (#"[{"role":"tool"},"a"]"#, "messages[1]: expected an object with a role and a content, found a string"),
        (#"[{"content":"a"}]"#, "messages[0]: expected a role, found none"),
        (#"[{"role":null,"content":"a"}]"#, "messages[0].role: expected a string, found null"),
        (
            #"[{"role":"user","content":{}}]"#,
            "messages[0].content: expected a string or a list of parts, found an object"
        ),
    ]) func otherFormsAreErrors(json: String, message: String) throws {
        let value = try TemplateValue(json: Array(json.utf8))
        let error = #expect(throws: TokenizerError.self) { try ChatMessage.list(value) }
        #expect(error?.description == message)
    }
}
