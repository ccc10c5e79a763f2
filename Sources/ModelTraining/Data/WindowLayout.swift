import CheckpointFiles

/// Sequences that are windows over documents joined by end-of-text: each begins with the last token of the one before,
/// so that every token but a shard's first is a target once.
///
/// A shard's last tokens that make no whole window are left out.
struct WindowLayout: SequenceLayout {
    private let length: Int
    /// For each shard, how many windows end with it.
    private let ends: [Int]

    var count: Int { ends.last ?? 0 }

    init(_ shards: [TokenShard], length: Int) {
        self.length = length
        var ends: [Int] = []
        for shard in shards { ends.append((ends.last ?? 0) + max(0, shard.tokenCount - 1) / length) }
        self.ends = ends
    }

    func pieces(of sequence: Int) -> [SequencePiece] {
        let shard = ends.partitioningIndex { $0 > sequence }
        let start = (sequence - (shard == 0 ? 0 : ends[shard - 1])) * length
        return [SequencePiece(shard: shard, tokens: start..<start + length + 1, unscored: 1)]
    }
}

extension Array {
    /// The first index whose element satisfies what holds for none before a place, and all after it.
    fileprivate func partitioningIndex(_ isInSecond: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isInSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
