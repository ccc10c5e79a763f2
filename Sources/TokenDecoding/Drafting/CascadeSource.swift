/// Estimates how many looked-up tokens the first layers agree with, and whether those are accepted.
///
/// The layers judge all looked-up tokens in one pass. What they draft is what they would have drafted one by one, so a
/// lookup only makes their drafts cheaper.
struct CascadeSource {
    /// By the length of the match: whether the layers agree with a looked-up token.
    private var agreement = Array(repeating: Evidence(), count: LookupSource.expected.count)
    /// By the length of the match: whether a token that they agree with is accepted.
    private var acceptance = Array(repeating: Evidence(), count: LookupSource.expected.count)
    /// Whether the layers' own token is accepted after they disagreed.
    private var correction = Evidence()

    /// The expected number of tokens of a round with so many looked-up tokens, and the distribution of those that the
    /// layers agree with.
    struct Expectation {
        /// 1 and the expected number of accepted tokens.
        var tokens = 1.0
        /// The chance that the layers agree with exactly the first i tokens.
        var agreed: [Double] = []
    }

    /// Returns what to expect of the first `count` tokens of a proposal.
    ///
    /// - Parameter next: the chance that one more token of the layers is accepted if all others are.
    func expectation(matchLength: Int, count: Int, next: Double) -> Expectation {
        var expectation = Expectation()
        // The chances that the layers agree with all tokens so far, and that these are also accepted.
        var (agreed, accepted) = (1.0, 1.0)
        for position in 0..<count {
            let kind = LookupSource.kind(matchLength + position)
            let agreement = agreement[kind].chance(expected: LookupSource.expected[kind])
            expectation.agreed.append(agreed * (1 - agreement))
            expectation.tokens += accepted * (1 - agreement) * correction.chance(expected: 0.5)
            agreed *= agreement
            accepted *= agreement * acceptance[kind].chance(expected: 0.9)
            expectation.tokens += accepted
        }
        expectation.agreed.append(agreed)
        expectation.tokens += accepted * next
        return expectation
    }

    /// Learns with how many of the looked-up tokens the layers agreed.
    mutating func learn(matchLength: Int, proposed: Int, agreed: Int) {
        for position in 0..<min(proposed, agreed + 1) {
            agreement[LookupSource.kind(matchLength + position)].add(isHit: position < agreed)
        }
    }

    /// Learns how many tokens were accepted.
    mutating func learn(matchLength: Int, proposed: Int, agreed: Int, drafted: Int, accepted: Int) {
        for position in 0..<min(agreed, accepted + 1) {
            acceptance[LookupSource.kind(matchLength + position)].add(isHit: position < accepted)
        }
        if agreed < proposed, drafted > agreed, accepted >= agreed { correction.add(isHit: accepted > agreed) }
    }
}
