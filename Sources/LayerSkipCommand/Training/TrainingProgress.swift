import LayerSkip

/// A run's progress on standard error: a changing line on a terminal, elsewhere a new line every 30 seconds.
final class TrainingProgress {
    private let steps: Int
    /// The exits that are shown together with the last one, if they were measured; nil for the middle one.
    private let exitLayers: [Int]?
    private let isTerminal: Bool
    private let write: (String) -> Void
    private var stopwatch = Stopwatch()
    private var firstStep = 0
    /// The time of the last update, in seconds.
    private var lastShown = -Double.infinity
    private var lineIsOpen = false

    init(
        steps: Int, exitLayers: [Int]? = nil, isTerminal: Bool = Output.isErrorTerminal,
        write: @escaping (String) -> Void = Output.prompt
    ) {
        self.steps = steps
        self.exitLayers = exitLayers
        self.isTerminal = isTerminal
        self.write = write
    }

    /// Shows how the run begins.
    func start(_ origin: TrainingOrigin) {
        firstStep = origin.step
        stopwatch = Stopwatch()
        if origin.step > 0 { line(origin.summary) }
        for note in origin.notes { line("note: " + note) }
    }

    /// Shows an event.
    func show(_ event: TrainingEvent) {
        switch event {
        case .step(let step): show(step)
        case .validation(let validation): line(validation.summary(exitLayers: exitLayers))
        case .checkpoint(let path): line("checkpoint \(path)")
        }
    }

    /// Ends an open line.
    func finish() {
        if lineIsOpen { write("\n") }
        lineIsOpen = false
    }

    private func show(_ step: StepMetrics) {
        let seconds = stopwatch.seconds
        guard seconds - lastShown >= (isTerminal ? 0.2 : 30) || step.step == steps else { return }
        lastShown = seconds
        // Assumes that validations and checkpoints keep their share of the time.
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

extension TrainingOrigin {
    /// One line about a resumed run.
    var summary: String {
        let others = otherArithmetic.map {
            ", which used \($0.quoted) arithmetic; this machine uses another, so the result will not have the same bits"
        }
        return "resuming after step \(step)" + (others ?? "")
    }

    /// Notes on other differences since the checkpoint was written.
    var notes: [String] {
        var notes = checkpointNotes
        if isOlderFormat {
            notes.append(
                "an older version wrote the checkpoint: it cannot be checked that data, weights and moments are the "
                    + "same, and weights that had no gradient in some steps keep the bias correction of all steps")
        }
        if hasOtherValidation {
            notes.append("data.validation has changed: its losses cannot be compared with earlier ones")
        }
        if unreadableLines > 0 {
            notes.append(
                "metrics.jsonl: kept but ignored \(unreadableLines.counted("line")) without measurements")
        }
        return notes
    }
}

extension ValidationMetrics {
    /// A summary in one line: the last exit, and those of the given ones that were measured, or else the middle one. If
    /// the line would be too long, only the first and the last of them.
    func summary(exitLayers: [Int]?) -> String {
        let early = exits.dropLast()
        var shown = early.filter { exitLayers?.contains($0.exit) ?? false }
        // Of all layers, or all but the first, which equation 6 gives no weight, one is enough. Others were chosen.
        if shown.isEmpty { shown = early.count + 2 >= exits.last?.exit ?? 0 ? middle : Array(early) }
        let line = summary(of: shown)
        guard line.count > Self.width, let first = shown.first, let last = shown.last else { return line }
        return summary(of: [first, last])
    }

    /// Most terminals and pages show lines of this length.
    private static let width = 120

    private var middle: [ExitEvaluation.Exit] { exits.count > 1 ? [exits[exits.count / 2 - 1]] : [] }

    private func summary(of early: [ExitEvaluation.Exit]) -> String {
        let last = "validation after step \(step): loss \(lastLoss.formatted(decimals: 3))"
        return
            ([last]
            + early.map { exit in
                "exit \(exit.exit): \(exit.loss.formatted(decimals: 3)), agreement \(exit.agreement.percentage)"
            }).joined(separator: "; ")
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
