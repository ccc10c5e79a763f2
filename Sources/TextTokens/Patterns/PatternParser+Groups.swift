extension PatternParser {
    /// Parses `(?imx)` or `(?i-m)`, which hold for the rest of the group; nil for anything else.
    mutating func options(_ current: Options) throws(TokenizerError) -> Options? {
        let start = place
        guard skip("(?"), let options = switches(current), skip(")") else {
            place = start
            return nil
        }
        return options
    }

    /// Parses the letters of `(?im-x`; nil if there are others.
    private mutating func switches(_ current: Options) -> Options? {
        var options = current
        var value = true
        let start = place
        while let next = peek() {
            switch next {
            case "i": options.ignoresCase = value
            case "m": options.dotMatchesNewline = value
            case "x": options.isExtended = value
            case "-": value = false
            case ")", ":": return place > start ? options : nil
            default: return nil
            }
            place += 1
        }
        return nil
    }

    /// Parses a group, and tells whether it can be repeated.
    mutating func group(_ options: Options) throws(TokenizerError) -> (PatternNode, repeats: Bool) {
        let start = place
        if skip("(?=") { return (try look(options, start, behind: false, negated: false), false) }
        if skip("(?!") { return (try look(options, start, behind: false, negated: true), false) }
        if skip("(?<=") { return (try look(options, start, behind: true, negated: false), false) }
        if skip("(?<!") { return (try look(options, start, behind: true, negated: true), false) }
        if skip("(?>") { return (.atomic(try rest(options, start)), true) }
        if skip("(?:") { return (try rest(options, start), true) }
        if skip("(?<") || skip("(?'") {
            try skipName(start)
            return (try rest(options, start), true)
        }
        if skip("(?") {
            guard let switched = switches(options), skip(":") else { throw unsupportedGroup(start) }
            return (try rest(switched, start), true)
        }
        if skip("(*") { throw failure("a pattern without callouts", since: start) }
        place += 1
        return (try rest(options, start), true)
    }

    private func unsupportedGroup(_ start: Int) -> TokenizerError {
        switch peek() {
        case "~": failure("a pattern without absent groups", since: start)
        case "(": failure("a pattern without conditions", since: start)
        case "{": failure("a pattern without callouts", since: start)
        default: failure("a group such as (?:...), (?i:...), (?=...) or (?>...)", since: start)
        }
    }

    /// Skips the name of a group, which only back references would need.
    private mutating func skipName(_ start: Int) throws(TokenizerError) {
        let end: Unicode.Scalar = scalars[place - 1] == 0x27 ? "'" : ">"
        let first = place
        while let next = peek(), next == "_" || next.properties.isAlphabetic || next.properties.numericType != nil {
            place += 1
        }
        guard place > first, peek() == end else { throw failure("a name for the group", since: start) }
        place += 1
    }

    /// Parses the rest of a group, with its closing parenthesis.
    private mutating func rest(_ options: Options, _ start: Int) throws(TokenizerError) -> PatternNode {
        let node = try deeper { parser throws(TokenizerError) in try parser.alternatives(options) }
        if !skip(")") { throw failure("a closing parenthesis", since: start) }
        return node
    }

    private mutating func look(
        _ options: Options, _ start: Int, behind: Bool, negated: Bool
    ) throws(TokenizerError) -> PatternNode {
        let node = try rest(options, start)
        if behind, node.hasLookahead { throw failure("no lookahead inside a lookbehind", since: start) }
        return .look(node, behind: behind, negated: negated)
    }
}
