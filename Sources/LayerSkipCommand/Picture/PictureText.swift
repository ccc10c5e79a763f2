import LayerSkip

extension String {
    /// The text with control characters, which XML forbids, and characters that change the text's direction replaced
    /// by visible ones. Line ends and tabs stay.
    var visible: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D: text.unicodeScalars.append(scalar)
            // Unicode has pictures of the first 32 controls and of DEL.
            case 0..<0x20: text.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
            case 0x7F: text += "\u{2421}"
            case 0xFFFE, 0xFFFF: text += "\u{FFFD}"
            default: text += String(scalar).harmless(limit: 1)
            }
        }
    }

    /// The longest beginning of at most `count` bytes that splits no scalar, and the rest.
    func split(atByte count: Int) -> (String, String) {
        var end = utf8.index(startIndex, offsetBy: count, limitedBy: endIndex) ?? endIndex
        end = unicodeScalars.index(end, offsetBy: 0)
        return (String(self[..<end]), String(self[end...]))
    }
}
