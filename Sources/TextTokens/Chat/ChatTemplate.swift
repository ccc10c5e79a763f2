/// A formatter that writes conversations for models trained on ChatML.
///
/// Files contain a template in the Jinja language. This type does not interpret Jinja: it knows the exact texts of a
/// few templates (`KnownChatTemplate`) and refuses all others, because a similar template could produce a different
/// prompt.
public struct ChatTemplate: Equatable, Sendable {
    /// The system message for conversations that do not start with one, or nil.
    public var defaultSystemMessage: String?
    /// Whether the template itself writes the beginning-of-text token.
    public var writesBeginningOfText: Bool

    private static let start = "<|im_start|>"
    private static let end = "<|im_end|>"

    /// Creates a ChatML template with an optional default system message.
    public init(defaultSystemMessage: String? = nil, writesBeginningOfText: Bool = false) {
        self.defaultSystemMessage = defaultSystemMessage
        self.writesBeginningOfText = writesBeginningOfText
    }

    /// Recognises a file's `tokenizer.chat_template`.
    ///
    /// - Throws: ``TokenizerError/unsupportedChatTemplate(found:)`` if it is not exactly a known template.
    public init(jinja template: String) throws(TokenizerError) {
        guard let known = KnownChatTemplate.find(template) else {
            throw .unsupportedChatTemplate(found: template)
        }
        self = known
    }

    /// Formats a conversation as segments, so that the text of a message can never become structure.
    ///
    /// - Parameter addingGenerationPrompt: whether to end with the start of the assistant's answer.
    public func segments(_ messages: [ChatMessage], addingGenerationPrompt: Bool) -> [TextSegment] {
        var messages = messages
        if let defaultSystemMessage, let first = messages.first, first.role != .system {
            messages.insert(ChatMessage(role: .system, content: defaultSystemMessage), at: 0)
        }
        var segments: [TextSegment] = writesBeginningOfText ? [.beginningOfText] : []
        for message in messages {
            segments += [
                .special(Self.start), .plain(message.role.rawValue + "\n" + message.content), .special(Self.end),
                .plain("\n"),
            ]
        }
        if addingGenerationPrompt { segments += [.special(Self.start), .plain("assistant\n")] }
        return segments
    }

    /// Formats a conversation as one text without the beginning-of-text token, for display. To encode it, use
    /// ``segments(_:addingGenerationPrompt:)``.
    public func text(_ messages: [ChatMessage], addingGenerationPrompt: Bool) -> String {
        segments(messages, addingGenerationPrompt: addingGenerationPrompt).reduce(into: "") { text, segment in
            switch segment {
            case .special(let part), .plain(let part): text += part
            case .beginningOfText: break
            }
        }
    }
}
