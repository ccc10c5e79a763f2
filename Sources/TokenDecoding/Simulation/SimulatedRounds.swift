package import LanguageModels

/// The rounds that drafts of a fixed length would take to write known texts.
///
/// Only what would be accepted after a text's end is unknown, and counts as rejected.
package struct SimulatedRounds: Sendable, Equatable {
    /// The number of rounds by the number of tokens drafted in them.
    package private(set) var roundsByDrafted: [Int: Int] = [:]
    /// The number of drafted tokens that are accepted.
    package private(set) var accepted = 0
    /// The number of tokens of the texts.
    package private(set) var tokens = 0

    /// Creates a simulation without texts.
    package init() {}

    /// The number of rounds.
    package var rounds: Int { roundsByDrafted.values.reduce(0, +) }
    /// The number of drafted tokens.
    package var drafted: Int { roundsByDrafted.reduce(0) { $0 + $1.key * $1.value } }
    /// accepted / drafted; nil if nothing is drafted.
    package var acceptanceRate: Double? { drafted > 0 ? Double(accepted) / Double(drafted) : nil }

    /// Adds a text drafted by an early exit.
    ///
    /// - Parameters:
    ///   - agreements: whether the exit's token is the text's, at each of its positions.
    ///   - draftLength: the number of tokens drafted per round.
    ///   - limit: the most tokens that the text could have had, at least as many as it has. Drafts are shortened to it.
    package mutating func add(agreements: [Bool], draftLength: Int, limit: Int) {
        add(count: agreements.count, draftLength: draftLength, limit: limit) { position, drafted in
            (drafted, agreements[position...].prefix(drafted).prefix { $0 }.count)
        }
    }

    /// Adds a text drafted by looking up what followed its last tokens earlier.
    ///
    /// - Parameters:
    ///   - text: a prompt, and what the full model wrote after it.
    ///   - promptCount: the number of tokens of the prompt.
    package mutating func add(lookupsIn text: [Token], promptCount: Int, draftLength: Int, limit: Int) {
        var source = LookupSource()
        add(count: text.count - promptCount, draftLength: draftLength, limit: limit) { position, drafted in
            let end = promptCount + position
            source.propose(Array(text[..<end]), promptCount: promptCount, limit: drafted)
            let accepted = zip(source.proposal, text[end...]).prefix { $0 == $1 }.count
            return (source.proposal.count, accepted)
        }
    }

    /// - Parameter round: returns the number of drafted and of accepted tokens of a round that begins at a position,
    ///   given the most tokens to draft.
    private mutating func add(
        count: Int, draftLength: Int, limit: Int, round: (_ position: Int, _ most: Int) -> (drafted: Int, accepted: Int)
    ) {
        precondition(limit >= count, "a text is not longer than its limit")
        var position = 0
        while position < count {
            // The full model adds a token to each draft.
            let most = min(draftLength, limit - position - 1)
            let (drafted, accepted) = most > 0 ? round(position, most) : (0, 0)
            roundsByDrafted[drafted, default: 0] += 1
            self.accepted += accepted
            position += accepted + 1
        }
        tokens += count
    }
}
