public import CheckpointFiles
import LanguageModels

/// Sequences from shards of tokens, in a new order each epoch, each once.
public struct BatchSampler: BatchSource {
    /// How documents become sequences.
    public enum Packing: String, Sendable, Codable, CaseIterable {
        /// Windows over all documents joined by end-of-text, all tokens scored: for pretraining.
        case windows
        /// Whole documents, prompts and padding not scored: for prompts with answers.
        case documents
    }

    public let length: Int
    private let shards: [TokenShard]
    private let layout: any SequenceLayout
    private let seed: UInt64

    /// A source of sequences from one or more shards.
    ///
    /// - Parameters:
    ///   - shards: at least one; all made by the same tokenizer.
    ///   - length: tokens in each sequence, at least 1.
    ///   - packing: how documents become sequences.
    ///   - seed: what the order of the sequences depends on.
    /// - Throws: if the shards are of different tokenizers, or have too little for a single sequence.
    public init(
        _ shards: [TokenShard], length: Int, packing: Packing = .windows, seed: UInt64 = 0
    ) throws(CheckpointError) {
        precondition(length >= 1 && !shards.isEmpty, "sequences have at least one token, and come from somewhere")
        for shard in shards.dropFirst() {
            try shard.check(
                tokenizerFingerprint: shards[0].tokenizerFingerprint, vocabularySize: shards[0].vocabularySize)
        }
        self.length = length
        self.shards = shards
        self.seed = seed
        switch packing {
        case .windows: layout = WindowLayout(shards, length: length)
        case .documents: layout = DocumentLayout(shards, length: length, seed: seed)
        }
        guard layout.count > 0 else {
            let tokens = shards.map(\.tokenCount).max() ?? 0
            throw CheckpointError(
                file: shards[0].path, name: "tokens",
                expected: packing == .windows
                    ? "at least \(length + 1) in one shard, for a sequence of \(length)"
                    : "a document whose prompt is shorter than \(length), with an answer",
                found: packing == .windows ? "\(tokens)" : "none")
        }
    }

    public var sequencesPerEpoch: Int { layout.count }

    public func batch(at place: DataPlace, sequences: Int) throws(CheckpointError) -> TrainingBatch {
        precondition(place.epoch >= 0 && 0..<sequencesPerEpoch ~= place.index, "\(place) is no place in this data")
        var tokens: [Token] = []
        var targets: [Token] = []
        tokens.reserveCapacity(sequences * length)
        targets.reserveCapacity(sequences * length)
        for offset in 0..<sequences {
            let place = self.place(after: place, sequences: offset)
            let order = EpochOrder(count: sequencesPerEpoch, seed: seed, epoch: place.epoch)
            try append(layout.pieces(of: order[place.index]), to: &tokens, &targets)
        }
        return TrainingBatch(sequences: sequences, length: length, tokens: tokens, targets: targets)
    }

    /// Appends one sequence: its tokens but the last, and its tokens but the first as their targets.
    private func append(
        _ pieces: [SequencePiece], to tokens: inout [Token], _ targets: inout [Token]
    ) throws(CheckpointError) {
        var joined: [Token] = []
        var scored: [Token] = []
        for piece in pieces {
            let ids = try shards[piece.shard].tokens(in: piece.tokens)
            joined += ids
            scored += repeatElement(TrainingBatch.unscored, count: piece.unscored) + ids.dropFirst(piece.unscored)
        }
        let padding = length + 1 - joined.count
        tokens += (joined + repeatElement(shards[0].endOfText, count: padding)).dropLast()
        targets += (scored + repeatElement(TrainingBatch.unscored, count: padding)).dropFirst()
    }
}
