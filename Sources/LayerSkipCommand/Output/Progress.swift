/// A progress line on standard error, shown only if that is a terminal.
struct Progress {
    private let label: String
    private let total: Int
    /// Nothing is shown before.
    private let start: ContinuousClock.Instant
    private let isTerminal: Bool
    private let show: (String) -> Void

    /// - Parameters:
    ///   - delay: how long to show nothing, for work that usually takes less.
    ///   - show: writes text without ending the line.
    init(
        _ label: String, of total: Int, after delay: Duration = .zero, isTerminal: Bool = Output.isErrorTerminal,
        show: @escaping (String) -> Void = Output.prompt
    ) {
        self.label = label
        self.total = total
        self.isTerminal = isTerminal
        self.show = show
        start = .now + delay
    }

    /// Shows how much is done. Returns whether to continue, which is false after Ctrl-C.
    func callAsFunction(_ done: Int) -> Bool {
        if isTerminal, .now >= start {
            show("\r\(label) \(done)/\(total)" + (done == total ? "\n" : ""))
        }
        return !Interruption.isRequested
    }
}

/// The error for work that Ctrl-C stopped before it had a result.
struct InterruptedError: Error, CustomStringConvertible {
    var description: String { "interrupted before there was a result" }
}
