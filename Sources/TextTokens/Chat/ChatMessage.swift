/// A message of a conversation.
public struct ChatMessage: Hashable, Sendable, Codable {
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
    }

    /// The speaker.
    public var role: Role
    /// The message's text.
    public var content: String

    /// Creates a message.
    public init(role: Role, content: String) {
        self.role = role
        self.content = content
    }
}
