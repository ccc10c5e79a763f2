import CheckpointFiles
package import TextTokens

extension ChatTemplate {
    /// The names of given values that the template does not read, such as `tools`.
    package func unread(of options: ChatOptions) -> [String] {
        var names = options.values.keys.sorted()
        if options.tools != nil { names.append("tools") }
        if options.documents != nil { names.append("documents") }
        return names.filter { !reads($0) }
    }

    /// Formats a conversation as segments, for a model.
    ///
    /// - Parameter file: what errors name: the template's file, or that of the conversation.
    /// - Throws: ``CheckpointError`` if the template does not accept the conversation. It says what to change.
    func segments(
        _ messages: [ChatMessage], addingGenerationPrompt: Bool, options: ChatOptions, file: String
    ) throws(CheckpointError) -> [TextSegment] {
        try rendering(messages, addingGenerationPrompt: addingGenerationPrompt, options: options, file: file).segments
    }

    /// The same, with the parts that the template marks as the assistant's.
    ///
    /// - Throws: as above.
    func rendering(
        _ messages: [ChatMessage], addingGenerationPrompt: Bool, options: ChatOptions, file: String
    ) throws(CheckpointError) -> RenderedChat {
        let messages = try joiningParts(messages, file: file)
        func result(_ messages: [ChatMessage]) throws(TokenizerError) -> RenderedChat {
            try rendering(messages, addingGenerationPrompt: addingGenerationPrompt, options: options)
        }
        do throws(TokenizerError) {
            return try result(messages)
        } catch {
            let advice: String
            switch error {
            case .conversationRefused, .chatTemplate:
                let others = Array(messages.drop { $0.role == .system })
                let hasSystem = others.count < messages.count
                advice =
                    hasSystem && !others.isEmpty && (try? result(others)) != nil
                    ? "leave the system message out"
                    : "change the conversation, or pass another template with --chat-template"
            default: throw CheckpointError(error, file: file)
            }
            let facts = error.facts
            throw CheckpointError(
                file: file, name: facts.name, expected: facts.expected, found: "\(facts.found); \(advice)")
        }
    }
}
