package import TextTokens
import TokenDecoding

/// A conversation with a model: its history, written with the model's chat template.
///
/// When the history no longer fits into the model's context, the model no longer sees the oldest turns.
package final class Conversation {
    /// All messages so far, without the system message.
    package private(set) var messages: [ChatMessage]
    /// The number of oldest messages that the model no longer sees.
    package private(set) var forgottenCount = 0
    private let system: ChatMessage?
    private let chat: ChatOptions
    private let template: ChatTemplate
    private let model: TextModel
    private let session: TextSession
    /// The most tokens that the model sees.
    private let contextLength: Int
    /// The number of tokens that the context must have left for an answer.
    private let reserve: Int

    /// Creates a conversation.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - system: the system message, instead of the template's own.
    ///   - messages: the turns so far: each begins with a user's message and ends with an answer.
    ///   - chat: tools, documents and other values for the chat template.
    ///   - template: the chat template; nil for the model's own.
    ///   - options: options for every answer.
    /// - Throws: ``CheckpointError`` if the model has no chat template, or it refuses the system message;
    ///   ``GenerationError`` or ``ExitLayerError`` if an option is out of range, a message has no answer, or the system
    ///   message cannot fit into the model's context;
    ///   ``MemoryError``.
    package init(
        _ model: TextModel, system: String? = nil, messages: [ChatMessage] = [], chat: ChatOptions = ChatOptions(),
        template: ChatTemplate? = nil, options: GenerationOptions = GenerationOptions()
    ) throws {
        if let problem = Self.problem(in: messages) {
            throw GenerationError.invalidOption(
                name: "messages", expected: "turns of a user's message and its answer", found: problem)
        }
        self.messages = messages
        self.model = model
        self.chat = chat
        self.template = if let template { template } else { try model.chatTemplate(hasTools: chat.tools != nil) }
        self.system = system.map { ChatMessage(role: .system, content: $0) }
        session = try TextSession(model, options: options)
        contextLength = min(options.context ?? .max, model.model.contextLength)
        reserve = min(options.maxTokens ?? 256, max(1, contextLength / 4))
        // A template that refuses the system message says so before anyone writes.
        _ = try encode([ChatMessage(role: .user, content: "Hello")])
    }

    /// Describes what keeps messages from being turns; nil if they are.
    private static func problem(in messages: [ChatMessage]) -> String? {
        guard let first = messages.first, let last = messages.last else { return nil }
        let count = messages.count.counted("message")
        func role(_ message: ChatMessage) -> String { "of role " + message.role.rawValue.quoted }
        if first.role != .user { return "\(count), the first \(role(first))" }
        if last.role != .assistant { return "\(count), the last \(role(last))" }
        for (index, pair) in zip(messages, messages.dropFirst()).enumerated() where pair.1.role == .user {
            if pair.0.role != .assistant { return "\(count), number \(index + 1) \(role(pair.0)) before a user's" }
        }
        return nil
    }

    /// Clears the history.
    package func reset() { (messages, forgottenCount) = ([], 0) }

    /// Answers a message, on the calling thread.
    ///
    /// A cancelled answer stays in the history as far as it went. If it had not begun, its message is dropped, too.
    /// After an error the history is unchanged.
    ///
    /// - Throws: ``GenerationError`` if the message alone does not fit into the context.
    package func answer(
        _ message: String, onEvent: @escaping (GenerationEvent) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws -> GenerationResult {
        try answer([ChatMessage(role: .user, content: message)], onEvent: onEvent, isCancelled: isCancelled)
    }

    /// Answers messages, such as the results of tools, as above.
    ///
    /// - Throws: as above; ``CheckpointError`` if the chat template does not accept them.
    package func answer(
        _ new: [ChatMessage], onEvent: @escaping (GenerationEvent) -> Void = { _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> GenerationResult {
        let asked = messages + new
        var seen = asked.dropFirst(forgottenCount)
        var fitting = try encodeIfPossible(seen)
        var forgotten = 0
        // The system message and the last turn stay. The session checks whether they fit.
        while (fitting?.count ?? contextLength) + reserve > contextLength,
            let next = seen.dropFirst().firstIndex(where: { $0.role == .user })
        {
            seen = seen[next...]
            forgotten += 1
            fitting = try encodeIfPossible(seen)
        }
        let prompt = try fitting ?? encode(seen)
        if forgotten > 0, prompt.count < contextLength { onEvent(.forgotten(turns: forgotten)) }
        var result = try session.generate(prompt, onEvent: onEvent, isCancelled: isCancelled)
        result.forgottenTurns = forgotten
        if result.finishReason != .cancelled || !result.tokens.isEmpty {
            messages = asked + [ChatMessage(role: .assistant, content: result.text)]
            forgottenCount = seen.startIndex
        }
        return result
    }

    /// Returns the prompt; nil if its text cannot fit into the model's context.
    private func encodeIfPossible(_ messages: ArraySlice<ChatMessage>) throws -> [Int32]? {
        do {
            return try encode(messages)
        } catch GenerationError.promptTextTooLong {
            return nil
        }
    }

    private func encode(_ messages: ArraySlice<ChatMessage>) throws -> [Int32] {
        try model.encode((system.map { [$0] } ?? []) + messages, options: chat, template: template)
    }
}
