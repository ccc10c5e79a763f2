import QuotedText

/// Parses a regular expression in Oniguruma's Ruby syntax, which Hugging Face's tokenizers library uses.
///
/// What would need more than matching, such as back references, is refused with its place.
struct PatternParser {
    /// What `(?imx)` switches.
    struct Options {
        var ignoresCase = false
        /// Whether `.` matches a newline; Ruby calls it `m`.
        var dotMatchesNewline = false
        /// Whether spaces and comments are ignored.
        var isExtended = false
    }

    /// The maximum depth of groups and classes.
    static let maximumDepth = 100
    /// Oniguruma's limit.
    static let maximumRepetition = 100_000

    let pattern: String
    let scalars: [UInt32]
    var place = 0
    var depth = 0

    static func parse(_ pattern: String) throws(TokenizerError) -> PatternNode {
        var parser = PatternParser(pattern: pattern, scalars: pattern.unicodeScalars.map(\.value))
        let node = try parser.alternatives(Options())
        if parser.place < parser.scalars.count { throw parser.failure("an opening parenthesis for each closing one") }
        return node.simplified()
    }

    /// The scalar at the current place, or at an offset from it.
    func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        place + offset < scalars.count ? Unicode.Scalar(scalars[place + offset]) : nil
    }

    /// Skips a text if it is at the current place.
    mutating func skip(_ text: String) -> Bool {
        let text = text.unicodeScalars.map(\.value)
        guard scalars[place...].starts(with: text) else { return false }
        place += text.count
        return true
    }

    /// An error about the construct between a place and the current one.
    func failure(_ expected: String, since start: Int? = nil) -> TokenizerError {
        let start = start ?? place
        let end = min(max(place, start + 1), scalars.count)
        let found =
            start < end ? String(String.UnicodeScalarView(scalars[start..<end].compactMap { Unicode.Scalar($0) })) : ""
        return .malformedPattern(pattern: pattern, offset: start, expected: expected, found: found)
    }

    mutating func deeper<Value>(
        _ body: (inout PatternParser) throws(TokenizerError) -> Value
    ) throws(TokenizerError) -> Value {
        if depth == Self.maximumDepth { throw failure("at most \(Self.maximumDepth) groups inside each other") }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    // MARK: Alternatives, sequences, repetition

    /// Parses up to a closing parenthesis or the end.
    mutating func alternatives(_ options: Options) throws(TokenizerError) -> PatternNode {
        var parts = [try sequence(options)]
        while skip("|") { parts.append(try sequence(options)) }
        return parts.count == 1 ? parts[0] : .alternatives(parts)
    }

    private mutating func sequence(_ options: Options) throws(TokenizerError) -> PatternNode {
        var parts: [PatternNode] = []
        while let next = peek(), next != "|", next != ")" {
            if options.isExtended, skipsSpace() { continue }
            let start = place
            if next == "(", let switched = try self.options(options) {
                // The rest of the group, alternatives included, as Ruby reads `a(?i)b|c`.
                parts.append(try deeper { parser throws(TokenizerError) in try parser.alternatives(switched) })
                break
            }
            if skip("(?#") {
                try skipComment(start)
                continue
            }
            let (first, repeats) = try atom(options)
            var node = first
            while let repetition = try repetition() {
                if !repeats { throw failure("something that can be repeated before the quantifier", since: start) }
                node = Self.repeating(node, repetition)
                if options.isExtended { while skipsSpace() {} }
            }
            parts.append(node)
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func skipsSpace() -> Bool {
        guard let next = peek() else { return false }
        if next == "#" {
            while let next = peek(), next != "\n" { place += 1 }
            return true
        }
        guard next.properties.isWhitespace else { return false }
        place += 1
        return true
    }

    private mutating func skipComment(_ start: Int) throws(TokenizerError) {
        while let next = peek(), next != ")" { place += next == "\\" ? 2 : 1 }
        if !skip(")") { throw failure("a closing parenthesis", since: start) }
    }

    /// `{n}?` is optional rather than lazy in Ruby's syntax.
    private static func repeating(_ node: PatternNode, _ repetition: Repetition) -> PatternNode {
        guard repetition.preference == .lazy, repetition.minimum == repetition.maximum else {
            return .repeated(node, repetition)
        }
        let exactly = Repetition(minimum: repetition.minimum, maximum: repetition.maximum)
        return .repeated(.repeated(node, exactly), Repetition(minimum: 0, maximum: 1))
    }

    private mutating func repetition() throws(TokenizerError) -> Repetition? {
        var repetition: Repetition
        switch peek() {
        case "*": repetition = Repetition(minimum: 0, maximum: .max)
        case "+": repetition = Repetition(minimum: 1, maximum: .max)
        case "?": repetition = Repetition(minimum: 0, maximum: 1)
        case "{":
            guard var interval = try interval() else { return nil }
            // In Ruby's syntax `{2,3}+` is not possessive, but repeats the repetition.
            if skip("?") { interval.preference = .lazy }
            return interval
        default: return nil
        }
        place += 1
        if skip("?") {
            repetition.preference = .lazy
        } else if skip("+") {
            repetition.preference = .possessive
        }
        return repetition
    }

    /// `{n}`, `{n,}`, `{,m}` or `{n,m}`; nil for other braces, which are literal.
    mutating func interval() throws(TokenizerError) -> Repetition? {
        let start = place
        place += 1
        let minimum = try number(start)
        let hasComma = skip(",")
        let maximum = hasComma ? try number(start) : minimum
        guard minimum ?? maximum != nil, skip("}") else {
            place = start
            return nil
        }
        let repetition = Repetition(minimum: minimum ?? 0, maximum: maximum ?? .max)
        if repetition.minimum > repetition.maximum {
            throw failure("at least the minimum after the comma", since: start)
        }
        return repetition
    }

    private mutating func number(_ start: Int) throws(TokenizerError) -> Int? {
        var value: Int?
        while let digit = peek(), ("0"..."9").contains(digit) {
            value = (value ?? 0) * 10 + Int(digit.value - 0x30)
            place += 1
            if value ?? 0 > Self.maximumRepetition {
                throw failure("at most \(Self.maximumRepetition) repetitions", since: start)
            }
        }
        return value
    }

    // MARK: Atoms

    /// Parses what a quantifier applies to, and tells whether one may.
    private mutating func atom(_ options: Options) throws(TokenizerError) -> (PatternNode, repeats: Bool) {
        switch peek() {
        case "(": return try group(options)
        case "[":
            let start = place
            place += 1
            return (try characterClass(options, start), true)
        case "\\": return try escape(options)
        case "^":
            place += 1
            return (.position(.lineStart), false)
        case "$":
            place += 1
            return (.position(.lineEnd), false)
        case ".":
            place += 1
            return (.set(options.dotMatchesNewline ? .all : ScalarSet.newline.inverted), true)
        case "*", "+", "?": throw failure("something to repeat before the quantifier")
        case "{":
            let start = place
            if try interval() != nil { throw failure("something to repeat before the quantifier", since: start) }
            fallthrough
        default:
            place += 1
            return (literal(scalars[place - 1], options), true)
        }
    }

    /// A character that stands for itself.
    func literal(_ scalar: UInt32, _ options: Options) -> PatternNode {
        options.ignoresCase ? .folded(scalar) : .set(ScalarSet(scalar))
    }
}
