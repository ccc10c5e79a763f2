extension String {
    /// The text between quotation marks, shortened and fit for a one-line message.
    package var quoted: String {
        let limit = 80
        let start = unicodeScalars.prefix(limit)
        return "\"\(String(start).printable)\(start.endIndex == endIndex ? "" : "…")\""
    }

    /// The text with U+FFFD for what would do more to a terminal than show a character: control characters, line
    /// separators, and the marks that turn the direction of the text around them.
    package var printable: String {
        var text = ""
        for scalar in unicodeScalars { text.unicodeScalars.append(scalar.isPrintable ? scalar : "\u{FFFD}") }
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var isPrintable: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: false
        // Left-to-right and right-to-left marks, embeddings, overrides and isolates.
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: false
        // Byte order marks and Unicode's tags are invisible.
        case 0xFEFF, 0xE0000...0xE007F: false
        default: true
        }
    }
}
