import TensorCore

/// A progress report on a subject's cases, printed every few seconds.
struct SoakProgress {
    private let subject: Subject
    private let tokens: Int
    private let stopwatch = Stopwatch()
    private var lastShown = 0.0
    private static let interval = 10.0

    init(_ subject: Subject, of tokens: Int) {
        self.subject = subject
        self.tokens = tokens
    }

    mutating func show(_ tally: Tally) {
        let seconds = stopwatch.seconds
        guard seconds - lastShown >= Self.interval else { return }
        lastShown = seconds
        let left = tally.tokens > 0 ? Double(tokens - tally.tokens) * seconds / Double(tally.tokens) : 0
        note("\(summary(tally)), \(Int(max(0, left))) s left")
    }

    /// Returns the progress in one line.
    func summary(_ tally: Tally) -> String {
        let rate = Int(Double(tally.tokens) / stopwatch.seconds)
        return "\(subject.rawValue): \(tally.tokens) of \(tokens) tokens, \(tally.cases) cases, \(rate) tokens/s"
    }
}
