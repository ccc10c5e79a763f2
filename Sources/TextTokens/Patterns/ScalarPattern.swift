/// A regular expression on Unicode scalars, with the syntax and meaning of Oniguruma.
///
/// Matching takes a limited number of steps, so that no pattern and text from a file can make it endless.
struct ScalarPattern: Sendable {
    /// The maximum length of a pattern; published ones have at most 2000 characters.
    static let maximumLength = 10_000

    /// The pattern as written.
    let pattern: String
    private let program: PatternProgram

    /// Compiles a pattern.
    ///
    /// - Parameter maximumSize: the maximum size.
    init(_ pattern: String, maximumSize: Int = PatternCompiler.standardSize) throws(TokenizerError) {
        guard pattern.unicodeScalars.count <= Self.maximumLength else {
            throw .malformedPattern(
                pattern: pattern, offset: Self.maximumLength, expected: "at most \(Self.maximumLength) characters",
                found: pattern)
        }
        self.pattern = pattern
        program = try PatternCompiler.compile(PatternParser.parse(pattern), pattern: pattern, maximumSize: maximumSize)
    }

    /// Creates a pattern from a tree; `name` is for errors.
    init(_ node: PatternNode, name: String) throws(TokenizerError) {
        pattern = name
        program = try PatternCompiler.compile(node.simplified(), pattern: name)
    }

    /// See ``PatternProgram/size``.
    var size: Int { program.size }

    /// The steps to allow besides those for reading the text once: about a tenth of a second.
    static let stepLimit = 10_000_000

    /// Calls a closure for each match in a part of a text, of which the pattern sees nothing else.
    ///
    /// An empty match directly after another match does not count.
    ///
    /// - Parameter steps: is reduced by the steps taken; start with ``stepLimit``. New text adds steps again, so that
    ///   texts of any length can be matched, but no part of a text takes long.
    /// - Throws: ``TokenizerError/patternTooSlow(pattern:)``, and the closure's errors.
    func forEachMatch(
        in text: Span<UInt8>, _ part: Range<Int>, steps: inout Int, _ body: (Range<Int>) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        var matcher = PatternMatcher(program, from: part.lowerBound)
        var start = part.lowerBound
        var lastEnd = -1
        while start <= part.upperBound,
            let match = try firstMatch(in: text, part, from: start, &matcher, &steps)
        {
            if match.isEmpty, match.upperBound == lastEnd {
                start += start < part.upperBound ? Self.length(text, start, part.upperBound) : 1
            } else {
                try body(match)
                start = match.upperBound
                lastEnd = start
            }
        }
    }

    private func firstMatch(
        in text: Span<UInt8>, _ part: Range<Int>, from searchStart: Int, _ matcher: inout PatternMatcher,
        _ steps: inout Int
    ) throws(TokenizerError) -> Range<Int>? {
        var start = searchStart
        while start <= part.upperBound {
            if !program.starts.isEmpty {
                while start < part.upperBound, !program.starts[Int(text[start])] {
                    start += Self.length(text, start, part.upperBound)
                }
                if start == part.upperBound { return nil }
            }
            if let end = matcher.match(program, text, part, searchStart: searchStart, at: start, steps: &steps) {
                matcher.reach(end, &steps)
                steps = min(steps, Self.stepLimit)
                return start..<end
            }
            matcher.reach(start, &steps)
            if steps < 0 { throw .patternTooSlow(pattern: pattern) }
            start += start < part.upperBound ? Self.length(text, start, part.upperBound) : 1
        }
        return nil
    }

    @inline(__always)
    private static func length(_ text: Span<UInt8>, _ position: Int, _ end: Int) -> Int {
        text[position] < 0x80 ? 1 : UTF8Sequence.decode(text, at: position, end: end)?.length ?? 1
    }
}
