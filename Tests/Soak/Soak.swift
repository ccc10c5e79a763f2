import LayerSkip
import Synchronization
import TensorCore

/// A run of one subject's cases on several threads, until enough tokens are compared or something differs.
final class Soak: Sendable {
    private struct State {
        var nextCase = 0
        var tally = Tally()
        var failure: SoakCase.Failure?
    }

    private let subject: Subject
    private let path: String?
    private let seed: UInt64
    private let tokens: Int
    private let jobs: Int
    private let log: RunningCases?
    private let state = Mutex(State())

    init(_ subject: Subject, path: String?, seed: UInt64, tokens: Int, jobs: Int, log: RunningCases?) {
        self.subject = subject
        self.path = path
        self.seed = seed
        self.tokens = tokens
        self.jobs = jobs
        self.log = log
    }

    /// Runs to the end.
    ///
    /// - Parameter progress: receives the tally, several times per second.
    /// - Throws: the first ``SoakCase/Failure``.
    func run(progress: (Tally) -> Void) throws(SoakCase.Failure) -> Tally {
        let workers = (0..<jobs).compactMap { index in SystemThread { self.work(index) } }
        if workers.isEmpty { work(0) }
        while let tally = state.withLock({ isDone($0) ? nil : $0.tally }) {
            pause(microseconds: 50_000)
            progress(tally)
        }
        for worker in workers { worker.join() }
        let (tally, failure) = state.withLock { ($0.tally, $0.failure) }
        if let failure { throw failure }
        return tally
    }

    private func isDone(_ state: borrowing State) -> Bool { state.failure != nil || state.tally.tokens >= tokens }

    private func work(_ worker: Int) {
        let machine = Machine()
        while let number = takeNumber() {
            let name = CaseName(subject, number)
            log?.write(name, worker)
            do {
                let tally = try SoakCase(name: name, seed: seed, path: path).run(on: machine)
                state.withLock { $0.tally.add(tally) }
            } catch {
                state.withLock { $0.failure = $0.failure ?? error }
            }
        }
    }

    /// Returns the next case, or nil if enough is compared.
    private func takeNumber() -> Int? {
        state.withLock { state in
            guard !isDone(state) else { return nil }
            defer { state.nextCase += 1 }
            return state.nextCase
        }
    }
}
