import Synchronization
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
///
/// When the conversation no longer fits into the model's context, the model no longer sees its oldest turns:
/// ``GenerationResult/forgottenTurns`` and ``GenerationEvent/forgotten(turns:)`` say so. ``messages`` keeps them.
public final class ChatSession: @unchecked Sendable {
    /// Used only on ``thread``, by one job at a time.
    private let conversation: Conversation
    private let thread = SerialThread()
    private let transcript: Mutex<[ChatMessage]>

    /// Creates a session.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - system: the system message, instead of the template's own.
    ///   - messages: the turns of an earlier session to continue: each begins with a user's message and ends with an
    ///     answer.
    ///   - chat: tools, documents and other values for the chat template.
    ///   - template: the chat template; nil for the model's own.
    ///   - options: options for every answer. Without a maximum, an answer has at most ``defaultMaxTokens`` tokens.
    /// - Throws: ``CheckpointError`` if the model has no chat template, or it refuses the system message;
    ///   ``GenerationError`` or ``ExitLayerError`` if an option is out of range, a message has no answer, or the system
    ///   message cannot fit into the model's context;
    ///   ``MemoryError``.
    public init(
        _ model: TextModel, system: String? = nil, messages: [ChatMessage] = [], chat: ChatOptions = ChatOptions(),
        template: ChatTemplate? = nil, options: GenerationOptions = GenerationOptions()
    ) throws {
        var options = options
        options.maxTokens = options.maxTokens ?? Self.defaultMaxTokens
        conversation = try Conversation(
            model, system: system, messages: messages, chat: chat, template: template, options: options)
        transcript = Mutex(messages)
    }

    /// The most tokens of an answer by default.
    public static let defaultMaxTokens = 512

    /// Answers a message. If the task is cancelled, the answer ends early, with ``FinishReason/cancelled``.
    ///
    /// - Returns: the answer and its statistics.
    /// - Throws: ``GenerationError`` if the message alone does not fit into the model's context. The conversation is
    ///   then as it was before.
    public func respond(to message: String) async throws -> GenerationResult {
        try await streamResponse(to: message).result
    }

    /// Answers messages, such as the results of the tools that the previous answer called, like the method above.
    ///
    /// - Throws: as above; ``CheckpointError`` if the chat template does not accept the messages.
    public func respond(to messages: [ChatMessage]) async throws -> GenerationResult {
        try await streamResponse(to: messages).result
    }

    /// Answers a message, as an asynchronous sequence of the answer's pieces, or of its events.
    ///
    /// A cancelled answer stays in the conversation as far as it was written.
    public func streamResponse(to message: String) -> TextGeneration {
        streamResponse(to: [ChatMessage(role: .user, content: message)])
    }

    /// Answers messages, such as the results of the tools that the previous answer called, like the method above.
    public func streamResponse(to messages: [ChatMessage]) -> TextGeneration {
        TextGeneration(start: thread.run) { [self] report, isCancelled in
            defer { updateTranscript() }
            return try conversation.answer(messages, onEvent: report, isCancelled: isCancelled)
        }
    }

    /// All messages and answers so far, without the system message and without answers that are being written.
    public var messages: [ChatMessage] { transcript.withLock(\.self) }

    /// Forgets the conversation, after the answers that are being written.
    public func reset() async throws {
        let pending = PendingResult<Void>()
        thread.run { [self] in
            conversation.reset()
            updateTranscript()
            pending.resolve(.success(()))
        } onFailure: {
            pending.resolve(.failure(ThreadLimitError()))
        }
        try await pending.value()
    }

    /// Runs on ``thread``.
    private func updateTranscript() {
        let messages = conversation.messages
        transcript.withLock { $0 = messages }
    }
}
