import JinjaTemplates
import TextTokens

/// ShareGPT's form of messages, `{"from": "human", "value": "Hello"}`, in which many data sets are published.
enum ShareGPT {
    /// The roles by the names that the form has for them.
    static let roles: [String: ChatMessage.Role] = [
        "human": .user, "user": .user, "gpt": .assistant, "chatgpt": .assistant, "assistant": .assistant,
        "system": .system, "tool": .tool, "observation": .tool,
    ]

    /// Returns a list of messages in OpenAI's form, if they are in this one; other values are returned as they are.
    ///
    /// - Parameter place: the list's place in the record, for errors.
    /// - Throws: ``TokenizerError/malformedMessage(place:expected:found:)`` for an unknown role.
    static func converted(_ messages: TemplateValue, place: String) throws(TokenizerError) -> TemplateValue {
        guard case .list(let values) = messages else { return messages }
        var converted: [TemplateValue] = []
        for (index, value) in values.enumerated() {
            converted.append(try Self.message(value, place: "\(place)[\(index)]"))
        }
        return .list(converted)
    }

    private static func message(_ value: TemplateValue, place: String) throws(TokenizerError) -> TemplateValue {
        guard case .object(let members) = value, value["role"] == nil, let from = value["from"] else { return value }
        guard let name = from.text, let role = roles[name] else {
            let names = roles.keys.sorted().map(\.quoted).joined(separator: ", ")
            throw .malformedMessage(
                place: "\(place).from", expected: "one of \(names)", found: from.text?.quoted ?? from.kind)
        }
        return .object(
            members.map { member in
                switch member.key {
                case "from": TemplateValue.Member(key: "role", value: .text(role.rawValue))
                case "value": TemplateValue.Member(key: "content", value: member.value)
                default: member
                }
            })
    }
}
