/// A name that is ordered as people order it: numbers in it count by value, so that `layers.2` precedes `layers.10`.
struct NaturalName: Comparable {
    private enum Part: Comparable {
        case number(Int)
        case text(Substring)
    }

    private let parts: [Part]

    init(_ name: String) {
        var parts: [Part] = []
        var rest = name[...]
        while let first = rest.first {
            let isDigit = Self.isDigit(first)
            let run = rest.prefix { Self.isDigit($0) == isDigit }
            // A number too large for an integer is no layer's.
            parts.append(isDigit ? Int(run).map { .number($0) } ?? .text(run) : .text(run))
            rest = rest[run.endIndex...]
        }
        self.parts = parts
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    static func < (a: NaturalName, b: NaturalName) -> Bool { a.parts.lexicographicallyPrecedes(b.parts) }
}

extension Array {
    /// The elements ordered by their names, each of which is split once.
    func sorted(byName name: (Element) -> String) -> [Element] {
        map { (NaturalName(name($0)), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
