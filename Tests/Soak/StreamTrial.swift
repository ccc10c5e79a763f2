import Dispatch
import LayerSkip
import Synchronization
import TestSupport

/// A test of a text as an asynchronous sequence that its reader leaves or cancels at a random moment.
struct StreamTrial {
    let model: TextModel
    let options: GenerationOptions

    /// How a reader ends a text early.
    private enum Ending: CaseIterable { case read, leave, cancel, cancelTask }

    /// The pieces and the result that the reader received.
    struct Outcome: Sendable {
        var pieces = ""
        var result: GenerationResult?
    }

    /// Reads a text, possibly not to its end.
    ///
    /// - Throws: the sequence's error.
    func run(_ prompt: [Token], _ random: inout SeededGenerator) throws -> Outcome {
        let ending = random.element(Ending.allCases)
        let piecesToRead = random.int(0...6)
        let outcome = Mutex<Result<Outcome, any Error>>(.success(Outcome()))
        let isDone = DispatchSemaphore(value: 0)
        let task = Task {
            defer { isDone.signal() }
            do {
                let value = try await read(prompt, ending, piecesToRead)
                outcome.withLock { $0 = .success(value) }
            } catch {
                outcome.withLock { $0 = .failure(error) }
            }
        }
        if ending == .cancelTask {
            pause(microseconds: UInt32(random.int(0...2000)))
            task.cancel()
        }
        isDone.wait()
        return try outcome.withLock { $0 }.get()
    }

    private func read(_ prompt: [Token], _ ending: Ending, _ piecesToRead: Int) async throws -> Outcome {
        let generation = model.generate(prompt, options: options)
        var outcome = Outcome()
        var left = piecesToRead
        for try await piece in generation {
            outcome.pieces += piece
            left -= 1
            if left < 0, ending == .leave { break }
            if left < 0, ending == .cancel { generation.cancel() }
        }
        outcome.result = try await generation.result
        return outcome
    }
}
