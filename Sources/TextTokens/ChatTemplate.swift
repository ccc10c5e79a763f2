/// How a conversation is written for a model that was trained on ChatML.
///
/// Files carry a template in the Jinja language. This is no interpreter of it: it knows the exact texts of a few
/// templates (``KnownChatTemplate``) and refuses all others, for a template that only resembles one of them writes
/// another prompt.
public struct ChatTemplate: Equatable, Sendable {
    /// The system message of conversations that do not start with one, or nil.
    public var defaultSystemMessage: String?
    /// Whether the template itself writes the token that begins a text.
    public var writesBeginningOfText: Bool

    private static let start = "<|im_start|>"
    private static let end = "<|im_end|>"

    /// ChatML with a default system message.
    public init(defaultSystemMessage: String? = nil, writesBeginningOfText: Bool = false) {
        self.defaultSystemMessage = defaultSystemMessage
        self.writesBeginningOfText = writesBeginningOfText
    }

    /// Looks up a file's `tokenizer.chat_template`.
    ///
    /// - Throws: ``TokenizerError/unsupportedChatTemplate(found:)`` for any that is not exactly a known one.
    public init(jinja template: String) throws(TokenizerError) {
        guard let known = KnownChatTemplate.find(template) else {
            throw .unsupportedChatTemplate(found: template)
        }
        self = known
    }

    /// The conversation in parts, so that nothing a message says can become structure.
    ///
    /// - Parameter addingGenerationPrompt: whether to end where the assistant's answer begins.
    public func segments(_ messages: [ChatMessage], addingGenerationPrompt: Bool) -> [TextSegment] {
        var messages = messages
        if let defaultSystemMessage, let first = messages.first, first.role != "system" {
            messages.insert(ChatMessage(role: "system", content: defaultSystemMessage), at: 0)
        }
        var segments: [TextSegment] = writesBeginningOfText ? [.beginningOfText] : []
        for message in messages {
            segments += [
                .special(Self.start), .plain(message.role + "\n" + message.content), .special(Self.end), .plain("\n"),
            ]
        }
        if addingGenerationPrompt { segments += [.special(Self.start), .plain("assistant\n")] }
        return segments
    }

    /// The conversation as one text without the token that begins it, for people: encode
    /// ``segments(_:addingGenerationPrompt:)`` instead.
    public func text(_ messages: [ChatMessage], addingGenerationPrompt: Bool) -> String {
        segments(messages, addingGenerationPrompt: addingGenerationPrompt).reduce(into: "") { text, segment in
            switch segment {
            case .special(let part), .plain(let part): text += part
            case .beginningOfText: break
            }
        }
    }
}
