/// Places in the text that a pattern sees.
extension PatternMatcher {
    /// Whether a character of a set precedes a position.
    static func precedes(
        _ program: PatternProgram, _ text: Span<UInt8>, _ part: Range<Int>, _ position: Int, _ set: Int32
    ) -> Bool {
        guard position > part.lowerBound else { return false }
        let before = previous(text, position, part.lowerBound, part.upperBound)
        return program.sets.length(set, text, at: before, end: part.upperBound) > 0
    }

    /// The position a number of characters before another; nil if there are fewer.
    static func stepBack(
        _ text: Span<UInt8>, _ part: Range<Int>, _ start: Int, _ count: Int, _ steps: inout Int
    ) -> Int? {
        var position = start
        for _ in 0..<count {
            guard position > part.lowerBound else { return nil }
            position = previous(text, position, part.lowerBound, part.upperBound)
            steps &-= 1
        }
        return position
    }

    /// Where the character before a position starts.
    static func previous(_ text: Span<UInt8>, _ position: Int, _ start: Int, _ end: Int) -> Int {
        guard UTF8Sequence.isContinuation(text[position - 1]) else { return position - 1 }
        for length in 2...4 where position - length >= start {
            if UTF8Sequence.decode(text, at: position - length, end: end)?.length == length { return position - length }
        }
        return position - 1
    }

    /// Whether a condition on a position holds.
    static func holds(
        _ condition: PatternPosition, _ text: Span<UInt8>, _ part: Range<Int>, _ position: Int, _ searchStart: Int
    ) -> Bool {
        let newline = UInt8(ascii: "\n")
        let (start, end) = (part.lowerBound, part.upperBound)
        switch condition {
        case .lineStart: return position == start || (position < end && text[position - 1] == newline)
        case .lineEnd: return position == end || text[position] == newline
        case .textStart: return position == start
        case .textEnd: return position == end
        case .textEndOrFinalNewline: return position == end || (position == end - 1 && text[position] == newline)
        case .searchStart: return position == searchStart
        case .wordBoundary, .noWordBoundary: return false  // the compiler makes these boundaries
        }
    }
}
