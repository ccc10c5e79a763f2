package import LanguageModels
import TensorCore

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

    /// For each sequence, the lengths of the documents in it, padding included, which together are ``length``. Tokens
    /// attend only to their own document, whose positions begin at 0. nil if tokens attend to the whole sequence.
    package let documents: [[Int]]?

    /// Creates a batch of tokens and targets, both [sequences, length].
    package init(sequences: Int, length: Int, tokens: [Token], targets: [Token], documents: [[Int]]? = nil) {
        precondition(tokens.count == sequences * length && targets.count == tokens.count, "[sequences, length] each")
        precondition(
            documents.map { $0.count == sequences && $0.allSatisfy { $0.reduce(0, +) == length } } ?? true,
            "documents that make up each sequence")
        self.documents = documents
        self.sequences = sequences
        self.length = length
        self.tokens = tokens
        self.targets = targets
    }

    /// Returns the documents in some of the sequences, in order; nil if tokens attend to their whole sequence.
    func segments(of sequences: [Int]) -> RowSegments? {
        documents.map { documents in RowSegments(lengths: sequences.flatMap { documents[$0] }) }
    }

    /// The number of scored targets.
    package var scoredCount: Int { targets.count { $0 != Self.unscored } }
}
