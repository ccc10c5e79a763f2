import CheckpointFiles

/// The order of sequences from one or more parts of the data, by their weights.
///
/// A single part gives each of its sequences once per epoch: first a permutation of the whole ones, then the tails. With
/// several parts, an epoch has as many sequences as all parts together, and each part has its share of them by weight.
/// A part goes through its own sequences again and again, each once per pass, so in the long run each is used equally
/// often.
package struct DataMixture: Sendable {
    /// A part of the data: consecutive shards, and how many of its sequences are read in relation to other parts.
    package struct Part: Sendable, Equatable {
        package var shards: Int
        package var weight: Double

        package init(shards: Int, weight: Double) {
            (self.shards, self.weight) = (shards, weight)
        }
    }

    /// A part's sequences.
    private struct Source {
        let layout: any SequenceLayout
        let shards: Range<Int>
        /// The places of an epoch that are this part's.
        var places = 0..<0

        var count: Int { layout.count + layout.tailCount }
    }

    private let sources: [Source]
    private let seed: UInt64

    /// Creates the order of parts, which together consist of all shards.
    ///
    /// - Parameter layout: returns the sequences of some of the shards.
    init(_ parts: [Part], seed: UInt64, layout: (Range<Int>) -> any SequenceLayout) {
        precondition(!parts.isEmpty && parts.allSatisfy { $0.shards > 0 && $0.weight > 0 }, "parts with shards")
        self.seed = seed
        var sources: [Source] = []
        for part in parts {
            let first = sources.last?.shards.upperBound ?? 0
            let shards = first..<first + part.shards
            sources.append(Source(layout: layout(shards), shards: shards))
        }
        let total = sources.reduce(0) { $0 + $1.count }
        let weights = parts.reduce(0) { $0 + $1.weight }
        for index in sources.indices {
            let share = Double(total) * (parts[index].weight / weights)
            let count = parts.count == 1 ? total : max(1, Int(share.rounded()))
            let start = index > 0 ? sources[index - 1].places.upperBound : 0
            sources[index].places = start..<start + count
        }
        self.sources = sources
    }

    var sequencesPerEpoch: Int { sources.last?.places.upperBound ?? 0 }

    /// The shards of the first part without any sequence; nil if there is none.
    var emptyPart: Range<Int>? { sources.first { $0.count == 0 }?.shards }

    /// Documents and tokens that are in no sequence.
    var losses: DataLosses { sources.reduce(into: DataLosses()) { $0.add($1.layout.losses) } }

    /// Returns the pieces of the sequence at a place, with the numbers of all shards.
    func pieces(at place: DataPlace) -> [SequencePiece] {
        guard sources.count > 1 else { return pieces(of: sources[0], at: place, seed: seed) }
        let slot = EpochOrder(count: sequencesPerEpoch, seed: seed, epoch: place.epoch)[place.index]
        guard let number = sources.firstIndex(where: { $0.places.contains(slot) }) else {
            preconditionFailure("\(place) is no place in this data")
        }
        let source = sources[number]
        let used = place.epoch * source.places.count + slot - source.places.lowerBound
        let own = DataPlace(epoch: used / source.count, index: used % source.count)
        // Parts of the same size must not have the same order.
        return pieces(of: source, at: own, seed: seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
    }

    private func pieces(of source: Source, at place: DataPlace, seed: UInt64) -> [SequencePiece] {
        let layout = source.layout
        let isTail = place.index >= layout.count
        let sequence =
            isTail ? place.index : EpochOrder(count: layout.count, seed: seed, epoch: place.epoch)[place.index]
        return layout.pieces(of: sequence).map { piece in
            SequencePiece(
                shard: piece.shard + source.shards.lowerBound, tokens: piece.tokens, unscored: piece.unscored)
        }
    }
}

extension DataLosses {
    /// Adds the losses of other data.
    mutating func add(_ other: DataLosses) {
        cutDocuments += other.cutDocuments
        cutTokens += other.cutTokens
        droppedDocuments += other.droppedDocuments
        droppedTokens += other.droppedTokens
        tailTokens += other.tailTokens
    }
}
