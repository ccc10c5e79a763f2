import LayerSkip

/// Shows a text while it is written, on request with its drafts: grey while they wait, green where they stood.
///
/// Drafts are shown only as far as the line goes. On the next line they could not be taken back: where that scrolls the
/// screen, a remembered cursor position is no longer where it was.
final class TextDisplay {
    /// What went wrong with the output; the text should end then.
    private(set) var failure: Output.Failure?
    private let write: (String) throws(Output.Failure) -> Void
    /// Columns of the terminal; nil shows no drafts.
    private let width: () -> Int?
    private var cursor = TerminalCursor()
    /// The line's columns that drafts may still fill; nil while none are shown.
    private var room: Int?

    /// A display of text alone, or with drafts on a terminal of the given width.
    init(
        showsDrafts: Bool, width: @escaping () -> Int? = { Output.terminalWidth },
        write: @escaping (String) throws(Output.Failure) -> Void = Output.write
    ) {
        self.write = write
        self.width = showsDrafts ? width : { nil }
    }

    /// Shows what has happened.
    func show(_ event: GenerationEvent) {
        switch event {
        case .drafted(let text): showDraft(text)
        case .verified: removeDrafts()
        case .forgotten(let turns):
            Output.note("(the oldest of the conversation no longer fits: \(turns.counted("turn")) forgotten)")
        case .text(let text, let isDraft):
            let width = width()
            if let width { cursor.advance(over: text, width: width) }
            send(isDraft && width != nil ? Self.green + text + Self.plain : text)
        }
    }

    /// Takes drafts back that were never judged, because something went wrong.
    func finish() { removeDrafts() }

    private func showDraft(_ text: String) {
        guard let room = room ?? width().flatMap({ cursor.room(width: $0) }) else { return }
        let (visible, used) = text.fitted(into: room)
        send((self.room == nil ? Self.saveCursor : "") + Self.grey + visible + Self.plain)
        self.room = room - used
    }

    private func removeDrafts() {
        guard room != nil else { return }
        room = nil
        send(Self.restoreCursor + Self.eraseToEndOfLine)
    }

    private func send(_ text: String) {
        guard failure == nil, !text.isEmpty else { return }
        do { try write(text) } catch { failure = error }
    }

    // ECMA-48, but for the first two, which are DEC's and as widely understood. Where a width is not what we think it
    // is, a terminal that does not wrap overwrites its last column instead of going to the next line.
    private static let saveCursor = "\u{1B}7"
    private static let restoreCursor = "\u{1B}8"
    private static let eraseToEndOfLine = "\u{1B}[K"
    private static let grey = "\u{1B}[?7l\u{1B}[90m"
    private static let green = "\u{1B}[32m"
    private static let plain = "\u{1B}[0m\u{1B}[?7h"
}

extension String {
    /// What can be shown of a text within the rest of a line: its beginning, and how many columns that takes.
    fileprivate func fitted(into room: Int) -> (text: String, columns: Int) {
        var visible = ""
        var used = 0
        for character in self {
            // Line ends would move the cursor; other control characters do what they like.
            let shown = character.isNewline ? "⏎" : character.terminalWidth == nil ? "·" : character
            let columns = shown.terminalWidth ?? 1
            guard used + columns <= room else { return (visible, room) }
            visible.append(shown)
            used += columns
        }
        return (visible, used)
    }
}
