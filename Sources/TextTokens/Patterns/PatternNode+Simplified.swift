extension PatternNode {
    /// An equivalent tree that is faster to match, without nodes ``folded(_:)``.
    func simplified() -> PatternNode {
        switch self {
        case .set, .position: self
        case .folded(let scalar): Self.ignoringCase([scalar])
        case .sequence: Self.sequence(of: flattened)
        case .alternatives(let parts): Self.alternatives(of: parts.map { $0.simplified() })
        case .repeated(let part, let repetition): .repeated(part.simplified(), repetition)
        case .atomic(let part): .atomic(part.simplified())
        case .look(let part, let behind, let negated): .look(part.simplified(), behind: behind, negated: negated)
        }
    }

    private var flattened: [PatternNode] {
        if case .sequence(let parts) = self { parts.flatMap(\.flattened) } else { [self] }
    }

    private static func sequence(of parts: [PatternNode]) -> PatternNode {
        var result: [PatternNode] = []
        var literal: [UInt32] = []
        func finishLiteral() {
            if !literal.isEmpty { result += ignoringCase(literal).flattened }
            literal = []
        }
        for part in parts {
            if case .folded(let scalar) = part {
                literal.append(scalar)
                continue
            }
            finishLiteral()
            let part = part.simplified()
            // `(?=[a])[b]` is one character of both sets.
            if case .set(let set) = part, case .look(.set(let ahead), behind: false, negated: false) = result.last {
                result[result.count - 1] = .set(set.intersection(ahead))
            } else {
                result += part.flattened
            }
        }
        finishLiteral()
        return result.count == 1 ? result[0] : .sequence(result)
    }

    private static func alternatives(of parts: [PatternNode]) -> PatternNode {
        if parts.count == 1 { return parts[0] }
        let sets = parts.compactMap { if case .set(let set) = $0 { set } else { nil } as ScalarSet? }
        return sets.count == parts.count ? .set(.union(of: sets)) : .alternatives(parts)
    }

    /// A literal text whose case is ignored: `ss` also matches `ß`, and `ß` matches `ss`.
    private static func ignoringCase(_ literal: [UInt32]) -> PatternNode {
        let folding = CaseFolding.shared
        let folded = literal.flatMap { folding.full($0) }
        var result: [PatternNode] = []
        var start = 0
        while start < folded.count {
            let span = (2...3).reversed().first { length in
                start + length <= folded.count && folding.longFolds[Array(folded[start..<start + length])] != nil
            }
            result.append(spelled(folded[start..<start + (span ?? 1)]))
            start += span ?? 1
        }
        return result.count == 1 ? result[0] : .sequence(result)
    }

    /// A folded text of at most three characters, each in any case, or one character that folds to all of it.
    private static func spelled(_ folded: ArraySlice<UInt32>) -> PatternNode {
        let folding = CaseFolding.shared
        let singles = folded.map { PatternNode.set(folding.closure(of: $0)) }
        guard let whole = folding.longFolds[Array(folded)] else { return singles[0] }
        return .alternatives([.sequence(singles), .set(ScalarSet(whole.map { $0...$0 }))])
    }
}
