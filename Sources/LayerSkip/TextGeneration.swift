import LanguageModels
import Synchronization
import TensorCore
import TextTokens

extension TextModel {
    /// Continues a text, as an asynchronous sequence of its pieces.
    ///
    /// Decoding starts at once, on its own thread. It ends early when the loop over the pieces ends, when the task that
    /// iterates or waits for the result is cancelled, or when the sequence is deallocated.
    public func generate(_ prompt: String, options: GenerationOptions = GenerationOptions()) -> TextGeneration {
        generate(tokenizer.encode(prompt: prompt), options: options)
    }

    /// Answers a conversation, as an asynchronous sequence of the answer's pieces.
    ///
    /// - Throws: if the model has no known chat template.
    public func generate(
        _ messages: [ChatMessage], options: GenerationOptions = GenerationOptions()
    ) throws -> TextGeneration {
        generate(try encode(messages), options: options)
    }

    /// Continues a sequence of token ids, as an asynchronous sequence of pieces of text.
    public func generate(_ prompt: [Token], options: GenerationOptions = GenerationOptions()) -> TextGeneration {
        TextGeneration(self, prompt, options)
    }

    /// Encodes a conversation in the format that the model was trained on, up to the beginning of its answer.
    ///
    /// - Throws: if the model has no known chat template, or no tokens for it.
    public func encode(_ messages: [ChatMessage]) throws -> [Token] {
        let segments = try chatTemplate().segments(messages, addingGenerationPrompt: true)
        return try inFile(summary.path) { () throws(TokenizerError) in try tokenizer.encode(segments) }
    }
}

/// A text during generation: iterate over its pieces, then get the ``result``.
public struct TextGeneration: AsyncSequence, Sendable {
    /// A piece of text: whole characters.
    public typealias Element = String

    private let pieces: AsyncThrowingStream<String, any Error>
    private let outcome = Outcome()

    init(_ model: TextModel, _ prompt: [Token], _ options: GenerationOptions) {
        let (pieces, continuation) = AsyncThrowingStream.makeStream(of: String.self)
        self.pieces = pieces
        let outcome = outcome
        continuation.onTermination = { _ in outcome.cancel() }
        let thread = SystemThread {
            do {
                let session = try TextSession(model, options: options)
                let result = try session.generate(prompt) { event in
                    if case .text(let piece, _) = event { continuation.yield(piece) }
                } isCancelled: {
                    outcome.isCancelled
                }
                outcome.settle(.success(result))
                continuation.finish()
            } catch {
                outcome.settle(.failure(error))
                continuation.finish(throwing: error)
            }
        }
        if let thread {
            thread.detach()
        } else {
            outcome.settle(.failure(ThreadLimitError()))
            continuation.finish(throwing: ThreadLimitError())
        }
    }

    /// Returns an iterator over the pieces. Iterate only once; to stop iterating ends the text.
    public func makeAsyncIterator() -> Iterator { Iterator(pieces.makeAsyncIterator(), outcome) }

    /// The whole text and its statistics. Waits for the end of the text, with or without iterating.
    public var result: GenerationResult {
        get async throws {
            try await withTaskCancellationHandler {
                try await outcome.value()
            } onCancel: {
                outcome.cancel()
            }
        }
    }

    /// Stops generating.
    public func cancel() { outcome.cancel() }
}

/// The error if the system cannot start another thread for decoding.
public struct ThreadLimitError: Error, CustomStringConvertible {
    /// What was expected and what was found.
    public var description: String { "decoding thread: expected the system to start one, found its limit reached" }
}

extension TextGeneration {
    /// An iterator over the pieces of a text as they are generated.
    public struct Iterator: AsyncIteratorProtocol {
        private var pieces: AsyncThrowingStream<String, any Error>.Iterator
        private let interest: Interest

        fileprivate init(_ pieces: AsyncThrowingStream<String, any Error>.Iterator, _ outcome: Outcome) {
            self.pieces = pieces
            interest = Interest(outcome)
        }

        /// Returns the next piece, or nil at the end. Throws the error that ended the text early, but none if the task
        /// was cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> String? {
            try await pieces.next(isolation: actor)
        }
    }
}

/// An object that ends a text when it is deallocated with its iterator. The stream itself reacts only to the
/// deallocation of the whole sequence.
private final class Interest: Sendable {
    private let outcome: Outcome

    init(_ outcome: Outcome) { self.outcome = outcome }

    deinit { outcome.cancel() }
}

/// A future result that can be cancelled.
private final class Outcome: Sendable {
    private struct State {
        var result: Result<GenerationResult, any Error>?
        var waiting: [CheckedContinuation<GenerationResult, any Error>] = []
    }

    private let state = Mutex(State())
    private let cancelled = Atomic<Bool>(false)

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    func cancel() { cancelled.store(true, ordering: .relaxed) }

    func settle(_ result: Result<GenerationResult, any Error>) {
        let waiting = state.withLock { state in
            state.result = result
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(with: result) }
    }

    func value() async throws -> GenerationResult {
        try await withCheckedThrowingContinuation { continuation in
            let result = state.withLock { state in
                if state.result == nil { state.waiting.append(continuation) }
                return state.result
            }
            if let result { continuation.resume(with: result) }
        }
    }
}
