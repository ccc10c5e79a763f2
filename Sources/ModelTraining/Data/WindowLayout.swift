import CheckpointFiles

/// A layout in which sequences are windows over documents joined by end-of-text. Each window begins with the last token
/// of the previous one, so every token except a shard's first is a target once.
///
/// A shard's last tokens, if too few for a window, are left out or become a tail: a window that ends with padding.
struct WindowLayout: SequenceLayout {
    private let length: Int
    /// For each shard, the number of windows in it and the shards before it.
    private let ends: [Int]
    private let tails: [SequencePiece]
    let losses: DataLosses

    var count: Int { ends.last ?? 0 }
    var tailCount: Int { tails.count }

    /// - Parameter keepsTails: whether the shards' last tokens become tails.
    init(_ shards: [TokenShard], length: Int, keepsTails: Bool) {
        self.length = length
        var ends: [Int] = []
        var tails: [SequencePiece] = []
        var losses = DataLosses()
        for (index, shard) in shards.enumerated() {
            let targets = max(0, shard.tokenCount - 1)
            ends.append((ends.last ?? 0) + targets / length)
            let rest = targets % length
            if rest == 0 { continue }
            if keepsTails {
                let tokens = shard.tokenCount - rest - 1..<shard.tokenCount
                tails.append(SequencePiece(shard: index, tokens: tokens, unscored: 1))
            } else {
                losses.tailTokens += rest
            }
        }
        self.ends = ends
        self.tails = tails
        self.losses = losses
    }

    func pieces(of sequence: Int) -> [SequencePiece] {
        if sequence >= count { return [tails[sequence - count]] }
        let shard = ends.partitioningIndex { $0 > sequence }
        let start = (sequence - (shard == 0 ? 0 : ends[shard - 1])) * length
        return [SequencePiece(shard: shard, tokens: start..<start + length + 1, unscored: 1)]
    }
}

extension Array {
    /// Returns the first index whose element satisfies a predicate that is false before some index and true after it.
    fileprivate func partitioningIndex(_ isInSecond: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isInSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
