/// A message of a conversation.
public struct ChatMessage: Equatable, Sendable {
    /// The speaker: "system", "user" or "assistant".
    public var role: String
    /// The message's text.
    public var content: String

    /// Creates a message.
    public init(role: String, content: String) {
        self.role = role
        self.content = content
    }
}
