import LanguageModels
import Synchronization
import TensorCore
import TextTokens

extension TextModel {
    /// Continues a text, as an asynchronous sequence of its pieces.
    ///
    /// Decoding starts at once, on a thread of its own. It ends early when the loop over the pieces is left, when the
    /// task that iterates or waits for the result is cancelled, or when nobody holds the sequence any more.
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

    /// A conversation as the model was trained to read it, up to where its answer begins.
    ///
    /// - Throws: if the model has no known chat template, or no tokens for it.
    public func encode(_ messages: [ChatMessage]) throws -> [Token] {
        let segments = try chatTemplate().segments(messages, addingGenerationPrompt: true)
        return try inFile(summary.path) { () throws(TokenizerError) in try tokenizer.encode(segments) }
    }
}

/// A text while it is written: iterate over its pieces, then ask for the ``result``.
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

    /// Iterates over the pieces. There is one text, so iterate once; who stops iterating ends it.
    public func makeAsyncIterator() -> Iterator { Iterator(pieces.makeAsyncIterator(), outcome) }

    /// The whole text and its statistics, once it has ended; waits for that, but does not need to be iterated first.
    public var result: GenerationResult {
        get async throws {
            try await withTaskCancellationHandler {
                try await outcome.value()
            } onCancel: {
                outcome.cancel()
            }
        }
    }

    /// Ends the text where it is.
    public func cancel() { outcome.cancel() }
}

/// The system allows no thread to decode on.
public struct ThreadLimitError: Error, CustomStringConvertible {
    /// What was expected and what was found.
    public var description: String { "decoding thread: expected the system to start one, found its limit reached" }
}

extension TextGeneration {
    /// Gives out the pieces of a text as they come.
    public struct Iterator: AsyncIteratorProtocol {
        private var pieces: AsyncThrowingStream<String, any Error>.Iterator
        private let interest: Interest

        fileprivate init(_ pieces: AsyncThrowingStream<String, any Error>.Iterator, _ outcome: Outcome) {
            self.pieces = pieces
            interest = Interest(outcome)
        }

        /// The next piece; nil at the end. Throws what ended the text early, but no error for a cancelled task.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> String? {
            try await pieces.next(isolation: actor)
        }
    }
}

/// Ends a text when it is dropped: the stream itself would notice only that nobody holds the whole sequence.
private final class Interest: Sendable {
    private let outcome: Outcome

    init(_ outcome: Outcome) { self.outcome = outcome }

    deinit { outcome.cancel() }
}

/// A result that is there sooner or later, and the wish not to have it.
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
