import CheckpointFiles

/// Of which tokens each sequence is made.
protocol SequenceLayout: Sendable {
    /// How many sequences there are.
    var count: Int { get }
    /// What a sequence is made of, in order: `length` + 1 tokens together, or fewer, the rest being padding.
    func pieces(of sequence: Int) -> [SequencePiece]
}

/// Tokens that stand together in a shard, or a part of them.
struct SequencePiece {
    let shard: Int
    let tokens: Range<Int>
    /// How many of them, from the first, are no targets; at least 1, since nothing comes before the first.
    let unscored: Int
}
