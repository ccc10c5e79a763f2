import LayerSkip

/// The progress of answering prompts, on standard error: a changing line on a terminal, elsewhere a new line every 30
/// seconds.
final class BatchProgress {
    private let noun: String
    private let count: Int
    private let keptCount: Int
    private let isTerminal: Bool
    private let write: (String) -> Void
    private let stopwatch = Stopwatch()
    /// The time of the last update, in seconds.
    private var lastShown = 0.0
    private var lineIsOpen = false
    private var tokenCount = 0
    private(set) var doneCount: Int

    /// - Parameters:
    ///   - noun: what is counted, in the singular.
    ///   - count: how many there will be.
    ///   - keptCount: how many there are already.
    init(
        _ noun: String, of count: Int, after keptCount: Int = 0, isTerminal: Bool = Output.isErrorTerminal,
        write: @escaping (String) -> Void = Output.prompt
    ) {
        self.noun = noun
        self.count = count
        self.keptCount = keptCount
        self.isTerminal = isTerminal
        self.write = write
        doneCount = keptCount
    }

    /// Counts a finished answer.
    func finishOne() { doneCount += 1 }

    /// Counts tokens, and shows the progress from time to time. Returns whether to continue, which is false after
    /// Ctrl-C.
    func continues(_ tokens: Int) -> Bool {
        tokenCount += tokens
        let seconds = stopwatch.seconds
        if seconds - lastShown >= (isTerminal ? 0.2 : 30) {
            lastShown = seconds
            show(seconds)
        }
        return !Interruption.isRequested
    }

    /// Removes the line.
    func clear() {
        if lineIsOpen { write("\r\u{1B}[K") }
        lineIsOpen = false
    }

    /// Removes the line, and returns a summary.
    func finish() -> String {
        clear()
        let seconds = stopwatch.seconds
        let kept = keptCount > 0 ? " (\(keptCount) of an earlier run)" : ""
        return "\(doneCount.counted(noun))\(kept) | \(tokenCount.counted("token")) in \(seconds.duration), "
            + "\((Double(tokenCount) / max(seconds, 1e-9)).formatted(decimals: 1))/s"
    }

    private func show(_ seconds: Double) {
        var text = "\(doneCount)/\(count.counted(noun))"
        if tokenCount > 0 { text += "  \((Double(tokenCount) / seconds).formatted(decimals: 0)) tokens/s" }
        let new = doneCount - keptCount
        if new > 0 {
            let rate = Double(new) / seconds
            text += "  \(rate.formatted(decimals: 2)) \(noun)s/s  \((Double(count - doneCount) / rate).duration) left"
        }
        if isTerminal {
            write("\r\u{1B}[K" + text)
            lineIsOpen = true
        } else {
            write(text + "\n")
        }
    }
}
