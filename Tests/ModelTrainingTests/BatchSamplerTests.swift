import CheckpointFiles
import LanguageModels
import ModelTraining
import TestSupport
import Testing

@Suite("Sequences from shards")
struct BatchSamplerTests {
    private let folder = TemporaryFolder()

    /// The rows of an epoch: each sequence's tokens and targets.
    private func epoch(_ source: some BatchSource, _ epoch: Int, batch: Int) throws -> [[Token]] {
        var place = DataPlace(epoch: epoch)
        var rows: [[Token]] = []
        while rows.count < source.sequencesPerEpoch {
            let batch = try source.batch(at: place, sequences: batch)
            place = source.place(after: place, sequences: batch.sequences)
            for row in 0..<batch.sequences {
                let range = row * batch.length..<(row + 1) * batch.length
                rows.append(Array(batch.tokens[range] + batch.targets[range]))
            }
        }
        return Array(rows.prefix(source.sequencesPerEpoch))
    }

    @Test("Windows cover the joined documents of all shards, each once an epoch", arguments: [1, 2, 7, 16])
    func windows(length: Int) throws {
        let texts = [
            randomDocuments(count: 21, seed: 5), randomDocuments(count: 1, seed: 6),
            randomDocuments(count: 30, seed: 7),
        ]
        let shards = try texts.enumerated().map { index, documents in
            try TokenShard(path: folder.writeShard(documents, as: "\(index).tokens"))
        }
        let sampler = try BatchSampler(shards, length: length, seed: 9)
        var expected: [[Token]] = []
        for documents in texts {
            let joined = documents.flatMap(\.joined)
            for start in stride(from: 0, to: joined.count - length, by: length) {
                let window = joined[start...start + length]
                expected.append(Array(window.dropLast()) + Array(window.dropFirst()))
            }
        }
        #expect(sampler.sequencesPerEpoch == expected.count)
        for number in 0..<3 {
            let rows = try epoch(sampler, number, batch: 4)
            #expect(rows != expected)
            #expect(
                rows.sorted { $0.lexicographicallyPrecedes($1) } == expected.sorted { $0.lexicographicallyPrecedes($1) }
            )
        }
    }

    @Test("The size of the batches changes nothing, nor does starting anew in between")
    func places() throws {
        let path = try folder.writeShard(randomDocuments(count: 40, seed: 8))
        let sampler = try BatchSampler([TokenShard(path: path)], length: 5, seed: 1)
        let other = try BatchSampler([TokenShard(path: path)], length: 5, seed: 1)
        let together = try sampler.batch(at: DataPlace(epoch: 1, index: 3), sequences: 2 * sampler.sequencesPerEpoch)
        var place = DataPlace(epoch: 1, index: 3)
        var tokens: [Token] = []
        while tokens.count < together.tokens.count {
            tokens += try other.batch(at: place, sequences: 1).tokens
            place = other.place(after: place, sequences: 1)
        }
        #expect(tokens == together.tokens)
        #expect(place == DataPlace(epoch: 3, index: 3))
    }

    @Test("Whole documents are packed; prompts, first tokens and padding are not scored")
    func documents() throws {
        let path = try folder.writeShard([
            SampleDocument(tokens: [11, 12, 13, 14], promptLength: 2),
            SampleDocument(tokens: [21, 22], promptLength: 1),
            SampleDocument(tokens: [31, 32, 33, 34, 35, 36, 37, 38, 39], promptLength: 3),  // too long
            SampleDocument(tokens: [41, 42, 43, 44, 45, 46, 47, 48, 49], promptLength: 8),  // nothing left to score
            SampleDocument(tokens: [51]),
        ])
        let sampler = try BatchSampler([TokenShard(path: path)], length: 7, packing: .documents, seed: 0)
        let pieces: [(tokens: [Token], targets: [Token])] = [
            ([11, 12, 13, 14, 0], [-1, -1, 13, 14, 0]), ([21, 22, 0], [-1, 22, 0]),
            ([31, 32, 33, 34, 35, 36, 37, 38], [-1, -1, -1, 34, 35, 36, 37, 38]), ([51, 0], [-1, 0]),
        ]
        // Reconstruct the pieces of each sequence, as they were before the last token and first target were dropped.
        var found: Set<[Token]> = []
        for row in try epoch(sampler, 0, batch: 1) {
            var tokens = Array(row[..<7])
            var targets = [-1] + row[7...]
            while let piece = pieces.first(where: {
                tokens.starts(with: $0.tokens.prefix(tokens.count)) && !tokens.isEmpty
            }) {
                found.insert(piece.tokens)
                #expect(Array(targets.prefix(piece.targets.count)) == piece.targets)
                tokens.removeFirst(min(tokens.count, piece.tokens.count))
                targets.removeFirst(piece.targets.count)
            }
            #expect(tokens.allSatisfy { $0 == 0 }, "padding is end-of-text")
            #expect(targets.allSatisfy { $0 == -1 })
        }
        #expect(found == Set(pieces.map(\.tokens)))
        // 5 + 3 + 8 + 2 tokens into sequences of 8.
        #expect((3...4).contains(sampler.sequencesPerEpoch))
    }

    @Test("Every scored token of every document is scored once an epoch")
    func documentTargets() throws {
        let documents = randomDocuments(count: 200, seed: 11)
        let sampler = try BatchSampler(
            [TokenShard(path: folder.writeShard(documents))], length: 24, packing: .documents, seed: 3)
        let expected = documents.flatMap { $0.joined.dropFirst(max(1, $0.promptLength)) }
        for number in 0..<2 {
            let scored = try epoch(sampler, number, batch: 3).flatMap { row in row[24...] }.filter { $0 >= 0 }
            #expect(scored.sorted() == expected.sorted())
        }
    }

    @Test("Tails come last, are padded, and change nothing else", arguments: [1, 2, 7, 16, 60])
    func tails(length: Int) throws {
        let texts = [randomDocuments(count: 21, seed: 5), randomDocuments(count: 2, seed: 6)]
        let shards = try texts.enumerated().map { index, documents in
            try TokenShard(path: folder.writeShard(documents, as: "\(index).tokens"))
        }
        let whole = try? BatchSampler(shards, length: length, seed: 9)
        let sampler = try BatchSampler(shards, length: length, keepsTails: true, seed: 9)
        let rows = try epoch(sampler, 1, batch: 3)
        let count = whole?.sequencesPerEpoch ?? 0
        if let whole { #expect(try Array(rows.prefix(count)) == epoch(whole, 1, batch: 4)) }
        // Every token except a shard's first is scored once.
        let scored = rows.flatMap { $0[length...] }.filter { $0 >= 0 }
        #expect(scored.sorted() == texts.flatMap { $0.flatMap(\.joined).dropFirst() }.sorted())
        #expect(sampler.losses.isEmpty)
        let left = texts.reduce(0) { $0 + ($1.flatMap(\.joined).count - 1) % length }
        if let whole { #expect(whole.losses.tailTokens == left) }
    }

    @Test("Cut and dropped documents are counted")
    func losses() throws {
        let path = try folder.writeShard([
            SampleDocument(tokens: [11, 12, 13, 14], promptLength: 2),
            SampleDocument(tokens: [31, 32, 33, 34, 35, 36, 37, 38, 39], promptLength: 3),  // 10 with its end, of 8
            SampleDocument(tokens: [41, 42, 43, 44, 45, 46, 47]),  // 8 of 8
            SampleDocument(tokens: [41, 42, 43, 44, 45, 46, 47, 48, 49], promptLength: 8),  // the prompt fills all
            SampleDocument(tokens: []),
        ])
        let sampler = try BatchSampler([TokenShard(path: path)], length: 7, packing: .documents)
        #expect(sampler.losses.cutDocuments == 1)
        #expect(sampler.losses.cutTokens == 2)
        #expect(sampler.losses.droppedDocuments == 2)
        #expect(sampler.losses.droppedTokens == 11)
        #expect(sampler.losses.tailTokens == 0)
        #expect(sampler.documentCount == 5)
        #expect(sampler.promptedDocumentCount == 3)
    }

    @Test("Shards with prompts are packed as documents by default")
    func standardPacking() throws {
        let plain = try TokenShard(path: folder.writeShard([SampleDocument(tokens: [1, 2])], as: "plain.tokens"))
        let pairs = try TokenShard(
            path: folder.writeShard(
                [SampleDocument(tokens: [1, 2]), SampleDocument(tokens: [1, 2], promptLength: 1)], as: "pairs.tokens"))
        #expect(BatchSampler.Packing.standard(for: [plain]) == .windows)
        #expect(BatchSampler.Packing.standard(for: [plain, pairs]) == .documents)
        // A conversation that begins with an answer has no prompt.
        let path = folder.file("chats.tokens")
        var chats = try TokenShardWriter(
            path: path, vocabularySize: 100, endOfText: 0, tokenizerFingerprint: 1, hasScores: true)
        try chats.append([1, 2], scored: [true, false, true])
        try chats.commit()
        #expect(try BatchSampler.Packing.standard(for: [TokenShard(path: path)]) == .documents)
    }

    @Test("The content of a shard depends on its bytes alone")
    func contents() throws {
        let documents = randomDocuments(count: 40, seed: 8)
        let path = try folder.writeShard(documents)
        let content = try TokenShard(path: path).content
        #expect(content.tokens == documents.reduce(0) { $0 + $1.tokens.count + 1 })
        #expect(try TokenShard(path: folder.writeShard(documents, as: "b.tokens")).content == content)
        // Each byte of the ids counts, including the last ones.
        for offset in [64, 65, 64 + 2 * content.tokens - 2] {
            var changed = try bytes(of: path)
            changed[offset] ^= 1
            let other = try TokenShard(path: folder.write(changed, as: "c.tokens")).content
            #expect(other.tokens == content.tokens)
            #expect(other.hash != content.hash)
        }
    }

    @Test("Too little data, and shards of different tokenizers, are errors")
    func errors() throws {
        let short = try TokenShard(path: folder.writeShard([SampleDocument(tokens: [1, 2, 3])]))
        let error = #expect(throws: FileError.self) { try BatchSampler([short], length: 4) }
        #expect(error?.expected == "at least 5 in one shard, for a sequence of 4")
        #expect(error?.found == "4")
        _ = try BatchSampler([short], length: 3)
        let empty = try TokenShard(path: folder.writeShard([], as: "empty.tokens"))
        #expect(throws: FileError.self) { try BatchSampler([empty], length: 1, packing: .documents) }
        let foreign = try TokenShard(path: folder.writeShard([], as: "foreign.tokens", fingerprint: 1))
        #expect(throws: FileError.self) { try BatchSampler([short, foreign], length: 1) }
    }

    @Test func batchesThatNoMemoryHolds() throws {
        let shard = try TokenShard(path: folder.writeShard([SampleDocument(tokens: [1, 2, 3, 4])]))
        let sampler = try BatchSampler([shard], length: 1 << 24, packing: .documents)
        let error = #expect(throws: FileError.self) { try sampler.batch(at: DataPlace(), sequences: 65536) }
        #expect(error?.expected.contains("bytes of free memory") == true, "\(error as Any)")
    }

    @Test("An id beyond the vocabulary is an error when its sequence is read")
    func badToken() throws {
        var content = try bytes(of: folder.writeShard([SampleDocument(tokens: [1, 2, 3, 4, 5, 6, 7])]))
        content[64 + 2 * 6 + 1] = 0xFF
        let sampler = try BatchSampler([TokenShard(path: folder.write(content, as: "bad.tokens"))], length: 3)
        let error = #expect(throws: FileError.self) { try sampler.batch(at: DataPlace(), sequences: 2) }
        #expect(error?.name == "token 6")
    }
}
