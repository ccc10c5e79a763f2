import LayerSkip

/// Shows a text while it is written, on request with its drafts: grey while they wait, green where they stood.
final class TextDisplay {
    /// What went wrong with the output; the text should end then.
    private(set) var failure: Output.Failure?
    private let showsDrafts: Bool
    private var shownDrafts = ""
    private var acceptedDrafts = 0

    init(showsDrafts: Bool) { self.showsDrafts = showsDrafts }

    /// Shows what has happened.
    func show(_ event: GenerationEvent) {
        switch event {
        case .drafted(let text):
            guard showsDrafts else { return }
            // Line ends would move the cursor where it cannot be brought back from.
            let visible = text.map { $0.isNewline ? "⏎" : String($0) }.joined()
            if shownDrafts.isEmpty { write("\u{1B}7") }
            shownDrafts += visible
            write("\u{1B}[90m\(visible)\u{1B}[0m")
        case .verified(let accepted):
            guard showsDrafts else { return }
            // Back to where the drafts began; what follows is written over them.
            write("\u{1B}8\u{1B}[J")
            shownDrafts = ""
            acceptedDrafts = accepted
        case .text(let text):
            let isDraft = acceptedDrafts > 0
            acceptedDrafts = max(0, acceptedDrafts - 1)
            write(showsDrafts && isDraft ? "\u{1B}[32m\(text)\u{1B}[0m" : text)
        }
    }

    private func write(_ text: String) {
        guard failure == nil else { return }
        do { try Output.write(text) } catch { failure = error }
    }
}
