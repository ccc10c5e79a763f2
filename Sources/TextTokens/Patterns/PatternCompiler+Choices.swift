extension PatternCompiler {
    /// A place to continue at, with the characters of which one must follow; nil if none is needed.
    struct Entry {
        var place: Int32
        var first: ScalarSet?
    }

    /// What must follow for a part, and all that follows it, to match.
    static func required(_ part: PatternNode, _ next: Following) -> ScalarSet? {
        let first = first(part, next).first
        return part.minimumLength > 0 || first != .all ? first : nil
    }

    mutating func addAlternatives(_ parts: [PatternNode], _ next: Following) throws(TokenizerError) {
        let choice = here
        try emit(.fail)
        var entries: [Entry] = []
        var jumps: [Int32] = []
        for (index, part) in parts.enumerated() {
            entries.append(Entry(place: here, first: Self.required(part, next)))
            try add(part, next)
            if index + 1 < parts.count {
                jumps.append(here)
                try emit(.fail)
            }
        }
        for jump in jumps { program.instructions[Int(jump)] = .jump(here) }
        program.instructions[Int(choice)] = .choose(table(entries))
    }

    /// The number of a table of places by the next byte.
    mutating func table(_ entries: [Entry]) -> Int32 {
        let bytes = entries.map { $0.first?.firstBytes }
        let table = Int32(program.choices.count / 257)
        for byte in 0...256 {
            var list: [Int32] = []
            for (entry, bytes) in zip(entries, bytes) {
                if bytes.map({ byte < 256 && $0[byte] }) ?? true { list.append(entry.place) }
            }
            program.choices.append(number(of: list))
        }
        return table
    }

    private mutating func number(of list: [Int32]) -> Int32 {
        if let known = lists[list] { return known }
        let number = Int32(program.targets.count)
        program.targets += list + [-1]
        lists[list] = number
        return number
    }
}
