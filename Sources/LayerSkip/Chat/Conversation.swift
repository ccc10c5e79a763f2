public import TextTokens

/// A conversation with a model: its history, written with the model's chat template.
///
/// When the history no longer fits into the model's context, the oldest turns are dropped.
public final class Conversation {
    /// The messages so far, without the system message.
    public private(set) var messages: [ChatMessage] = []
    private let system: ChatMessage?
    private let model: TextModel
    private let session: TextSession
    /// The number of tokens that the context must have left for an answer.
    private let reserve: Int

    /// Creates an empty conversation.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - system: the system message, instead of the template's own.
    ///   - options: options for every answer.
    /// - Throws: if the model has no known chat template, or an option is out of range.
    public init(_ model: TextModel, system: String? = nil, options: GenerationOptions = GenerationOptions()) throws {
        _ = try model.encode([ChatMessage(role: "user", content: "")])
        self.model = model
        self.system = system.map { ChatMessage(role: "system", content: $0) }
        session = try TextSession(model, options: options)
        reserve = min(options.maxTokens ?? 256, max(1, model.model.contextLength / 4))
    }

    /// Clears the history.
    public func reset() { messages = [] }

    /// Answers a message, on the calling thread.
    ///
    /// A cancelled answer stays in the history as far as it went. If it had not begun, its message is dropped, too.
    /// After an error the history is unchanged.
    ///
    /// - Throws: ``DecodingError`` if the message alone does not fit into the context.
    public func answer(
        _ message: String, onEvent: @escaping (GenerationEvent) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws -> GenerationResult {
        var kept = messages + [ChatMessage(role: "user", content: message)]
        var prompt = try encode(kept)
        var forgotten = 0
        // The system message and this one stay. The session checks whether they fit.
        while prompt.count + reserve > model.model.contextLength, kept.count > 1 {
            kept.removeFirst(2)
            forgotten += 1
            prompt = try encode(kept)
        }
        if forgotten > 0, prompt.count < model.model.contextLength { onEvent(.forgotten(turns: forgotten)) }
        let result = try session.generate(prompt, onEvent: onEvent, isCancelled: isCancelled)
        if result.finishReason != .cancelled || !result.tokens.isEmpty {
            messages = kept + [ChatMessage(role: "assistant", content: result.text)]
        }
        return result
    }

    private func encode(_ messages: [ChatMessage]) throws -> [Int32] {
        try model.encode((system.map { [$0] } ?? []) + messages)
    }
}
