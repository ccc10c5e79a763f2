/// The column of a terminal's cursor after the text written so far.
struct TerminalCursor {
    /// nil if it is unknown until the next line begins.
    private var column: Int? = 0
    private var knownWidth = 0

    /// Moves the cursor over text.
    mutating func advance(over text: String, width: Int) {
        // A resized terminal may have rewrapped the line.
        if width != knownWidth, column != 0 { column = nil }
        knownWidth = width
        for character in text {
            if character.isNewline {
                column = 0
            } else if character == "\t", let start = column {
                column = min(width - 1, (start / 8 + 1) * 8)
            } else if let columns = character.terminalWidth {
                // A character that does not fit moves to the next line. After a full line the cursor stays there.
                column = column.map { $0 + columns > width ? columns : $0 + columns }
            } else {
                column = nil
            }
        }
    }

    /// The number of free columns in the line; nil if there are none or the column is unknown. The last column does not
    /// count: after it some terminals wrap at once, others late.
    func room(width: Int) -> Int? {
        guard let column, width == knownWidth || column == 0 else { return nil }
        return column < width - 1 ? width - 1 - column : nil
    }
}

extension Character {
    /// The number of columns on a terminal; nil for control characters and where terminals disagree.
    var terminalWidth: Int? {
        guard let first = unicodeScalars.first else { return nil }
        if first.isASCII, unicodeScalars.count == 1 { return (0x20..<0x7F).contains(first.value) ? 1 : nil }
        // Terminals disagree on whether a cluster of emoji, flags or Hangul letters is as wide as its parts together.
        guard unicodeScalars.dropFirst().allSatisfy({ $0.isCombiningMark }) else { return nil }
        switch first.properties.generalCategory {
        case .control, .format, .surrogate, .unassigned, .privateUse, .lineSeparator, .paragraphSeparator: return nil
        case .nonspacingMark, .enclosingMark, .spacingMark: return nil
        default: return first.isWide ? 2 : 1
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isCombiningMark: Bool {
        properties.generalCategory == .nonspacingMark && !(0xFE00...0xFE0F).contains(value)
    }

    /// East Asian wide and fullwidth characters, and emoji (Unicode Standard Annex 11, by blocks).
    fileprivate var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1B000...0x1B2FF, 0x20000...0x3FFFD:
            true
        default: properties.isEmojiPresentation
        }
    }
}
