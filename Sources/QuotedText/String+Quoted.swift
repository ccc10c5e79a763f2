extension String {
    /// The text in quotation marks, shortened and sanitized for a one-line message on a terminal.
    ///
    /// Text from a file may contain escape sequences, which a terminal interprets, and characters that reorder the text
    /// around them. Each is replaced by U+FFFD.
    package var quoted: String { "\"" + harmless(limit: 80) + "\"" }

    /// The text unchanged if it is short and harmless, such as a key or a number in a message; otherwise ``quoted``.
    package var inMessage: String {
        let quoted = quoted
        return quoted == "\"\(self)\"" ? self : quoted
    }

    /// The text without characters that control a terminal, with an ellipsis in place of everything after the first
    /// `limit` scalars.
    package func harmless(limit: Int) -> String {
        var text = ""
        var count = 0
        for scalar in unicodeScalars {
            if count == limit {
                text += "…"
                break
            }
            text.unicodeScalars.append(scalar.isObeyed ? "\u{FFFD}" : scalar)
            count += 1
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether a terminal does something other than display the scalar. This covers controls (C0, DEL, C1), line and
    /// paragraph separators, and invisible format characters, such as those that change the writing direction.
    fileprivate var isObeyed: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
