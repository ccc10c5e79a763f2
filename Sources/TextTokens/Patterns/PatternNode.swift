/// A regular expression as a tree.
indirect enum PatternNode: Hashable, Sendable {
    /// One character of a set.
    case set(ScalarSet)
    /// A character whose case is ignored; only until ``PatternNode/simplified()``.
    case folded(UInt32)
    /// One after another; no nodes match the empty text.
    case sequence([PatternNode])
    /// The first that lets the whole pattern match.
    case alternatives([PatternNode])
    case repeated(PatternNode, Repetition)
    /// The first match of a pattern, without going back for another.
    case atomic(PatternNode)
    /// Lookahead or lookbehind.
    case look(PatternNode, behind: Bool, negated: Bool)
    case position(PatternPosition)
}

/// How often a part of a pattern may match.
struct Repetition: Hashable, Sendable {
    enum Preference: Sendable { case greedy, lazy, possessive }

    var minimum: Int
    /// `Int.max` if there is none.
    var maximum: Int
    var preference = Preference.greedy
}

/// A condition on a position in the text.
enum PatternPosition: Sendable {
    /// `^`, `$`
    case lineStart, lineEnd
    /// `\A`, `\z`, `\Z`
    case textStart, textEnd, textEndOrFinalNewline
    /// `\G`
    case searchStart
    /// `\b`, `\B`
    case wordBoundary, noWordBoundary
}

extension PatternNode {
    /// The minimum number of characters of a match.
    var minimumLength: Int {
        switch self {
        case .set, .folded: 1
        case .sequence(let parts): parts.reduce(0) { Self.sum($0, $1.minimumLength) }
        case .alternatives(let parts): parts.map(\.minimumLength).min() ?? 0
        case .repeated(let part, let repetition): Self.product(part.minimumLength, repetition.minimum)
        case .atomic(let part): part.minimumLength
        case .look, .position: 0
        }
    }

    /// The maximum number of characters of a match; `Int.max` if there is none.
    var maximumLength: Int {
        switch self {
        case .set, .folded: 1
        case .sequence(let parts): parts.reduce(0) { Self.sum($0, $1.maximumLength) }
        case .alternatives(let parts): parts.map(\.maximumLength).max() ?? 0
        case .repeated(let part, let repetition): Self.product(part.maximumLength, repetition.maximum)
        case .atomic(let part): part.maximumLength
        case .look, .position: 0
        }
    }

    private static func sum(_ a: Int, _ b: Int) -> Int {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }

    private static func product(_ a: Int, _ b: Int) -> Int {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? .max : product
    }

    /// Whether a lookahead or lookbehind of a kind occurs.
    var hasLookahead: Bool {
        switch self {
        case .set, .folded, .position: false
        case .sequence(let parts), .alternatives(let parts): parts.contains { $0.hasLookahead }
        case .repeated(let part, _), .atomic(let part): part.hasLookahead
        case .look(let part, let behind, _): !behind || part.hasLookahead
        }
    }
}
