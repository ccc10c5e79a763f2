public import LanguageModels

/// The tokens of a vocabulary ranked by how often a model wrote them.
///
/// An exit that may draft only the first tokens of the ranking reads only their rows of the head. (FR-Spec, arXiv
/// 2502.14856, ranks by a corpus.)
public struct TokenRanking: Sendable, Equatable {
    /// The written tokens, the most frequent first, and the smaller id first of equally frequent ones.
    public let written: [Token]
    /// The number of the model's tokens.
    public let size: Int
    /// How much the beginnings of the ranking cover, the shortest first; empty if there are fewer than two texts.
    public let coverage: [Coverage]

    /// How much of the texts a beginning of the ranking covers.
    public struct Coverage: Sendable, Equatable {
        /// The number of tokens in the beginning.
        public let count: Int
        /// The share of written tokens that are among them. Each text is covered by the ranking of the other texts,
        /// because its own would flatter.
        public let share: Double
    }

    /// The parts of the vocabulary whose coverage is measured: a sixteenth to a half.
    private static let divisors = [16, 8, 4, 2]

    /// Ranks the tokens of texts.
    init(writtenIn texts: [some Sequence<Token>], vocabularySize: Int) {
        let counts = texts.map { text in text.reduce(into: [Token: Int]()) { $0[$1, default: 0] += 1 } }
        let all = counts.reduce(into: [:]) { $0.merge($1) { $0 + $1 } }
        written = Self.ranked(all)
        size = vocabularySize
        guard counts.count > 1 else {
            coverage = []
            return
        }
        var covered = Array(repeating: 0, count: Self.divisors.count)
        for own in counts {
            let others = all.merging(own) { $0 - $1 }.filter { $0.value > 0 }
            let ranking = Self.complete(Self.ranked(others), size: vocabularySize)
            for (index, divisor) in Self.divisors.enumerated() {
                let first = Set(ranking.prefix(vocabularySize / divisor))
                covered[index] += own.reduce(0) { $0 + (first.contains($1.key) ? $1.value : 0) }
            }
        }
        let total = max(1, all.values.reduce(0, +))
        coverage = zip(Self.divisors, covered).map {
            Coverage(count: vocabularySize / $0, share: Double($1) / Double(total))
        }
    }

    private static func ranked(_ counts: [Token: Int]) -> [Token] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    /// The ranking of all tokens; those that were not written follow in the order of their ids.
    static func complete(_ written: [Token], size: Int) -> [Token] {
        DraftVocabulary.tokens(ranked: written, count: size, of: size)
    }
}
