/// A step that removes whitespace at the ends of a text.
struct WhitespaceStripping: TextRewriting {
    let left: Bool
    let right: Bool

    func rewritten(_ text: [UInt8], within limits: inout RewritingLimits) -> [UInt8] {
        var range = text.indices
        while left, let length = whitespace(text.span, at: range.lowerBound, end: range.upperBound) {
            range = range.dropFirst(length)
        }
        while right, let start = lastCharacter(text.span, range),
            let length = whitespace(text.span, at: start, end: range.upperBound)
        {
            range = range.dropLast(length)
        }
        return range.count == text.count ? text : Array(text[range])
    }

    /// The length of the whitespace character at a position; nil if there is another character or none.
    private func whitespace(_ text: Span<UInt8>, at position: Int, end: Int) -> Int? {
        guard position < end, let (codePoint, length) = UTF8Sequence.decode(text, at: position, end: end),
            Unicode.Scalar(codePoint)?.properties.isWhitespace == true
        else { return nil }
        return length
    }

    /// The start of the last character of a range; nil if the range is empty or ends with invalid UTF-8.
    private func lastCharacter(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        for length in 1...4 where length <= range.count {
            let start = range.upperBound - length
            if let decoded = UTF8Sequence.decode(text, at: start, end: range.upperBound) {
                return decoded.length == length ? start : nil
            }
        }
        return nil
    }
}
