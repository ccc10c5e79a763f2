/// A progress line on standard error, shown only if that is a terminal.
struct Progress {
    private let label: String
    private let total: Int
    /// Nothing is shown before.
    private let start: ContinuousClock.Instant

    /// - Parameter delay: how long to show nothing, for work that usually takes less.
    init(_ label: String, of total: Int, after delay: Duration = .zero) {
        self.label = label
        self.total = total
        start = .now + delay
    }

    /// Shows how much is done. Returns whether to continue, which is false after Ctrl-C.
    func callAsFunction(_ done: Int) -> Bool {
        if Output.isErrorTerminal, .now >= start {
            Output.prompt("\r\(label) \(done)/\(total)" + (done == total ? "\n" : ""))
        }
        return !Interruption.isRequested
    }
}

/// The error for work that Ctrl-C stopped before it had a result.
struct InterruptedError: Error, CustomStringConvertible {
    var description: String { "interrupted before there was a result" }
}
