import Synchronization
import CLibc

/// Runs asynchronous work while the calling thread waits. Ctrl-C cancels it.
///
/// - Throws: what the work throws; ``InterruptedError`` after Ctrl-C.
func waiting<Value: Sendable>(for work: @escaping @Sendable () async throws -> Value) throws -> Value {
    let box = ResultBox<Value>()
    let task = Task {
        let result: Result<Value, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        box.result.withLock { $0 = result }
    }
    while true {
        if let result = box.result.withLock({ $0 }) {
            if case .failure = result, Interruption.isRequested { throw InterruptedError() }
            return try result.get()
        }
        if Interruption.isRequested { task.cancel() }
        usleep(10_000)
    }
}

private final class ResultBox<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, any Error>?>(nil)
}
