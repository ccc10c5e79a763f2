/// One message of a conversation.
public struct ChatMessage: Equatable, Sendable {
    /// Who speaks: "system", "user" or "assistant".
    public var role: String
    /// What is said.
    public var content: String

    /// A message.
    public init(role: String, content: String) {
        self.role = role
        self.content = content
    }
}
