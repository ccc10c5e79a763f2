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
    ///   - messages: the turns so far: each a user's message and its answer.
    ///   - options: options for every answer.
    /// - Throws: ``CheckpointError`` if the model has no known chat template; ``GenerationError`` or
    ///   ``ExitLayerError`` if an option is out of range or a message has no answer; ``MemoryError``.
    package init(
        _ model: TextModel, system: String? = nil, messages: [ChatMessage] = [],
        options: GenerationOptions = GenerationOptions()
    ) throws {
        for (index, message) in messages.enumerated() {
            let expected: ChatMessage.Role = index.isMultiple(of: 2) ? .user : .assistant
            guard message.role == expected, messages.count.isMultiple(of: 2) else {
                throw GenerationError.invalidOption(
                    name: "messages", expected: "turns of a user's message and its answer",
                    found:
                        "\(messages.count.counted("message")), number \(index + 1) of role "
                        + message.role.rawValue.quoted
                )
            }
        }
        self.messages = messages
        _ = try model.encode([ChatMessage(role: .user, content: "")])
        self.model = model
        self.system = system.map { ChatMessage(role: .system, content: $0) }
        session = try TextSession(model, options: options)
        contextLength = min(options.context ?? .max, model.model.contextLength)
        reserve = min(options.maxTokens ?? 256, max(1, contextLength / 4))
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
        let asked = messages + [ChatMessage(role: .user, content: message)]
        var seen = asked.dropFirst(forgottenCount)
        var prompt = try encode(seen)
        // The system message and this one stay. The session checks whether they fit.
        while prompt.count + reserve > contextLength, seen.count > 1 {
            seen.removeFirst(2)
            prompt = try encode(seen)
        }
        let forgotten = (seen.startIndex - forgottenCount) / 2
        if forgotten > 0, prompt.count < contextLength { onEvent(.forgotten(turns: forgotten)) }
        var result = try session.generate(prompt, onEvent: onEvent, isCancelled: isCancelled)
        result.forgottenTurns = forgotten
        if result.finishReason != .cancelled || !result.tokens.isEmpty {
            messages = asked + [ChatMessage(role: .assistant, content: result.text)]
            forgottenCount = seen.startIndex
        }
        return result
    }

    private func encode(_ messages: ArraySlice<ChatMessage>) throws -> [Int32] {
        try model.encode((system.map { [$0] } ?? []) + messages)
    }
}
