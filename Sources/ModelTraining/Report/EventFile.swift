import CLibc
import CheckpointFiles
import LanguageModels

/// A run's measurements as TensorBoard reads them: `events.out.tfevents.layerskip`. Each event is a message of the type
/// `Event` in TensorFlow's event.proto and summary.proto, whose fields' numbers appear below.
final class EventFile: Sendable {
    /// TensorBoard finds files whose names contain `tfevents`.
    static let name = "events.out.tfevents.layerskip"

    private let log: RecordLog

    /// Opens a run's file, without its events after a step, which will be repeated.
    ///
    /// - Throws: if it cannot be read or written.
    init(path: String, through step: Int) throws(FileError) {
        var isEmpty = true
        log = try RecordLog(path: path) { record in
            let isKept = ProtocolMessage.integer(2, in: record) ?? 0 <= step
            if isKept { isEmpty = false }
            return isKept
        }
        guard isEmpty else { return }
        var event = Self.event(time: Self.now, step: 0)
        event.add(3, "brain.Event:2")
        try log.append(event.bytes)
    }

    /// Appends a measurement.
    ///
    /// - Throws: if it cannot be written.
    func append(_ metrics: TrainingMetrics) throws(FileError) {
        try log.append(Self.event(metrics, time: Self.now))
    }

    /// The event of a measurement.
    static func event(_ metrics: TrainingMetrics, time: Double) -> [UInt8] {
        var event = event(time: time, step: metrics.step)
        event.add(5, summary(metrics))
        return event.bytes
    }

    private static func event(time: Double, step: Int) -> ProtocolMessage {
        var event = ProtocolMessage()
        event.add(1, time)
        if step != 0 { event.add(2, step) }
        return event
    }

    private static func summary(_ metrics: TrainingMetrics) -> ProtocolMessage {
        var summary = ProtocolMessage()
        func add(_ tag: String, _ value: Double) {
            var scalar = ProtocolMessage()
            scalar.add(1, tag)
            scalar.add(2, Float(value))
            summary.add(1, scalar)
        }
        switch metrics {
        case .step(let step):
            add("training/loss", step.loss)
            if let loss = step.lastLoss { add("training/loss of the last layer", loss) }
            add("training/gradient norm", step.norm)
            add("training/learning rate", step.rate)
            add("training/tokens per second", step.tokensPerSecond)
        case .validation(let validation):
            for exit in validation.exits {
                add("validation loss/exit \(exit.exit)", exit.loss)
                add("validation accuracy/exit \(exit.exit)", exit.accuracy)
                add("validation agreement with the last layer/exit \(exit.exit)", exit.agreement)
            }
        case .samples(let samples):
            for (index, sample) in samples.samples.enumerated() {
                summary.add(1, text("sample \(index + 1)", sample.prompt + sample.text))
            }
        }
        return summary
    }

    /// A value for TensorBoard's page of texts, which shows Markdown.
    private static func text(_ tag: String, _ text: String) -> ProtocolMessage {
        var (value, metadata, plugin, tensor) = (
            ProtocolMessage(), ProtocolMessage(), ProtocolMessage(), ProtocolMessage()
        )
        plugin.add(1, "text")
        metadata.add(1, plugin)
        let string = 7
        tensor.add(1, string)
        // Four spaces make a line code, which is shown as it is.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
        tensor.add(8, lines.joined(separator: "\n"))
        value.add(1, tag)
        value.add(8, tensor)
        value.add(9, metadata)
        return value
    }

    /// Seconds since 1970.
    private static var now: Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
