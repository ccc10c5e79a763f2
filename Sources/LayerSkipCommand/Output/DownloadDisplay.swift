import LayerSkip
import Synchronization

/// The progress of a download on standard error: on a terminal a line that is rewritten, elsewhere only what the
/// download waits for.
final class DownloadDisplay: Sendable {
    private struct State {
        /// When how many bytes had arrived, in the last seconds.
        var samples: [(time: ContinuousClock.Instant, bytes: Int)] = []
        var width = 0
        var waiting: String?
    }

    private let name: String
    private let isTerminal: Bool
    private let write: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// The seconds over which the speed is measured.
    private static let window = Duration.seconds(8)

    init(
        _ name: String, isTerminal: Bool = Output.isErrorTerminal,
        write: @escaping @Sendable (String) -> Void = Output.prompt
    ) {
        self.name = name.harmless(limit: 60)
        self.isTerminal = isTerminal
        self.write = write
    }

    /// Shows how far the download is.
    @Sendable func show(_ progress: HubProgress) { show(progress, at: .now) }

    func show(_ progress: HubProgress, at now: ContinuousClock.Instant) {
        let text: String? = state.withLock { state in
            state.samples.append((now, progress.receivedBytes))
            while state.samples.count > 2, now - state.samples[1].time > Self.window { state.samples.removeFirst() }
            guard isTerminal else {
                defer { state.waiting = progress.waiting }
                guard let waiting = progress.waiting, waiting != state.waiting else { return nil }
                return "note: \(name): \(waiting.harmless(limit: 400))\n"
            }
            let line = line(progress, state.samples)
            defer { state.width = line.count }
            let isDone = progress.totalBytes > 0 && progress.doneBytes == progress.totalBytes
            let blank = String(repeating: " ", count: max(0, state.width - line.count))
            return "\r\(line)\(blank)" + (isDone ? "\r" : "")
        }
        if let text { write(text) }
    }

    /// Ends the line.
    func finish() { if isTerminal, state.withLock({ $0.width }) > 0 { write("\n") } }

    private func line(_ progress: HubProgress, _ samples: [(time: ContinuousClock.Instant, bytes: Int)]) -> String {
        var line = "\(name): \(progress.doneBytes.megabytes) of \(progress.totalBytes.megabytes)"
        if let waiting = progress.waiting { return line + ", \(waiting.harmless(limit: 100))" }
        guard let first = samples.first, let last = samples.last else { return line }
        let seconds = (last.time - first.time) / .seconds(1)
        guard seconds > 0.5, last.bytes > first.bytes else { return line }
        let speed = Double(last.bytes - first.bytes) / seconds
        line += ", \(Int(speed).megabytes)/s"
        let left = Double(progress.totalBytes - progress.doneBytes) / speed
        return left < 360_000 ? line + ", \(Self.text(ofSeconds: Int(left.rounded(.up)))) left" : line
    }

    /// Seconds as `0:07`, `12:34` or `1:02:03`.
    private static func text(ofSeconds seconds: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
    }
}
