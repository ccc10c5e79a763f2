extension PatternParser {
    /// Parses a class from after its opening bracket.
    mutating func characterClass(_ options: Options, _ start: Int) throws(TokenizerError) -> PatternNode {
        let (set, negated) = try members(start)
        guard options.ignoresCase else { return .set(negated ? set.inverted : set) }
        let folding = CaseFolding.shared
        let closure = folding.closure(of: set)
        if negated { return .set(closure.inverted) }
        // Members such as ß also match what they fold to.
        let long = folding.longFolds.filter { $0.value.contains { set.contains($0) } }.keys
            .sorted { $0.lexicographicallyPrecedes($1) }
        return long.isEmpty
            ? .set(closure)
            : .alternatives([.set(closure)] + long.map { .sequence($0.map { .folded($0) }) })
    }

    /// The set between the brackets, and whether a `^` precedes it.
    private mutating func members(_ start: Int) throws(TokenizerError) -> (ScalarSet, negated: Bool) {
        let negated = skip("^")
        var set = ScalarSet()
        var intersected: ScalarSet?
        var isFirst = true
        while true {
            guard let next = peek() else { throw failure("a closing bracket", since: start) }
            if next == "]", !isFirst { break }
            isFirst = false
            if skip("&&") {
                set = intersected?.intersection(set) ?? set
                intersected = set
                set = ScalarSet()
            } else if next == "[" {
                set = set.union(try bracket())
            } else if next == "\\", let escaped = try escapedSet(inClass: true) {
                if peek() == "-", let after = peek(1), after != "]" { throw failure("no range after a set") }
                set = set.union(escaped)
            } else {
                set = set.union(try range())
            }
        }
        place += 1
        set = intersected?.intersection(set) ?? set
        return (set, negated)
    }

    /// Parses `[:alpha:]` or a class inside a class.
    private mutating func bracket() throws(TokenizerError) -> ScalarSet {
        let start = place
        if skip("[:") {
            let inverted = skip("^")
            var name = ""
            while let next = peek(), ("a"..."z").contains(next) {
                name.unicodeScalars.append(next)
                place += 1
            }
            if skip(":]") {
                guard let set = UnicodeProperty.bracket(name) else {
                    throw failure("a POSIX bracket such as [:alpha:]", since: start)
                }
                return inverted ? set.inverted : set
            }
            place = start
        }
        place += 1
        let (set, negated) = try deeper { parser throws(TokenizerError) in try parser.members(start) }
        return negated ? set.inverted : set
    }

    /// Parses a character or a range of them.
    private mutating func range() throws(TokenizerError) -> ScalarSet {
        let start = place
        let first = try member()
        guard peek() == "-", let after = peek(1), after != "]" else { return ScalarSet(first) }
        place += 1
        let set = after == "\\" ? try escapedSet(inClass: true) : nil
        if set != nil || after == "[" { throw failure("a character at the end of the range", since: start) }
        let last = try member()
        if first > last { throw failure("a range that does not go backwards", since: start) }
        return ScalarSet([first...last])
    }

    private mutating func member() throws(TokenizerError) -> UInt32 {
        if peek() == "\\" {
            if peek(1) == "b" {
                place += 2
                return 0x08
            }
            if let digit = peek(1), ("1"..."9").contains(digit) { throw failure("no number after the backslash") }
            return try escapedScalar()
        }
        place += 1
        return scalars[place - 1]
    }
}
