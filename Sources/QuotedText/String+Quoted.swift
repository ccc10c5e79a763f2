extension String {
    /// The text between quotation marks, shortened and made harmless, fit for a one-line message on a terminal.
    ///
    /// Text from a file may hold escape sequences, which a terminal obeys, and characters that reorder what is around
    /// them. U+FFFD stands for each of these.
    package var quoted: String { "\"" + harmless(limit: 80) + "\"" }

    /// The text itself if it is short and harmless, such as a key or a number that a message names; else ``quoted``.
    package var inMessage: String {
        let quoted = quoted
        return quoted == "\"\(self)\"" ? self : quoted
    }

    /// The text without characters that a terminal obeys, with an ellipsis for all that follows the first `limit`
    /// scalars.
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
    /// Whether a terminal does something else with the scalar than showing it: controls (C0, DEL, C1), line and
    /// paragraph separators, and invisible format characters, such as those that turn the direction of writing.
    fileprivate var isObeyed: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
