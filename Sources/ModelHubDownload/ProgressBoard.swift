#if Hub
    import ModelHub
    import Synchronization

    /// The sum of the progress of several files, reported at most ten times a second.
    final class ProgressBoard: Sendable {
        private struct State {
            var progress = HubProgress()
            /// What each file waits for.
            var waiting: [String: String] = [:]
            var lastReport: ContinuousClock.Instant?
        }

        private let state = Mutex(State())
        private let report: @Sendable (HubProgress) -> Void

        init(_ report: @escaping @Sendable (HubProgress) -> Void) { self.report = report }

        func add(_ files: [RepositoryFile]) {
            change(isUrgent: true) {
                $0.progress.fileCount += files.count
                $0.progress.totalBytes += files.reduce(0) { $0 + $1.byteCount }
            }
        }

        /// Counts bytes as complete; a negative number takes back those of a file that starts again.
        func complete(_ byteCount: Int) { change { $0.progress.doneBytes += byteCount } }

        /// Counts bytes that have just arrived.
        func receive(_ byteCount: Int) {
            change {
                $0.progress.doneBytes += byteCount
                $0.progress.receivedBytes += byteCount
            }
        }

        /// Says what a file waits for; nil if it goes on.
        func wait(_ file: String, for what: String?) {
            change(isUrgent: true) {
                $0.waiting[file] = what
                $0.progress.waiting = $0.waiting.min { $0.key < $1.key }?.value
            }
        }

        func finish() { change(isUrgent: true) { _ in } }

        private func change(isUrgent: Bool = false, _ body: (inout State) -> Void) {
            let progress: HubProgress? = state.withLock { state in
                body(&state)
                let now = ContinuousClock.now
                if !isUrgent, let last = state.lastReport, now - last < .milliseconds(100) { return nil }
                state.lastReport = now
                return state.progress
            }
            if let progress { report(progress) }
        }
    }
#endif
