public import LanguageModels

/// What one step of training reads: sequences of equal length, and for each token the one that should follow.
public struct TrainingBatch: Sendable, Equatable {
    /// The target of a token whose prediction is not scored: within a prompt, at a document's end, in padding.
    public static let unscored: Token = -1

    /// How many sequences there are.
    public let sequences: Int
    /// Tokens in each sequence.
    public let length: Int
    /// [sequences, length] ids, sequence by sequence.
    public let tokens: [Token]
    /// [sequences, length]: what follows each token, or ``unscored``.
    public let targets: [Token]

    /// A batch of given tokens and targets, both [sequences, length].
    public init(sequences: Int, length: Int, tokens: [Token], targets: [Token]) {
        precondition(tokens.count == sequences * length && targets.count == tokens.count, "[sequences, length] each")
        self.sequences = sequences
        self.length = length
        self.tokens = tokens
        self.targets = targets
    }

    /// How many targets are scored.
    public var scoredCount: Int { targets.count { $0 != Self.unscored } }
}
