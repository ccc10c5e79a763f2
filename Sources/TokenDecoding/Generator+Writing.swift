package import LanguageModels

/// The reason why ``Generator/write(after:limit:shouldContinue:report:each:)`` stopped.
package enum WritingEnd: Sendable, Equatable {
    /// The requested number of tokens was written.
    case limit
    /// The context is full.
    case contextFull
    /// `shouldContinue` returned false.
    case cancelled
    /// `each` ended the text.
    case stopped
}

extension Generator {
    /// Reads a prompt and continues it, round by round.
    ///
    /// - Parameters:
    ///   - limit: the most tokens to write; nil for as many as fit into the context.
    ///   - shouldContinue: called before each round and each chunk of the prompt.
    ///   - report: called with each token as soon as it is drafted, and its source.
    ///   - each: called with each round; returns nil to continue, or the number of the round's tokens to keep before
    ///     stopping.
    /// - Throws: the ``GenerationError`` of a prefill or a round, except that a cancelled prefill returns
    ///   ``WritingEnd/cancelled``.
    package mutating func write(
        after prompt: [Token], limit: Int?, shouldContinue: () -> Bool = { true },
        report: (Token, DraftSource) -> Void = { _, _ in },
        each: (Round) -> Int? = { _ in nil }
    ) throws(GenerationError) -> WritingEnd {
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
