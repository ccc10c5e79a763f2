public import LanguageModels

/// Why ``Generator/write(after:limit:shouldContinue:report:each:)`` stopped.
public enum WritingEnd: Sendable, Equatable {
    /// There are as many tokens as were asked for.
    case limit
    /// The context is full.
    case contextFull
    /// `shouldContinue` said no.
    case cancelled
    /// `each` said so.
    case stopped
}

extension Generator {
    /// Reads a prompt and continues it, round by round.
    ///
    /// - Parameters:
    ///   - limit: the most tokens to write; nil for as many as fit.
    ///   - shouldContinue: is asked before each round and each chunk of the prompt.
    ///   - report: is told of each token as soon as it is drafted.
    ///   - each: takes a round, and returns nil to continue, or how many of the round's tokens to keep as the last
    ///     ones.
    /// - Throws: ``DecodingError`` as prefill and rounds do, except for a cancelled prefill.
    public mutating func write(
        after prompt: [Token], limit: Int?, shouldContinue: () -> Bool = { true }, report: (Token) -> Void = { _ in },
        each: (Round) -> Int? = { _ in nil }
    ) throws(DecodingError) -> WritingEnd {
        do {
            try prefill(prompt, shouldContinue: shouldContinue)
        } catch .cancelled {
            return .cancelled
        }
        while shouldContinue() {
            let written = tokens.count - prompt.count
            if written == limit { return .limit }
            if room == 0 { return .contextFull }
            let before = tokens.count
            let round = try nextRound(limit: min(limit.map { $0 - written } ?? Int.max, room), report: report)
            if let kept = each(round) {
                keep(before + kept)
                return .stopped
            }
        }
        return .cancelled
    }
}
