import CheckpointFiles

/// A mapping from sequences to the tokens that they are made of.
protocol SequenceLayout: Sendable {
    /// The number of sequences that each epoch orders anew.
    var count: Int { get }
    /// The number of tails: incomplete sequences that come after the others, in a fixed order.
    var tailCount: Int { get }
    /// Documents and tokens that are in no sequence.
    var losses: DataLosses { get }
    /// Returns the pieces of a sequence, in order: `length` + 1 tokens together, or fewer, followed by padding.
    ///
    /// - Parameter sequence: 0..<count + tailCount; the tails come last.
    func pieces(of sequence: Int) -> [SequencePiece]
}

/// A range of consecutive tokens in a shard.
struct SequencePiece {
    let shard: Int
    let tokens: Range<Int>
    /// The number of leading tokens that are not targets; at least 1, since nothing comes before the first.
    let unscored: Int
}
