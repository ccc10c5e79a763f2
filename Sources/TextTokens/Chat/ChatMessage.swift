public import JinjaTemplates

/// A message of a conversation.
///
/// A message has a role and a text, and may have further fields that chat templates read, such as `tool_calls`,
/// `tool_call_id`, `name` and `reasoning_content`, under the names of OpenAI's API:
///
/// ```swift
/// var result = ChatMessage(role: .tool, content: "21 degrees")
/// result["tool_call_id"] = "call_1"
/// ```
public struct ChatMessage: Hashable, Sendable {
    /// A speaker, by the name that chat templates write.
    public struct Role: RawRepresentable, Hashable, Sendable, Codable {
        /// The name.
        public let rawValue: String

        /// Creates a role for a template that knows this name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// What the model is told before the conversation.
        public static let system = Role(rawValue: "system")
        /// The person who asks.
        public static let user = Role(rawValue: "user")
        /// The model.
        public static let assistant = Role(rawValue: "assistant")
        /// The result of a tool that the model called.
        public static let tool = Role(rawValue: "tool")
    }

    /// All fields, in order. One of them is the role.
    package internal(set) var fields: [TemplateValue.Member]

    /// Creates a message.
    public init(role: Role, content: String) {
        fields = [
            TemplateValue.Member(key: "role", value: .text(role.rawValue)),
            TemplateValue.Member(key: "content", value: .text(content)),
        ]
    }

    /// The speaker.
    public var role: Role {
        get { Role(rawValue: self["role"]?.text ?? "") }
        set { self["role"] = .text(newValue.rawValue) }
    }

    /// The message's text. Of a content in parts, it is their texts, one after the other; of a message without content,
    /// such as a call of a tool, it is empty.
    public var content: String {
        get {
            switch self["content"] {
            case .text(let text): text
            case .list(let parts): parts.compactMap { $0["text"]?.text }.joined()
            default: ""
            }
        }
        set { self["content"] = .text(newValue) }
    }

    /// A field; nil removes it. The role must stay a text.
    public subscript(field: String) -> TemplateValue? {
        get { fields.first { $0.key == field }?.value }
        set {
            precondition(field != "role" || newValue?.text != nil, "a message has a role")
            let place = fields.firstIndex { $0.key == field }
            switch (place, newValue) {
            case (let place?, let value?): fields[place].value = value
            case (let place?, nil): fields.remove(at: place)
            case (nil, let value?): fields.append(TemplateValue.Member(key: field, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension ChatMessage {
    /// Creates a message from an object with a role.
    ///
    /// - Throws: ``TokenizerError/malformedMessage(place:expected:found:)`` if it is not one.
    package init(_ value: TemplateValue, place: String = "message") throws(TokenizerError) {
        guard case .object(let members) = value else {
            throw .malformedMessage(place: place, expected: "an object with a role and a content", found: value.kind)
        }
        guard let role = value["role"] else {
            throw .malformedMessage(place: place, expected: "a role", found: "none")
        }
        guard case .text = role else {
            throw .malformedMessage(place: "\(place).role", expected: "a string", found: role.kind)
        }
        if let call = value["function_call"], call != .none {
            throw .malformedMessage(
                place: "\(place).function_call", expected: "\"tool_calls\", which replaced it in OpenAI's API",
                found: call.kind)
        }
        switch value["content"] {
        // An answer may only call tools. What is said to the model is never missing on purpose.
        case .some(.none), nil:
            var isCall = false
            if case .list(let calls) = value["tool_calls"] { isCall = !calls.isEmpty }
            guard [Role.user, .system, .assistant].contains(Role(rawValue: role.text ?? "")), !isCall else { break }
            throw .malformedMessage(
                place: "\(place).content",
                expected: "a string or a list of parts (only an answer that calls tools may have none)",
                found: value["content"] == nil ? "none" : "null")
        case .text, .list: break
        case let content?:
            throw .malformedMessage(
                place: "\(place).content", expected: "a string or a list of parts", found: content.kind)
        }
        fields = members
    }

    /// Creates the messages of a list.
    ///
    /// - Throws: as above, and if the value is not a list with at least one message.
    package static func list(_ value: TemplateValue, place: String = "messages") throws(TokenizerError) -> [ChatMessage]
    {
        guard case .list(let values) = value else {
            throw .malformedMessage(place: place, expected: "a list of messages", found: value.kind)
        }
        guard !values.isEmpty else { throw .malformedMessage(place: place, expected: "a message", found: "none") }
        var messages: [ChatMessage] = []
        for (index, value) in values.enumerated() {
            messages.append(try ChatMessage(value, place: "\(place)[\(index)]"))
        }
        return messages
    }
}
