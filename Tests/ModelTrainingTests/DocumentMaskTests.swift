import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

/// Documents that share a sequence, each learned as if it were alone.
@Suite("Document masks")
struct DocumentMaskTests {
    private let folder = TemporaryFolder()

    /// Whole documents and windows, on all tables and in both precisions, with dropout, exits and validation.
    @Test(arguments: KernelTable.available.map(\.name), ProductPrecision.allCases)
    func packedDocumentsAreLearnedAsEachAlone(table: String, precision: ProductPrecision) throws {
        for architecture in [Architecture.llama, .qwen3] {
            let compute = ComputeContext(
                kernels: try .named(table), pool: ThreadPool(threads: 2), recycledBytes: 0,
                productPrecision: precision)
            let configuration = TinyTraining.configuration(of: architecture)
            func model() throws -> Transformer {
                let weights = RandomInitializer(seed: 3, configuration, isTied: true)
                return try Transformer(
                    trainable: StoredModel(configuration, weights), freezing: FrozenParts(), on: compute)
            }
            let documents = [3, 1, 12, 5, 7, 2, 2].map { count in
                SampleDocument(tokens: (0..<count).map { Token(1 + ($0 * (count + 3)) % 39) }, promptLength: count / 3)
            }
            let shard = try TokenShard(path: folder.writeShard(documents, vocabularySize: 40))
            let packed = try BatchSampler([shard], length: 16, packing: .documents, mask: .document)
            let together = try packed.batch(at: DataPlace(), sequences: packed.sequencesPerEpoch)
            #expect(packed.sequencesPerEpoch < documents.count)
            var exits = EarlyExitLoss()
            exits.scale = 0.5
            exits.curriculum = .all
            let objective = Objective(dropout: LayerDropout(), exits: exits, recompute: precision == .bf16)
            let moment = LayerDropout.Step(seed: 5, step: 1, of: 10, layerCount: 4)
            func learn(_ batch: TrainingBatch, _ model: Transformer) -> Objective.Losses {
                objective.addGradients(
                    of: batch, to: model, first: 0, scored: together.scoredCount, at: moment)
            }
            let (whole, apart) = (try model(), try model())
            let found = learn(together, whole)
            var expected = Objective.Losses()
            var scored = 0
            for document in documents {
                let ids = document.joined
                let targets = ids.indices.map {
                    $0 >= max(1, document.promptLength) ? ids[$0] : TrainingBatch.unscored
                }
                let alone = TrainingBatch(
                    sequences: 1, length: ids.count - 1, tokens: ids.dropLast(), targets: Array(targets.dropFirst()))
                scored += alone.scoredCount
                expected += learn(alone, apart)
            }
            #expect(together.scoredCount == scored)
            #expect(abs(found.total - expected.total) <= 1e-6 * expected.total)
            #expect(abs(found.last - expected.last) <= 1e-6 * expected.last)
            for (name, gradient) in apart.gradients {
                let other = try #require(whole.gradients[name])
                #expect(relativeError(other, gradient) < 1e-6, "\(name)")
            }
        }
    }

    /// Layers run on the kept sequences only, whose documents differ.
    @Test func droppedSequencesKeepTheirMasks() throws {
        let source = MaskedSource()
        var dropout = LayerDropout()
        dropout.maximum = 0.5
        dropout.depth = .constant
        let objective = Objective(dropout: dropout, exits: EarlyExitLoss(), recompute: false)
        let moment = LayerDropout.Step(seed: 5, step: 1, of: 10, layerCount: 4)
        let all = source.batch(at: DataPlace(), sequences: 4)
        let (whole, parts) = (try TinyTraining.model(), try TinyTraining.model())
        let expected = objective.addGradients(
            of: all, to: whole, first: 0, scored: all.scoredCount, at: moment)
        var found = Objective.Losses()
        for first in 0..<4 {
            let one = source.batch(at: DataPlace(index: first), sequences: 1)
            found += objective.addGradients(of: one, to: parts, first: first, scored: all.scoredCount, at: moment)
        }
        #expect(abs(found.total - expected.total) < 1e-6)
        for (name, gradient) in whole.gradients {
            #expect(relativeError(try #require(parts.gradients[name]), gradient) < 1e-6, "\(name)")
        }
        // The mask matters.
        let unmasked = TrainingBatch(sequences: 4, length: all.length, tokens: all.tokens, targets: all.targets)
        let other = objective.addGradients(
            of: unmasked, to: try TinyTraining.model(), first: 0, scored: all.scoredCount, at: moment)
        #expect(abs(other.total - expected.total) > 1e-4)
    }

