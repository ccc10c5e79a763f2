public import TextTokens

/// A conversation with a model. It keeps the model's cache from one message to the next, so that an answer only has to
/// read what is new.
///
/// Any number of tasks may use a session. Messages are answered one after the other, in the order in which they are
/// sent, on a thread of the session's own.
///
/// ```swift
/// let model = try await TextModel.load(path: "SmolLM2-135M-Instruct.Q4_1.gguf")
/// let chat = try ChatSession(model, system: "Answer in one sentence.")
/// print(try await chat.respond(to: "Why is the sky blue?").text)
/// for try await piece in chat.streamResponse(to: "And at sunset?") { print(piece, terminator: "") }
/// ```
public final class ChatSession: @unchecked Sendable {
    /// Used only on ``thread``, by one job at a time.
    private let conversation: Conversation
    private let thread = SerialThread()

    /// Creates a session without any messages.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - system: the system message, instead of the template's own.
    ///   - options: options for every answer. By default an answer has at most ``defaultMaxTokens`` tokens.
    /// - Throws: ``CheckpointError`` if the model has no known chat template; ``DecodingError`` or ``ExitLayerError``
    ///   if an option is out of range.
    public init(
        _ model: TextModel, system: String? = nil,
        options: GenerationOptions = GenerationOptions(maxTokens: defaultMaxTokens)
    ) throws {
        conversation = try Conversation(model, system: system, options: options)
    }

    /// The most tokens of an answer by default.
    public static let defaultMaxTokens = 512

    /// Answers a message.
    ///
    /// - Returns: the answer and its statistics.
    /// - Throws: ``DecodingError`` if the message alone does not fit into the model's context. The conversation is then
    ///   as it was before.
    public func respond(to message: String) async throws -> GenerationResult {
        try await streamResponse(to: message).result
    }

    /// Answers a message, as an asynchronous sequence of the answer's pieces, or of its events.
    ///
    /// A cancelled answer stays in the conversation as far as it was written.
    public func streamResponse(to message: String) -> TextGeneration {
        TextGeneration(start: thread.run) { [self] report, isCancelled in
            try conversation.answer(message, onEvent: report, isCancelled: isCancelled)
        }
    }

    /// The messages and answers so far, without the system message. Waits for answers that are being written.
    public var messages: [ChatMessage] {
        get async throws { try await afterAnswers { $0.messages } }
    }

    /// Forgets the conversation, after the answers that are being written.
    public func reset() async throws { try await afterAnswers { $0.reset() } }

    /// Runs a job when all messages that were sent before are answered.
    private func afterAnswers<Value: Sendable>(
        _ job: @escaping @Sendable (Conversation) -> Value
    ) async throws -> Value {
        let pending = PendingResult<Value>()
        let hasStarted = thread.run { [self] in pending.resolve(.success(job(conversation))) }
        guard hasStarted else { throw ThreadLimitError() }
        return try await pending.value()
    }
}
