import LayerSkip

/// A display of a text during generation, on request with its drafts: grey until verified, then green if the first
/// layers drafted them, and cyan if they are from earlier text.
///
/// Drafts are shown only up to the end of the line. On the next line they could not be erased reliably: if the screen
/// scrolls, a saved cursor position no longer fits.
final class TextDisplay {
    /// The failure of the output, if any. Generation should stop then.
    private(set) var failure: Output.Failure?
    private let write: (String) throws(Output.Failure) -> Void
    /// The terminal's columns; nil hides drafts.
    private let width: () -> Int?
    private var cursor = TerminalCursor()
    /// The number of columns that drafts may still fill in the line; nil while no drafts are shown.
    private var room: Int?

    /// Creates a display of text alone, or with drafts on a terminal of the given width.
    init(
        showsDrafts: Bool, width: @escaping () -> Int? = { Output.terminalWidth },
        write: @escaping (String) throws(Output.Failure) -> Void = Output.write
    ) {
        self.write = write
        self.width = showsDrafts ? width : { nil }
    }

    /// Shows an event.
    func show(_ event: GenerationEvent) {
        switch event {
        case .drafted(let text, _): showDraft(text)
        case .verified: removeDrafts()
        case .forgotten(let turns):
            Output.note("(the conversation no longer fits into the context: oldest \(turns.counted("turn")) dropped)")
        case .text(let text, let source):
            let width = width()
            if let width { cursor.advance(over: text, width: width) }
            let colour = width == nil ? nil : source.map(Self.colour)
            send(colour.map { $0 + text + Self.plain } ?? text)
        }
    }

    /// Erases drafts that an error left unverified.
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

    // ECMA-48, except for the first two, which are DEC's and as widely understood. Drafts are written with wrapping
    // off: if a width is wrong, the terminal overwrites its last column instead of going to the next line.
    private static let saveCursor = "\u{1B}7"
    private static let restoreCursor = "\u{1B}8"
    private static let eraseToEndOfLine = "\u{1B}[K"
    private static let grey = "\u{1B}[?7l\u{1B}[90m"
    private static func colour(_ source: DraftSource) -> String {
        switch source {
        case .earlyExit: "\u{1B}[32m"
        case .lookup: "\u{1B}[36m"
        case .lowBit: "\u{1B}[35m"
        case .cascade: "\u{1B}[34m"
        }
    }
    private static let plain = "\u{1B}[0m\u{1B}[?7h"
}

extension String {
    /// The beginning of the text that fits into the rest of a line, and its width in columns.
    fileprivate func fitted(into room: Int) -> (text: String, columns: Int) {
        var visible = ""
        var used = 0
        for character in self {
            // Line ends would move the cursor, and other control characters may do anything.
            let shown = character.isNewline ? "⏎" : character.terminalWidth == nil ? "·" : character
            let columns = shown.terminalWidth ?? 1
            guard used + columns <= room else { return (visible, room) }
            visible.append(shown)
            used += columns
        }
        return (visible, used)
    }
}
