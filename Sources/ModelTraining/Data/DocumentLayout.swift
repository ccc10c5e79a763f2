import CheckpointFiles

/// A layout in which each sequence holds as many whole documents as fit. A document's first token and its prompt are
/// not scored.
///
/// Documents are packed in a random order that depends only on the seed, so that similar ones, often neighbours in a
/// shard, do not share a sequence. Documents longer than a sequence lose their ends, and those left with nothing to
/// score are dropped. ``losses`` counts both.
struct DocumentLayout: SequenceLayout {
    private let pieces: [SequencePiece]
    /// The end of each sequence in `pieces`.
    private let ends: [Int]

    let losses: DataLosses

    var count: Int { ends.count }
    var tailCount: Int { 0 }

    init(_ shards: [TokenShard], length: Int, seed: UInt64) {
        var all: [SequencePiece] = []
        var losses = DataLosses()
        for (index, shard) in shards.enumerated() {
            for document in shard.documents {
                let start = document.tokens.lowerBound
                let piece = SequencePiece(
                    shard: index, tokens: start..<min(start + length + 1, document.tokens.upperBound),
                    unscored: max(1, document.promptLength))
                if piece.unscored >= piece.tokens.count {
                    losses.droppedDocuments += 1
                    losses.droppedTokens += document.tokens.count
                    continue
                }
                all.append(piece)
                if piece.tokens.count < document.tokens.count {
                    losses.cutDocuments += 1
                    losses.cutTokens += document.tokens.count - piece.tokens.count
                }
            }
        }
        var pieces: [SequencePiece] = []
        var ends: [Int] = []
        var free = length + 1
        // Epochs count from 0, so no epoch has this order.
        let order = all.isEmpty ? nil : EpochOrder(count: all.count, seed: seed, epoch: -1)
        for index in all.indices {
            let piece = all[order?[index] ?? index]
            if piece.tokens.count > free {
                ends.append(pieces.count)
                free = length + 1
            }
            pieces.append(piece)
            free -= piece.tokens.count
        }
        if !pieces.isEmpty { ends.append(pieces.count) }
        self.losses = losses
        self.pieces = pieces
        self.ends = ends
    }

    func pieces(of sequence: Int) -> [SequencePiece] {
        Array(pieces[(sequence == 0 ? 0 : ends[sequence - 1])..<ends[sequence]])
    }
}
