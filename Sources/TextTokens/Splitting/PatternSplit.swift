/// A step that splits at a pattern's matches.
struct PatternSplit: Sendable {
    var pattern: ScalarPattern
    var behavior: SplitBehavior
    /// Whether the text between matches is what splits.
    var isInverted = false

    /// Whether the step drops what splits.
    var drops: Bool { behavior == .removed }

    /// Calls a closure for each piece of a range of a text, with whether it stays. Pieces are never empty.
    func forEachPiece(
        of text: Span<UInt8>, _ part: Range<Int>, steps: inout Int, _ body: (Range<Int>, Bool) -> Void
    ) throws(TokenizerError) {
        var joiner = Joiner(behavior: behavior, start: part.lowerBound)
        var end = part.lowerBound
        let isInverted = isInverted
        try pattern.forEachMatch(in: text, part, steps: &steps) { match in
            if match.lowerBound > end { joiner.add(match.lowerBound, splits: isInverted, body) }
            joiner.add(match.upperBound, splits: !isInverted, body)
            end = match.upperBound
        }
        if part.upperBound > end { joiner.add(part.upperBound, splits: isInverted, body) }
        joiner.finish(body)
    }

    /// Joins matches and the text between them as a behavior says.
    private struct Joiner {
        let behavior: SplitBehavior
        var start: Int
        /// The end of the current piece, and whether its last part splits.
        var end: Int?
        var splits = false

        init(behavior: SplitBehavior, start: Int) {
            self.behavior = behavior
            self.start = start
        }

        mutating func add(_ nextEnd: Int, splits next: Bool, _ body: (Range<Int>, Bool) -> Void) {
            if end != nil, !joins(next) { finish(body) }
            end = nextEnd
            splits = next
        }

        private func joins(_ next: Bool) -> Bool {
            switch behavior {
            case .isolated, .removed: false
            case .contiguous: splits == next
            case .mergedWithPrevious: next && !splits
            case .mergedWithNext: splits && !next
            }
        }

        mutating func finish(_ body: (Range<Int>, Bool) -> Void) {
            guard let end else { return }
            if end > start { body(start..<end, !(splits && behavior == .removed)) }
            start = end
        }
    }
}
