#if Hub
    import ModelHub
    import Synchronization

    /// The sum of the progress of several files, reported ten times a second, and whenever what it waits for changes.
    final class ProgressBoard: Sendable {
        private struct State {
            var progress = HubProgress()
            /// What each file waits for.
            var waiting: [String: String] = [:]
        }

        private let state = Mutex(State())
        private let report: @Sendable (HubProgress) -> Void

        init(_ report: @escaping @Sendable (HubProgress) -> Void) { self.report = report }

        /// Reports until the task is cancelled, also while nothing arrives, so that a shown speed falls.
        func reportRegularly() async {
            while (try? await Task.sleep(for: .milliseconds(100))) != nil { report(progress) }
        }

        /// Reports once.
        func reportNow() { report(progress) }

        private var progress: HubProgress { state.withLock(\.progress) }

        func add(_ files: [RepositoryFile]) {
            state.withLock {
                $0.progress.fileCount += files.count
                $0.progress.totalBytes += files.reduce(0) { $0 + $1.byteCount }
            }
            reportNow()
        }

        /// Counts bytes as complete; a negative number takes back those of a file that starts again.
        func complete(_ byteCount: Int) { state.withLock { $0.progress.doneBytes += byteCount } }

        /// Counts bytes that have just arrived.
        func receive(_ byteCount: Int) {
            state.withLock {
                $0.progress.doneBytes += byteCount
                $0.progress.receivedBytes += byteCount
            }
        }

        /// Says what a file waits for; nil if it goes on.
        func wait(_ file: String, for what: String?) {
            state.withLock {
                $0.waiting[file] = what
                $0.progress.waiting = $0.waiting.min { $0.key < $1.key }?.value
            }
            reportNow()
        }
    }
#endif
