package import CheckpointFiles
import LanguageModels

/// A source of sequences from token shards: each sequence once per epoch, in a new order each time.
///
/// Tails, if kept, come last in every epoch, so they do not change the order of the others.
public struct BatchSampler: BatchSource {
    /// How documents become sequences. ``standard(for:)`` gives a run's default.
    public enum Packing: String, Sendable, Codable, CaseIterable {
        /// Windows over all documents, joined by end-of-text, with all tokens scored. For pretraining.
        case windows
        /// Whole documents, with prompts and padding not scored. For prompts with answers.
        case documents
    }

    public let length: Int
    /// How documents become sequences.
    public let packing: Packing
    private let shards: [TokenShard]
    private let layout: any SequenceLayout
    private let seed: UInt64

    /// Creates a source of sequences from one or more shards.
    ///
    /// - Parameters:
    ///   - shards: at least one shard, all from the same tokenizer.
    ///   - length: the number of tokens per sequence, at least 1.
    ///   - packing: how documents become sequences.
    ///   - keepsTails: whether a shard's last tokens, if too few for a window, become a padded sequence. For
    ///     validation, where every token counts once.
    ///   - seed: determines the order of the sequences.
    /// - Throws: if the shards come from different tokenizers, or have too few tokens for a single sequence.
    package init(
        _ shards: [TokenShard], length: Int, packing: Packing = .windows, keepsTails: Bool = false, seed: UInt64 = 0
    ) throws(FileError) {
        precondition(length >= 1 && !shards.isEmpty, "at least one token per sequence, and at least one shard")
        for shard in shards.dropFirst() {
            try shard.check(
                tokenizerFingerprint: shards[0].tokenizerFingerprint, vocabularySize: shards[0].vocabularySize)
        }
        self.length = length
        self.packing = packing
        self.shards = shards
        self.seed = seed
        switch packing {
        case .windows: layout = WindowLayout(shards, length: length, keepsTails: keepsTails)
        case .documents: layout = DocumentLayout(shards, length: length, seed: seed)
        }
        guard layout.count + layout.tailCount > 0 else {
            let tokens = shards.map(\.tokenCount).max() ?? 0
            throw FileError(
                file: shards[0].path, name: "tokens",
                expected: packing == .windows
                    ? "at least \(keepsTails ? 2 : length + 1) in one shard, for a sequence of \(length)"
                    : "a document whose prompt is shorter than \(length), with an answer",
                found: packing == .windows ? "\(tokens)" : "none")
        }
    }

    public var sequencesPerEpoch: Int { layout.count + layout.tailCount }
    package var contents: [ShardContent] { shards.map(\.content) }

    /// The number of documents, including those in no sequence.
    public var documentCount: Int { shards.reduce(0) { $0 + $1.documents.count } }
    /// The number of documents that begin with a prompt.
    public var promptedDocumentCount: Int { shards.reduce(0) { $0 + $1.promptedDocumentCount } }
    /// Documents and tokens that are in no sequence.
    public var losses: DataLosses { layout.losses }

    package func batch(at place: DataPlace, sequences: Int) throws(FileError) -> TrainingBatch {
        precondition(place.epoch >= 0 && 0..<sequencesPerEpoch ~= place.index, "\(place) is no place in this data")
        // Memory for tokens, targets, and the joined pieces of both.
        let (count, overflow) = (sequences + 1).multipliedReportingOverflow(by: length + 1)
        try FileError.checkMemory(
            overflow || count > .max / 16 ? .max : 4 * MemoryLayout<Token>.stride * count, file: shards[0].path,
            name: "a batch of \(sequences.counted("sequence")) of \(length.counted("token"))")
        var tokens: [Token] = []
        var targets: [Token] = []
        tokens.reserveCapacity(sequences * length)
        targets.reserveCapacity(sequences * length)
        for offset in 0..<sequences {
            try append(
                layout.pieces(of: sequence(at: self.place(after: place, sequences: offset))), to: &tokens, &targets)
        }
        return TrainingBatch(sequences: sequences, length: length, tokens: tokens, targets: targets)
    }

    /// Returns the sequence at a place: first a permutation of the whole ones, then the tails.
    private func sequence(at place: DataPlace) -> Int {
        if place.index >= layout.count { return place.index }
        return EpochOrder(count: layout.count, seed: seed, epoch: place.epoch)[place.index]
    }

    /// Appends one sequence: all tokens except the last, and all except the first as targets.
    private func append(
        _ pieces: [SequencePiece], to tokens: inout [Token], _ targets: inout [Token]
    ) throws(FileError) {
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

extension BatchSampler.Packing {
    /// Returns the default packing: ``documents`` if a training shard has prompts, which should not be learned,
    /// otherwise ``windows``.
    public static func standard(for training: [TokenShard]) -> Self {
        training.contains { $0.promptedDocumentCount > 0 } ? .documents : .windows
    }
}
