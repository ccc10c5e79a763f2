import CheckpointFiles
import TextTokens

/// Contents in parts, such as `[{"type": "text", "text": "Hello"}]`, for templates that read only texts.
extension ChatTemplate {
    /// Returns messages in which contents in parts are texts, if the template would print the parts as they are.
    ///
    /// - Parameter file: the template's file or that of the conversation, for errors.
    /// - Throws: ``CheckpointError`` if such a content has other parts than texts.
    func joiningParts(_ messages: [ChatMessage], file: String) throws(CheckpointError) -> [ChatMessage] {
        var readers: [ChatMessage.Role: Bool] = [:]
        var joined = messages
        for (index, message) in messages.enumerated() {
            guard case .list(let parts) = message["content"] else { continue }
            let reads = readers[message.role] ?? readsParts(of: message.role)
            readers[message.role] = reads
            if reads { continue }
            if let other = parts.firstIndex(where: { $0["type"]?.text != "text" || $0["text"]?.text == nil }) {
                throw CheckpointError(
                    file: file, name: "messages[\(index)].content[\(other)]",
                    expected: "a part of type \"text\", since the chat template reads no others",
                    found: parts[other]["type"]?.text?.quoted ?? parts[other].kind)
            }
            joined[index].content = message.content
        }
        return joined
    }

    /// Whether the template writes the texts of parts, rather than the parts as they are.
    private func readsParts(of role: ChatMessage.Role) -> Bool {
        let word = "text-of-a-part"
        let user = ChatMessage(role: .user, content: "question")
        var message = ChatMessage(role: role, content: "")
        message["content"] = [["type": "text", "text": .text(word)]]
        let messages =
            switch role {
            case .user: [message]
            case .system: [message, user]
            default: [user, message]
            }
        guard let text = try? text(messages, addingGenerationPrompt: false) else { return false }
        return text.contains(word) && !text.contains("'type'") && !text.contains("\"type\"")
    }
}
