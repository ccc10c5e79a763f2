import CheckpointFiles

/// Of which tokens each sequence is made.
protocol SequenceLayout: Sendable {
    /// How many sequences an epoch has in an order of its own.
    var count: Int { get }
    /// How many more sequences there are, which come after the others, in their own order: parts of a whole sequence.
    var tailCount: Int { get }
    /// What of the data is in no sequence.
    var losses: DataLosses { get }
    /// What a sequence is made of, in order: `length` + 1 tokens together, or fewer, the rest being padding.
    ///
    /// - Parameter sequence: 0..<count + tailCount; the tails are the last ones.
    func pieces(of sequence: Int) -> [SequencePiece]
}

/// Tokens that stand together in a shard, or a part of them.
struct SequencePiece {
    let shard: Int
    let tokens: Range<Int>
    /// How many of them, from the first, are no targets; at least 1, since nothing comes before the first.
    let unscored: Int
}
