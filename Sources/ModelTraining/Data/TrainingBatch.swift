package import LanguageModels

/// A batch for training: sequences of equal length, and for each token the token that should follow.
package struct TrainingBatch: Sendable, Equatable {
    /// The target of a token whose prediction is not scored: in a prompt, at the end of a document, or in padding.
    package static let unscored: Token = -1

    /// The number of sequences.
    package let sequences: Int
    /// The number of tokens per sequence.
    package let length: Int
    /// [sequences, length] ids, sequence by sequence.
    package let tokens: [Token]
    /// [sequences, length]: the token that follows each token, or ``unscored``.
    package let targets: [Token]

    /// Creates a batch of tokens and targets, both [sequences, length].
    package init(sequences: Int, length: Int, tokens: [Token], targets: [Token]) {
        precondition(tokens.count == sequences * length && targets.count == tokens.count, "[sequences, length] each")
        self.sequences = sequences
        self.length = length
        self.tokens = tokens
        self.targets = targets
    }

    /// The number of scored targets.
    package var scoredCount: Int { targets.count { $0 != Self.unscored } }
}
