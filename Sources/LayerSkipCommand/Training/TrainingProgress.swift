import LayerSkip

/// What a run is doing, on standard error: on a terminal a line that changes, elsewhere a line now and then.
final class TrainingProgress {
    private let steps: Int
    private let isTerminal: Bool
    private let write: (String) -> Void
    private var stopwatch = Stopwatch()
    private var firstStep = 0
    /// Seconds at which something was shown last.
    private var lastShown = -Double.infinity
    private var lineIsOpen = false

    init(
        steps: Int, isTerminal: Bool = Output.isErrorTerminal, write: @escaping (String) -> Void = Output.prompt
    ) {
        self.steps = steps
        self.isTerminal = isTerminal
        self.write = write
    }

    /// The run begins after so many steps made before.
    func start(after step: Int) {
        firstStep = step
        stopwatch = Stopwatch()
        if step > 0 { line("going on after step \(step)") }
    }

    /// Shows what has happened.
    func show(_ event: TrainingEvent) {
        switch event {
        case .step(let step): show(step)
        case .validation(let validation): line(validation.summary)
        case .checkpoint(let path): line("checkpoint \(path)")
        }
    }

    /// Ends the line.
    func finish() {
        if lineIsOpen { write("\n") }
        lineIsOpen = false
    }

    private func show(_ step: StepMetrics) {
        let seconds = stopwatch.seconds
        guard seconds - lastShown >= (isTerminal ? 0.2 : 30) || step.step == steps else { return }
        lastShown = seconds
        // Validations and checkpoints take part in what is left as they did in what is done.
        let left = seconds / Double(step.step - firstStep) * Double(steps - step.step)
        let text =
            "step \(step.step)/\(steps)  loss \(step.loss.formatted(decimals: 3))  "
            + "\(step.tokensPerSecond.formatted(decimals: 0)) tokens/s  \(left.duration) left"
        if isTerminal {
            write("\r\u{1B}[K" + text)
            lineIsOpen = true
        } else {
            write(text + "\n")
        }
    }

    private func line(_ text: String) {
        write((lineIsOpen ? "\r\u{1B}[K" : "") + text + "\n")
        lineIsOpen = false
    }
}

extension ValidationMetrics {
    /// One line: the last exit, and the one half way.
    fileprivate var summary: String {
        let half = exits[exits.count / 2 - (exits.count > 1 ? 1 : 0)]
        return "validation after step \(step): loss \(lastLoss.formatted(decimals: 3)); exit \(half.exit): "
            + "\(half.loss.formatted(decimals: 3)), agreement \(half.agreement.percentage)"
    }
}

extension Double {
    /// Seconds for people: 42 s, 3 min 5 s, 2 h 7 min.
    var duration: String {
        guard isFinite, self < 1e9 else { return "\(self) s" }
        let seconds = Int(rounded())
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
        default: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        }
    }
}
