import Synchronization
import TensorCore

/// Runs jobs one after the other, in the order in which they are added, on a thread that exists while there are any.
final class SerialThread: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var isRunning = false
    }

    private let state = Mutex(State())

    /// Adds a job.
    ///
    /// - Returns: false where a thread is needed and the system allows none; the job is then not run.
    func run(_ job: @escaping @Sendable () -> Void) -> Bool {
        let isIdle = state.withLock { state in
            state.jobs.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isIdle else { return true }
        // The thread keeps this object until its last job is done.
        if SystemThread.start({ self.runJobs() }) { return true }
        state.withLock { $0 = State() }
        return false
    }

    private func runJobs() {
        while let job = next() { job() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.jobs.isEmpty else {
                state.isRunning = false
                return nil
            }
            return state.jobs.removeFirst()
        }
    }
}
