import Synchronization
import TensorCore

/// Runs jobs one after the other, in the order in which they are added, on a thread that exists while there are any.
final class SerialThread: Sendable {
    private struct Job {
        let run: @Sendable () -> Void
        let fail: @Sendable () -> Void
    }

    private struct State {
        var jobs: [Job] = []
        var isRunning = false
    }

    private let state = Mutex(State())

    /// Adds a job.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - fail: called instead if a thread is needed and the system allows none.
    func run(_ job: @escaping @Sendable () -> Void, onFailure fail: @escaping @Sendable () -> Void) {
        let isIdle = state.withLock { state in
            state.jobs.append(Job(run: job, fail: fail))
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isIdle else { return }
        // The thread keeps this object until its last job is done.
        SystemThread.start {
            while let job = self.next() { job.run() }
        } onFailure: {
            // Other tasks may have added jobs by now, relying on this thread.
            while let job = self.next() { job.fail() }
        }
    }

    private func next() -> Job? {
        state.withLock { state in
            guard !state.jobs.isEmpty else {
                state.isRunning = false
                return nil
            }
            return state.jobs.removeFirst()
        }
    }
}
