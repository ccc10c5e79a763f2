package import JinjaTemplates

/// A model's chat template: a program in the Jinja language that writes a conversation as the model's prompt.
///
/// It renders as transformers does. Constructs that the interpreter does not have are errors.
public struct ChatTemplate: Sendable {
    /// The template's text.
    public let source: String
    /// The texts of special tokens, by the names that templates use, such as `bos_token`.
    public let specialTokens: [String: String]
    /// The template's own file, for errors; nil if it is that of the model.
    package var file: String?
    private let template: Template

    /// Reads a template.
    ///
    /// - Parameters:
    ///   - source: the template, such as a file's `tokenizer.chat_template`.
    ///   - specialTokens: the texts of special tokens, by the names that templates use, such as `bos_token`.
    /// - Throws: ``TokenizerError/chatTemplate(line:expected:found:)`` if it is not valid, or uses something that is
    ///   not supported.
    public init(jinja source: String, specialTokens: [String: String] = [:]) throws(TokenizerError) {
        self.source = source
        self.specialTokens = specialTokens
        do {
            template = try Template(source)
        } catch {
            throw TokenizerError(error)
        }
    }

    /// The variables that no value may set.
    package static let ownVariables: Set = ["messages", "tools", "documents", "add_generation_prompt"]

    /// Whether the template reads a variable with this name.
    package func reads(_ variable: String) -> Bool { template.variables.contains(variable) }

    /// Whether the template marks what the assistant writes, with `{% generation %}`.
    package var marksAnswers: Bool { template.marksGeneration }

    /// Formats a conversation as segments, so that the text of a message can never become structure.
    ///
    /// - Parameters:
    ///   - messages: the conversation.
    ///   - addingGenerationPrompt: whether to end with the start of the assistant's answer.
    ///   - options: tools, documents and other values for the template.
    /// - Throws: ``TokenizerError/conversationRefused(line:message:)`` if the template does not accept the
    ///   conversation; ``TokenizerError/chatTemplate(line:expected:found:)`` if it fails or does not end.
    public func segments(
        _ messages: [ChatMessage], addingGenerationPrompt: Bool, options: ChatOptions = ChatOptions()
    ) throws(TokenizerError) -> [TextSegment] {
        try rendering(messages, addingGenerationPrompt: addingGenerationPrompt, options: options).segments
    }

    /// Formats a conversation as segments, with the parts that the template marks as the assistant's.
    ///
    /// - Throws: as above.
    package func rendering(
        _ messages: [ChatMessage], addingGenerationPrompt: Bool, options: ChatOptions
    ) throws(TokenizerError) -> RenderedChat {
        let pieces = try pieces(messages, addingGenerationPrompt: addingGenerationPrompt, options: options)
        var end = 0
        var answers: [Range<Int>] = []
        for piece in pieces {
            let start = end
            end += piece.text.utf8.count
            guard piece.isGenerated, end > start else { continue }
            if let last = answers.last, last.upperBound == start {
                answers[answers.count - 1] = last.lowerBound..<end
            } else {
                answers.append(start..<end)
            }
        }
        return RenderedChat(segments: pieces.segments(roles: messages.map(\.role)), answers: answers)
    }

    /// Formats a conversation as one text, for display. To encode it, use
    /// ``segments(_:addingGenerationPrompt:options:)``.
    ///
    /// - Throws: as above.
    public func text(
        _ messages: [ChatMessage], addingGenerationPrompt: Bool, options: ChatOptions = ChatOptions()
    ) throws(TokenizerError) -> String {
        try pieces(messages, addingGenerationPrompt: addingGenerationPrompt, options: options).map(\.text).joined()
    }

    /// Renders a conversation. The pieces tell what the template wrote, and what is inside `{% generation %}`.
    ///
    /// - Throws: as above.
    package func pieces(
        _ messages: [ChatMessage], addingGenerationPrompt: Bool, options: ChatOptions
    ) throws(TokenizerError) -> [RenderedPiece] {
        if let name = options.values.keys.first(where: Self.ownVariables.contains) { throw .reservedChatValue(name) }
        let variables: [(String, TemplateValue)] =
            options.values.map { ($0.key, $0.value) } + [
                ("messages", .list(messages.map(\.templateValue))),
                ("tools", options.tools.map { .list($0) } ?? .none),
                ("documents", options.documents.map { .list($0) } ?? .none),
                ("add_generation_prompt", .bool(addingGenerationPrompt)),
            ]
        do {
            return try template.render(
                variables, trusted: specialTokens.map { ($0.key, .text($0.value)) }, now: options.now)
        } catch {
            throw TokenizerError(error)
        }
    }
}

extension [RenderedPiece] {
    /// The pieces as segments. A role that is a plain word counts as the template's text, because some templates build
    /// special tokens from it, such as `<|user|>`.
    fileprivate func segments(roles: [ChatMessage.Role]) -> [TextSegment] {
        let words = Set(roles.map(\.rawValue).filter(\.isWord).map { $0.lowercased() })
        return reduce(into: []) { segments, piece in
            let isPlain = piece.isFromInput && !words.contains(piece.text.lowercased())
            switch segments.last {
            case .plain(let text) where isPlain: segments[segments.count - 1] = .plain(text + piece.text)
            case .structure(let text) where !isPlain: segments[segments.count - 1] = .structure(text + piece.text)
            default: segments.append(isPlain ? .plain(piece.text) : .structure(piece.text))
            }
        }
    }
}

extension String {
    /// Whether there are only ASCII letters, digits and underscores.
    fileprivate var isWord: Bool {
        utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