    private struct MaskedSource: BatchSource {
        var length = TinyTraining.length
        var sequencesPerEpoch = 4
        private static let documents = [[3, 5], [8], [1, 1, 6], [4, 4]]

        func batch(at place: DataPlace, sequences: Int) -> TrainingBatch {
            let plain = CountingSource(sequencesPerEpoch: sequencesPerEpoch).batch(at: place, sequences: sequences)
            return TrainingBatch(
                sequences: sequences, length: length, tokens: plain.tokens, targets: plain.targets,
                documents: (0..<sequences).map { Self.documents[($0 + place.index) % 4] })
        }
    }

    @Test func masksFollowTheDocuments() throws {
        let documents = randomDocuments(count: 60, seed: 4)
        let shard = try TokenShard(path: folder.writeShard(documents))
        for packing in BatchSampler.Packing.allCases {
            let masked = try BatchSampler([shard], length: 24, packing: packing, mask: .document, keepsTails: true)
            let plain = try BatchSampler([shard], length: 24, packing: packing, keepsTails: true)
            let count = masked.sequencesPerEpoch
            let (batch, other) = (
                try masked.batch(at: DataPlace(), sequences: count), try plain.batch(at: DataPlace(), sequences: count)
            )
            #expect(batch.tokens == other.tokens && other.documents == nil)
            for (sequence, lengths) in try #require(batch.documents).enumerated() {
                var start = sequence * 24
                for length in lengths {
                    // A document ends with end-of-text, 0; padding consists of it. No other token is 0.
                    let tokens = batch.tokens[start..<start + length]
                    #expect(tokens.dropLast().allSatisfy { $0 != 0 } || tokens.allSatisfy { $0 == 0 })
                    // The first token after a document is no target.
                    if tokens.last == 0 { #expect(batch.targets[start + length - 1] == TrainingBatch.unscored) }
                    start += length
                }
            }
            let same = zip(batch.targets, other.targets).filter { $0.0 != TrainingBatch.unscored }
            #expect(same.allSatisfy { $0.0 == $0.1 })
            if packing == .documents { #expect(batch.targets == other.targets) }
        }
    }
}

/// Shards in which each token is scored or not.
@Suite("Scores of tokens")
struct TokenScoreTests {
    private let folder = TemporaryFolder()

    private func write(_ documents: [(tokens: [Token], scored: [Bool])]) throws -> TokenShard {
        var writer = try TokenShardWriter(
            path: folder.file("a.tokens"), vocabularySize: 100, endOfText: 0, tokenizerFingerprint: 1, hasScores: true)
        for document in documents { try writer.append(document.tokens, scored: document.scored) }
        try writer.append([9, 9, 9], promptLength: 2)
        try writer.commit()
        return try TokenShard(path: folder.file("a.tokens"))
    }

