/// What surrounds a token that is matched as a whole: characters of words (`\w`) and whitespace (`\s`), as in Rust's
/// regular expressions.
enum WordCharacter {
    /// Whether a range of a text starts with a character of a word.
    static func starts(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        return isWord(UTF8Sequence.decode(text, at: range.lowerBound, end: range.upperBound)?.codePoint)
    }

    /// Whether a range of a text ends with a character of a word.
    static func ends(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard let start = lastCharacter(text, range) else { return false }
        return isWord(UTF8Sequence.decode(text, at: start, end: range.upperBound)?.codePoint)
    }

    /// The start of a range after its leading whitespace.
    static func withoutSpaceAtStart(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var start = range.lowerBound
        while start < range.upperBound, let length = space(text, at: start, range.upperBound) { start += length }
        return start
    }

    /// The end of a range before its trailing whitespace.
    static func withoutSpaceAtEnd(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var end = range.upperBound
        while let start = lastCharacter(text, range.lowerBound..<end), space(text, at: start, end) != nil {
            end = start
        }
        return end
    }

    /// The length of the whitespace character at a position, if it is one.
    private static func space(_ text: Span<UInt8>, at place: Int, _ end: Int) -> Int? {
        guard let (codePoint, length) = UTF8Sequence.decode(text, at: place, end: end),
            CharacterTable.all.find(codePoint).contains(.whitespace)
        else { return nil }
        return length
    }

    /// The start of the last character in a range; nil if the range is empty.
    private static func lastCharacter(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard !range.isEmpty else { return nil }
        var start = range.upperBound - 1
        while start > range.lowerBound, UTF8Sequence.isContinuation(text[start]) { start -= 1 }
        return start
    }

    private static func isWord(_ codePoint: UInt32?) -> Bool {
        guard let scalar = codePoint.flatMap({ Unicode.Scalar($0) }) else { return false }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return properties.isAlphabetic || properties.isJoinControl
        }
    }
}
