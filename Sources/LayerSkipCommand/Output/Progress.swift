/// A line on a terminal's standard error that says how far long work has come; nothing where nobody watches.
struct Progress {
    private let label: String
    private let total: Int

    init(_ label: String, of total: Int) {
        self.label = label
        self.total = total
    }

    /// Shows how much is done, and returns whether to continue: not after Ctrl-C.
    func callAsFunction(_ done: Int) -> Bool {
        if Output.isErrorTerminal { Output.prompt("\r\(label) \(done)/\(total)" + (done == total ? "\n" : "")) }
        return !Interruption.isRequested
    }
}

/// Long work was stopped by Ctrl-C before it had a result.
struct InterruptedError: Error, CustomStringConvertible {
    var description: String { "interrupted before there was a result" }
}