    @Test func scoresAreReadBack() throws {
        var generator = SeededGenerator(seed: 3)
        let documents = (0..<40).map { _ in
            let tokens = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
                Token.random(in: 1..<100, using: &generator)
            }
            return (tokens: tokens, scored: (0...tokens.count).map { _ in Bool.random(using: &generator) })
        }
        let shard = try write(documents)
        // A document without a scored token is left out.
        let kept = documents.filter { $0.scored.contains(true) }
        #expect(shard.documents.count == kept.count + 1)
        for (document, expected) in zip(shard.documents, kept) {
            #expect(shard.scores(in: document.tokens) == expected.scored)
            #expect(document.promptLength == expected.scored.firstIndex(of: true))
            let inner = document.tokens.dropFirst().dropLast()
            if !inner.isEmpty { #expect(shard.scores(in: inner) == expected.scored.dropFirst().dropLast()) }
        }
        #expect(shard.scores(in: try #require(shard.documents.last).tokens) == [false, false, true, true])
        // Targets are the scored tokens, except the first of a document.
        let sampler = try BatchSampler([shard], length: 30, packing: .documents)
        let batch = try sampler.batch(at: DataPlace(), sequences: sampler.sequencesPerEpoch)
        let scored = kept.reduce(0) { $0 + $1.scored.dropFirst().count { $0 } } + 2
        // A document whose only scored token is its first has nothing to learn.
        #expect(batch.scoredCount == scored)
        let bytes = try bytes(of: shard.path)
        #expect(bytes[8] == 2)
        let damaged = #expect(throws: FileError.self) {
            try TokenShard(path: folder.write(bytes.dropLast(), as: "b.tokens"))
        }
        #expect(damaged?.expected == "\(bytes.count) bytes")
    }

    /// Older versions read what they understand.
    @Test func scoresThatVersion1SaysAreNotStored() throws {
        let shard = try write([([5, 6, 7], [false, false, true, true]), ([5], [true, true])])
        #expect(try bytes(of: shard.path)[8] == 1)
        #expect(shard.scores(in: 0..<2) == nil)
        #expect(shard.documents.map(\.promptLength) == [2, 0, 2])
    }
}

/// Parts of the data with weights.
@Suite("Mixtures")
struct DataMixtureTests {
    private let folder = TemporaryFolder()

    /// A sampler of two parts, whose tokens are below and above 100.
    private func sampler(_ weights: [Double]) throws -> BatchSampler {
        let shards = try [(1, 30), (101, 20), (151, 40)].map { (first: Int, count: Int) in
            try TokenShard(
                path: folder.writeShard(
                    (0..<count).map { SampleDocument(tokens: [Token(first + $0), 3, 3]) },
                    as: "\(first).tokens"))
        }
        let parts = zip([1, 2], weights).map { DataMixture.Part(shards: $0, weight: $1) }
        return try BatchSampler(shards, length: 3, packing: .documents, parts: parts, seed: 7)
    }

    private func firsts(_ sampler: BatchSampler, epoch: Int) throws -> [Token] {
        let batch = try sampler.batch(at: DataPlace(epoch: epoch), sequences: sampler.sequencesPerEpoch)
        return stride(from: 0, to: batch.tokens.count, by: 3).map { batch.tokens[$0] }
    }

    @Test(arguments: [[1.0, 1.0], [3.0, 1.0], [1.0, 30.0], [0.25, 0.75]])
    func partsHaveTheirShares(weights: [Double]) throws {
        let sampler = try sampler(weights)
        let share = weights[0] / weights.reduce(0, +)
        var uses: [Token: Int] = [:]
        var orders: [[Token]] = []
        for epoch in 0..<20 {
            let firsts = try firsts(sampler, epoch: epoch)
            #expect(abs(Double(firsts.count { $0 < 100 }) - share * 90) <= 1)
            for token in firsts { uses[token, default: 0] += 1 }
            orders.append(firsts)
        }
        #expect(Set(orders).count == 20)
        // Each sequence of a part is used as often as the others, except in the last pass.
        for part in [uses.filter { $0.key < 100 }, uses.filter { $0.key > 100 }] {
            let counts = part.values
            #expect(part.count == (part.keys.contains { $0 < 100 } ? 30 : 60) || counts.max() == 1)
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
        }
        // Places can be read independently of each other.
        let place = DataPlace(epoch: 3, index: 11)
        let one = try sampler.batch(at: place, sequences: 1)
        #expect(one.tokens[0] == orders[3][11])
    }
}
