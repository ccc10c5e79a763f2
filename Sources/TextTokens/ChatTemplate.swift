/// How a conversation is written for a model that was trained on ChatML.
///
/// Files carry a template in the Jinja language. This is no interpreter of it: it recognises the one format, and reads
/// from the template the one thing in which ChatML models differ, the system message they get by default.
public struct ChatTemplate: Equatable, Sendable {
    /// The system message of conversations that do not start with one, or nil.
    public var defaultSystemMessage: String?

    private static let start = "<|im_start|>"
    private static let end = "<|im_end|>"

    /// ChatML with a default system message.
    public init(defaultSystemMessage: String? = nil) {
        self.defaultSystemMessage = defaultSystemMessage
    }

    /// Recognises a file's `tokenizer.chat_template`.
    ///
    /// - Throws: ``TokenizerError/unsupportedChatTemplate(found:)`` for any other format.
    public init(jinja template: String) throws(TokenizerError) {
        guard template.contains(Self.start), template.contains(Self.end) else {
            throw .unsupportedChatTemplate(found: String(template.prefix(160)))
        }
        defaultSystemMessage = Self.systemMessage(in: template)
    }

    /// The conversation in parts, so that nothing a message says can become structure.
    ///
    /// - Parameter addingGenerationPrompt: whether to end where the assistant's answer begins.
    public func segments(_ messages: [ChatMessage], addingGenerationPrompt: Bool) -> [TextSegment] {
        var messages = messages
        if let defaultSystemMessage, let first = messages.first, first.role != "system" {
            messages.insert(ChatMessage(role: "system", content: defaultSystemMessage), at: 0)
        }
        var segments: [TextSegment] = []
        for message in messages {
            segments += [
                .special(Self.start), .plain(message.role + "\n" + message.content), .special(Self.end), .plain("\n"),
            ]
        }
        if addingGenerationPrompt { segments += [.special(Self.start), .plain("assistant\n")] }
        return segments
    }

    /// The conversation as one text, for people: encode ``segments(_:addingGenerationPrompt:)`` instead.
    public func text(_ messages: [ChatMessage], addingGenerationPrompt: Bool) -> String {
        segments(messages, addingGenerationPrompt: addingGenerationPrompt).reduce(into: "") { text, segment in
            switch segment {
            case .special(let part), .plain(let part): text += part
            }
        }
    }

    /// The message that a template writes out as `<|im_start|>system\n...<|im_end|>`, not one that it computes.
    private static func systemMessage(in template: String) -> String? {
        for newline in ["\n", "\\n"] {
            for opening in template.ranges(of: start + "system" + newline) {
                let rest = template[opening.upperBound...].prefix(longestSystemMessage)
                guard let closing = rest.firstRange(of: end) else { continue }
                let quote = template[..<opening.lowerBound].last
                if let message = literal(rest[..<closing.lowerBound], quote: quote), !message.isEmpty { return message }
            }
        }
        return nil
    }

    /// In characters: so that a hostile template cannot make the search long.
    private static let longestSystemMessage = 10_000

    /// What a string literal between such quotes says, or a piece of plain template text; nil where the literal ends,
    /// or an expression begins, before the text does.
    private static func literal(_ text: Substring, quote: Character?) -> String? {
        let isQuoted = quote == "'" || quote == "\""
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                result.append(character == "n" ? "\n" : character)
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == (isQuoted ? quote : "{") {
                return nil
            } else {
                result.append(character)
            }
        }
        return result
    }
}
