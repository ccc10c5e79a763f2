import TensorCore

extension SystemThread {
    /// Runs a job on a new thread, or calls `fail` if the system allows none.
    static func start(_ job: @escaping @Sendable () -> Void, onFailure fail: @Sendable () -> Void) {
        guard let thread = SystemThread(job) else { return fail() }
        thread.detach()
    }
}
