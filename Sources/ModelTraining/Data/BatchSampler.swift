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

    /// What a token attends to in a sequence of several documents.
    public enum Mask: String, Sendable, Codable, CaseIterable {
        /// Its own document only. Positions restart with each document, so a document is learned as if it were alone.
        case document
        /// All of the sequence before it.
        case none
    }

    public let length: Int
    /// How documents become sequences.
    public let packing: Packing
    /// What a token attends to in a sequence of several documents.
    public let mask: Mask
    private let shards: [TokenShard]
    private let mixture: DataMixture
    package let parts: [Int]?

    /// Creates a source of sequences from one or more shards.
    ///
    /// - Parameters:
    ///   - shards: at least one shard, all from the same tokenizer.
    ///   - length: the number of tokens per sequence, at least 1.
    ///   - packing: how documents become sequences.
    ///   - mask: what a token attends to in a sequence of several documents.
    ///   - parts: the parts of the data that are mixed, each of consecutive shards; nil to use each sequence once per
    ///     epoch.
    ///   - keepsTails: whether a shard's last tokens, if too few for a window, become a padded sequence. For
    ///     validation, where every token counts once.
    ///   - seed: determines the order of the sequences.
    /// - Throws: if the shards come from different tokenizers, or have too few tokens for a single sequence.
    package init(
        _ shards: [TokenShard], length: Int, packing: Packing = .windows, mask: Mask = .none,
        parts: [DataMixture.Part]? = nil, keepsTails: Bool = false, seed: UInt64 = 0
    ) throws(FileError) {
        precondition(length >= 1 && !shards.isEmpty, "at least one token per sequence, and at least one shard")
        for shard in shards.dropFirst() {
            try shard.check(
                tokenizerFingerprint: shards[0].tokenizerFingerprint, vocabularySize: shards[0].vocabularySize)
        }
        self.length = length
        self.packing = packing
        self.mask = mask
        self.shards = shards
        self.parts = parts?.map(\.shards)
        mixture = DataMixture(parts ?? [DataMixture.Part(shards: shards.count, weight: 1)], seed: seed) { part in
            switch packing {
            case .windows: WindowLayout(Array(shards[part]), length: length, keepsTails: keepsTails)
            case .documents: DocumentLayout(Array(shards[part]), length: length, seed: seed)
            }
        }
        if let empty = mixture.emptyPart {
            let tokens = shards[empty].map(\.tokenCount).max() ?? 0
            throw FileError(
                file: shards[empty.lowerBound].path, name: "tokens",
                expected: packing == .windows
                    ? "at least \(keepsTails ? 2 : length + 1) in one shard, for a sequence of \(length)"
                    : "a document whose prompt is shorter than \(length), with an answer",
                found: packing == .windows ? "\(tokens)" : "none")
        }
    }

    public var sequencesPerEpoch: Int { mixture.sequencesPerEpoch }
    package var contents: [ShardContent] { shards.map(\.content) }

    /// The number of documents, including those in no sequence.
    public var documentCount: Int { shards.reduce(0) { $0 + $1.documents.count } }
    /// The number of documents that begin with a prompt.
    public var promptedDocumentCount: Int { shards.reduce(0) { $0 + $1.promptedDocumentCount } }
    /// Documents and tokens that are in no sequence.
    public var losses: DataLosses { mixture.losses }

    package func batch(at place: DataPlace, sequences: Int) throws(FileError) -> TrainingBatch {
        precondition(place.epoch >= 0 && 0..<sequencesPerEpoch ~= place.index, "\(place) is no place in this data")
        // Memory for tokens, targets, and the joined pieces of both.
        let (count, overflow) = (sequences + 1).multipliedReportingOverflow(by: length + 1)
        try FileError.checkMemory(
            overflow || count > .max / 16 ? .max : 4 * MemoryLayout<Token>.stride * count, file: shards[0].path,
            name: "a batch of \(sequences.counted("sequence")) of \(length.counted("token"))")
        var tokens: [Token] = []
        var targets: [Token] = []
        var documents: [[Int]] = []
        tokens.reserveCapacity(sequences * length)
        targets.reserveCapacity(sequences * length)
        for offset in 0..<sequences {
            let sequence = try sequence(of: mixture.pieces(at: self.place(after: place, sequences: offset)))
            tokens += sequence.tokens.dropLast()
            targets += sequence.targets.dropFirst()
            if mask == .document { documents.append(sequence.documentLengths) }
        }
        return TrainingBatch(
            sequences: sequences, length: length, tokens: tokens, targets: targets,
            documents: mask == .document ? documents : nil)
    }

    /// A sequence of `length` + 1 tokens, of which the last is only a target.
    private struct Sequence {
        var tokens: [Token] = []
        /// The same tokens where they are scored.
        var targets: [Token] = []
        /// The indices of the first tokens of documents and of the padding, except 0.
        var starts: [Int] = []

        /// The lengths of documents and padding without the last token.
        var documentLengths: [Int] {
            let ends = starts.filter { $0 < tokens.count - 1 } + [tokens.count - 1]
            return zip([0] + ends, ends).map { $1 - $0 }
        }

        /// Begins a document, or the padding, whose first token has nothing before it that could predict it.
        mutating func start(at index: Int) {
            if index > 0, starts.last != index { starts.append(index) }
            if index < targets.count { targets[index] = TrainingBatch.unscored }
        }
    }

    private func sequence(of pieces: [SequencePiece]) throws(FileError) -> Sequence {
        var sequence = Sequence()
        for piece in pieces {
            let shard = shards[piece.shard]
            let ids = try shard.tokens(in: piece.tokens)
            let first = sequence.tokens.count
            sequence.tokens += ids
            sequence.targets += repeatElement(TrainingBatch.unscored, count: piece.unscored)
            sequence.targets += ids.dropFirst(piece.unscored)
            if packing == .documents, let scores = shard.scores(in: piece.tokens) {
                for (index, isScored) in scores.enumerated() where !isScored {
                    sequence.targets[first + index] = TrainingBatch.unscored
                }
            }
            guard mask == .document else { continue }
            for start in shard.documentStarts(in: piece.tokens) {
                sequence.start(at: first + start - piece.tokens.lowerBound)
            }
        }
        let padding = length + 1 - sequence.tokens.count
        if mask == .document, padding > 0 { sequence.start(at: sequence.tokens.count) }
        sequence.tokens += repeatElement(shards[0].endOfText, count: padding)
        sequence.targets += repeatElement(TrainingBatch.unscored, count: padding)
        return sequence
    }
}

extension BatchSampler.Packing {
    /// Returns the default packing: ``documents`` if a training shard has tokens that are not scored, such as those of
    /// prompts, otherwise ``windows``.
    public static func standard(for training: [TokenShard]) -> Self {
        training.contains(where: \.hasUnscoredTokens) ? .documents : .windows
    }
}

extension BatchSampler.Mask {
    /// Returns the default mask: ``document`` for whole documents, ``none`` for windows.
    public static func standard(for packing: BatchSampler.Packing) -> Self { packing == .documents ? .document : .none }
}
