import LanguageModels
import TensorCore
import TextTokens

/// A text while it is written: iterate over its pieces or its ``events``, then ask for the ``result``.
///
/// ```swift
/// let generation = model.generate("Once upon a time")
/// for try await piece in generation { print(piece, terminator: "") }
/// print(try await generation.result.statistics.acceptanceRate ?? 0)
/// ```
public struct TextGeneration: AsyncSequence, Sendable {
    /// A piece of text: whole characters.
    public typealias Element = String

    private let stream: AsyncThrowingStream<GenerationEvent, any Error>
    private let pending = PendingResult<GenerationResult>()

    /// Writes a text.
    ///
    /// - Parameters:
    ///   - start: runs a job on another thread, or calls a second function instead if there can be none.
    ///   - write: writes the text; it reports events, and asks whether it is cancelled.
    init(
        start: (_ job: @escaping @Sendable () -> Void, _ fail: @escaping @Sendable () -> Void) -> Void,
        writing write:
            @escaping @Sendable (
                _ report: @escaping (GenerationEvent) -> Void, _ isCancelled: () -> Bool
            ) throws -> GenerationResult
    ) {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: GenerationEvent.self)
        self.stream = stream
        let pending = pending
        continuation.onTermination = { _ in pending.cancel() }
        start(
            {
                do {
                    let result = try write({ continuation.yield($0) }, { pending.isCancelled })
                    pending.resolve(.success(result))
                    continuation.finish()
                } catch {
                    pending.resolve(.failure(error))
                    continuation.finish(throwing: error)
                }
            },
            {
                pending.resolve(.failure(ThreadLimitError()))
                continuation.finish(throwing: ThreadLimitError())
            })
    }

    /// Iterates over the pieces of text. Iterate once, over these or over the ``events``; to stop iterating ends the
    /// text.
    public func makeAsyncIterator() -> Iterator { Iterator(events: events.makeAsyncIterator()) }

    /// Everything that happens while the text is written, drafts and their verification included.
    public var events: Events { Events(stream: stream, pending: pending) }

    /// The whole text and its statistics, once it has ended. It need not be iterated first.
    public var result: GenerationResult {
        get async throws {
            try await withTaskCancellationHandler {
                try await pending.value()
            } onCancel: {
                pending.cancel()
            }
        }
    }

    /// Ends the text where it is.
    public func cancel() { pending.cancel() }
}

extension TextGeneration {
    /// The pieces of a text as they come.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var events: Events.Iterator

        /// The next piece; nil at the end. Throws what ended the text early, but no error for a cancelled task.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> String? {
            while let event = try await events.next(isolation: actor) {
                if case .text(let piece, _) = event { return piece }
            }
            return nil
        }
    }

    /// What happens while a text is written.
    public struct Events: AsyncSequence, Sendable {
        /// An event.
        public typealias Element = GenerationEvent

        fileprivate let stream: AsyncThrowingStream<GenerationEvent, any Error>
        fileprivate let pending: PendingResult<GenerationResult>

        /// Iterates over the events.
        public func makeAsyncIterator() -> Iterator {
            Iterator(stream: stream.makeAsyncIterator(), cancellation: CancellationOnRelease(pending))
        }

        /// The events as they come.
        public struct Iterator: AsyncIteratorProtocol {
            fileprivate var stream: AsyncThrowingStream<GenerationEvent, any Error>.Iterator
            fileprivate let cancellation: CancellationOnRelease

            /// The next event; nil at the end. Throws what ended the text early, but no error for a cancelled task.
            public mutating func next(isolation actor: isolated (any Actor)?) async throws -> GenerationEvent? {
                try await stream.next(isolation: actor)
            }
        }
    }
}

/// Ends a text when the iterator that holds it is released: the stream itself notices only the release of the whole
/// sequence.
private final class CancellationOnRelease: Sendable {
    private let pending: PendingResult<GenerationResult>

    init(_ pending: PendingResult<GenerationResult>) { self.pending = pending }

    deinit { pending.cancel() }
}
