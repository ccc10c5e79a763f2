import LanguageModels

/// Drafts what followed the latest occurrence of the text's last tokens (prompt lookup).
///
/// It looks up each new token of a text, also those that it did not draft, to learn how often lookups of which length
/// are right. That costs no pass.
struct LookupSource {
    /// How often lookups were right.
    var chances = Chances()
    private var index = NGramIndex()
    /// The proposed tokens.
    private(set) var proposal: [Token] = []
    /// The number of tokens before the proposal that it followed before.
    private(set) var matchLength = 0

    /// Forgets the text, but not how often lookups were right.
    mutating func restart() { index.removeAll() }

    /// Proposes tokens to follow a text.
    ///
    /// - Parameters:
    ///   - promptCount: the number of tokens that were given, and not generated.
    ///   - limit: the most tokens.
    mutating func propose(_ tokens: [Token], promptCount: Int, limit: Int) {
        read(tokens, promptCount: promptCount)
        proposal.removeAll(keepingCapacity: true)
        proposal.reserveCapacity(limit)
        guard limit > 0, let match = index.match(tokens, end: tokens.count) else { return }
        matchLength = match.length
        for offset in 0..<limit {
            let position = match.next + offset
            // What was looked up may reach into the proposal itself.
            proposal.append(position < tokens.count ? tokens[position] : proposal[position - tokens.count])
        }
    }

    /// The chance that a token of the proposal is accepted if those before it are.
    func chance(ofToken position: Int) -> Double { chances.chance(matchLength: matchLength + position) }

    /// Adds new tokens to the index, after checking whether they would have been proposed.
    private mutating func read(_ tokens: [Token], promptCount: Int) {
        if index.count >= tokens.count { index.removeAll() }
        while index.count + 1 < tokens.count {
            let end = index.count + 1
            if end >= promptCount, let match = index.match(tokens, end: end) {
                chances.add(matchLength: match.length, isHit: tokens[match.next] == tokens[end])
            }
            index.addNext(tokens)
        }
    }
}

extension LookupSource {
    /// How often the token that a lookup found was right, by the length of the match.
    struct Chances {
        private var evidence = Array(repeating: Evidence(), count: expected.count)

        func chance(matchLength: Int) -> Double {
            let kind = LookupSource.kind(matchLength)
            return evidence[kind].chance(expected: LookupSource.expected[kind])
        }

        mutating func add(matchLength: Int, isHit: Bool) {
            evidence[LookupSource.kind(matchLength)].add(isHit: isHit)
        }
    }

    /// The chance without observations, for matches of 1, 2, 3, 4, 5 to 6, 7 to 8, 9 to 12, 13 to 16, 17 to 24 and more
    /// tokens.
    static let expected = [0.2, 0.35, 0.45, 0.55, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95]

    static func kind(_ matchLength: Int) -> Int {
        switch matchLength {
        case ...4: max(1, matchLength) - 1
        case ...6: 4
        case ...8: 5
        case ...12: 6
        case ...16: 7
        case ...24: 8
        default: 9
        }
    }
}
