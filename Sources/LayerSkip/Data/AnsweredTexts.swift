import CheckpointFiles
import LanguageModels
import TextTokens

extension ChatTemplate {
    /// Writes a conversation as texts for training, each with the parts that the assistant writes.
    ///
    /// A template with `{% generation %}` says which parts these are, and the text is the whole conversation. Otherwise,
    /// an answer is what is added when the conversation through the answer is written instead of the beginning of the
    /// answer. Many templates write earlier answers in another way than the last one, for example without their
    /// reasoning. An answer that the text of the whole conversation does not contain as it was given therefore gets a
    /// text of its own, which ends with it. An answer with `"weight": 0`, as in OpenAI's format, is not one.
    ///
    /// - Parameters:
    ///   - promptCount: the number of messages at the beginning whose answers are not learned.
    ///   - name: the conversation's file and line, for errors.
    /// - Returns: the texts in the order of their answers; none if there is no answer.
    /// - Throws: ``CheckpointError`` if the template does not accept the conversation, or does not begin an answer as
    ///   it begins the answer's prompt.
    func answeredTexts(
        _ messages: [ChatMessage], promptCount: Int = 0, options: ChatOptions, name: String
    ) throws(CheckpointError) -> [RenderedChat] {
        func rendering(_ count: Int, isPrompt: Bool = false) throws(CheckpointError) -> RenderedChat {
            try self.rendering(
                Array(messages.prefix(count)), addingGenerationPrompt: isPrompt, options: options, file: name)
        }
        var current = try rendering(messages.count)
        let scored = try messages.enumerated().map { (index, message) throws(CheckpointError) in
            let isScored = try message.isScored(name: name, place: "messages[\(index)]", marked: marksAnswers)
            return isScored && index >= promptCount
        }
        if marksAnswers {
            if promptCount > 0 {
                let prompt = try rendering(promptCount).utf8
                guard current.utf8.starts(with: prompt) else {
                    throw CheckpointError(
                        file: name, name: "prompt",
                        expected: "a chat template that begins a conversation as it writes its prompt",
                        found: Self.difference(prompt, current.utf8))
                }
                current.answers.removeAll { $0.lowerBound < prompt.count }
            }
            return current.answers.isEmpty ? [] : [current]
        }
        var text = current.utf8
        var texts: [RenderedChat] = []
        for index in messages.indices.reversed() where scored[index] {
            // Templates may not write a conversation without messages.
            let prompt =
                index == 0 ? (try? rendering(0, isPrompt: true))?.utf8 ?? [] : try rendering(index, isPrompt: true).utf8
            let through = try rendering(index + 1)
            let end = through.utf8
            guard end.starts(with: prompt) else {
                throw CheckpointError(
                    file: name, name: "messages[\(index)]",
                    expected: "a chat template that begins an answer as it begins the prompt for it",
                    found: Self.difference(prompt, end)
                        + "; pass a template that marks answers with {% generation %} with --chat-template")
            }
            if !text.starts(with: end) {
                if !current.answers.isEmpty { texts.append(current) }
                (current, text) = (through, end)
            }
            if end.count > prompt.count { current.answers.insert(prompt.count..<end.count, at: 0) }
        }
        if !current.answers.isEmpty { texts.append(current) }
        return texts.reversed()
    }

    /// Describes where two texts differ.
    private static func difference(_ prompt: [UInt8], _ text: [UInt8]) -> String {
        let common = zip(prompt, text).prefix { $0 == $1 }.count
        func excerpt(_ bytes: [UInt8]) -> String {
            let text = String(decoding: bytes[common...].prefix(24), as: UTF8.self)
            return text.isEmpty ? "nothing" : text.replacing("\n", with: "\\n").quoted
        }
        return "\(excerpt(prompt)) in the prompt and \(excerpt(text)) in the answer"
    }
}

extension ChatMessage {
    /// Whether the message is an answer to learn: OpenAI's `weight` of an answer, 0 or 1, is not 0.
    ///
    /// - Parameters:
    ///   - name: the conversation's file and line, for errors.
    ///   - place: the message's place in it.
    ///   - marked: whether the template marks answers, so that none can be left out.
    /// - Throws: ``CheckpointError`` for another weight.
    fileprivate func isScored(name: String, place: String, marked: Bool) throws(CheckpointError) -> Bool {
        guard role == .assistant else { return false }
        switch self["weight"] {
        case nil, .some(.none), .integer(1)?, .number(1)?: return true
        case .integer(0)? where !marked, .number(0)? where !marked: return false
        case .integer(0)?, .number(0)?:
            throw CheckpointError(
                file: name, name: "\(place).weight", expected: "1, since the chat template marks all answers",
                found: "0; pass a template without {% generation %} with --chat-template")
        default:
            throw CheckpointError(
                file: name, name: "\(place).weight", expected: "0 or 1", found: "another value")
        }
    }
}
