import Synchronization

/// The result of work on another thread, which any number of tasks may wait for, and a request to cancel that work.
final class PendingResult<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var waiting: [CheckedContinuation<Value, any Error>] = []
    }

    private let state = Mutex(State())
    private let cancelled = Atomic<Bool>(false)

    /// Whether the work is asked to end.
    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// Asks the work to end.
    func cancel() { cancelled.store(true, ordering: .relaxed) }

    /// Sets the result, once.
    func resolve(_ result: Result<Value, any Error>) {
        let waiting = state.withLock { state in
            state.result = result
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(with: result) }
    }

    /// The result, once there is one.
    func value() async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let result = state.withLock { state in
                if state.result == nil { state.waiting.append(continuation) }
                return state.result
            }
            if let result { continuation.resume(with: result) }
        }
    }
}
