import JinjaTemplates

extension ChatMessage {
    /// The message as templates see it in transformers: fields that are null are left out, and reasoning has all the
    /// names that templates use for it.
    var templateValue: TemplateValue {
        var members = fields.filter { $0.value != .none }
        let names = ["reasoning_content", "thinking", "reasoning"]
        if let reasoning = names.lazy.compactMap({ name in members.first { $0.key == name }?.value }).first {
            if !members.contains(where: { $0.key == "thinking" }) {
                members.insert(TemplateValue.Member(key: "thinking", value: reasoning), at: 0)
            }
            if !members.contains(where: { $0.key == "reasoning_content" }) {
                members.append(TemplateValue.Member(key: "reasoning_content", value: reasoning))
            }
        }
        return .object(members)
    }
}
