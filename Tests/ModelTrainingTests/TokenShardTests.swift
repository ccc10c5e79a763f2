import CheckpointFiles
import LanguageModels
import ModelTraining
import TestSupport
import Testing

@Suite("Shards of tokens")
struct TokenShardTests {
    private let folder = TemporaryFolder()

    @Test("What was written is read back, with ids of two bytes and of four", arguments: [1000, 65536, 65537, 200_000])
    func roundTrip(vocabularySize: Int) throws {
        var documents = randomDocuments(count: 37, vocabularySize: vocabularySize, seed: 1)
        documents.append(SampleDocument(tokens: [Token(vocabularySize - 1), 1, 2], promptLength: 2))
        let shard = try TokenShard(path: folder.writeShard(documents, vocabularySize: vocabularySize))
        #expect(shard.vocabularySize == vocabularySize)
        #expect(shard.endOfText == 0)
        #expect(shard.tokenizerFingerprint == 0xFEED_FACE_1234_5678)
        #expect(shard.documents.map(\.promptLength) == documents.map(\.promptLength))
        for (read, written) in zip(shard.documents, documents) {
            #expect(try shard.tokens(in: read.tokens) == written.joined)
        }
        #expect(shard.tokenCount == documents.map(\.joined.count).reduce(0, +))
        #expect(try shard.tokens(in: 0..<shard.tokenCount) == documents.flatMap(\.joined))
    }

    @Test("Documents that other shards have are counted once each")
    func sharedDocuments() throws {
        func shard(_ documents: [[Token]], _ name: String) throws -> TokenShard {
            try TokenShard(path: folder.writeShard(documents.map { SampleDocument(tokens: $0) }, as: name))
        }
        let measured = try [shard([[1, 2, 3], [4, 5], [6]], "a"), shard([[4, 5], [7, 8, 9, 10]], "b")]
        let trained = try [
            shard([[4, 5], [4, 5], [1, 2, 4], [2, 1, 3]], "c"), shard([[7, 8, 9, 10], [7, 8]], "d"),
        ]
        // 4, 5 twice, and 7, 8, 9, 10.
        #expect(try TokenShard.sharedDocumentCount(of: measured, in: trained) == 3)
        #expect(try TokenShard.sharedDocumentCount(of: trained, in: measured) == 3)
        #expect(try TokenShard.sharedDocumentCount(of: measured, in: []) == 0)
        // As many as pairs of equal documents say.
        let (many, others) = (randomDocuments(count: 200, seed: 1), randomDocuments(count: 200, seed: 2))
        let texts = Set(others.map(\.joined))
        #expect(
            try TokenShard.sharedDocumentCount(
                of: [shard(many.map(\.tokens), "e")], in: [shard(others.map(\.tokens), "f")])
                == many.count { texts.contains($0.joined) })
    }

    @Test("The bytes are those of the layout")
    func layout() throws {
        let path = try folder.writeShard(
            [SampleDocument(tokens: [5, 258], promptLength: 1), SampleDocument(tokens: [7])], vocabularySize: 300,
            fingerprint: 0x0102)
        let header: [UInt8] =
            Array("LSTOKENS".utf8) + [1, 0, 0, 0, 2, 0, 0, 0, 44, 1, 0, 0, 0, 0, 0, 0]
            + [2, 1, 0, 0, 0, 0, 0, 0] + [5, 0, 0, 0, 0, 0, 0, 0] + [2, 0, 0, 0, 0, 0, 0, 0]
            + [UInt8](repeating: 0, count: 16)
        let ids: [UInt8] = [5, 0, 2, 1, 0, 0, 7, 0, 0, 0] + [0, 0, 0, 0, 0, 0]
        let table: [UInt8] =
            [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0] + [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        #expect(try bytes(of: path) == header + ids + table)
    }

    @Test("A shard that is not completed leaves nothing, and not even touches what was there")
    func abandoned() throws {
        let path = try folder.writeShard([SampleDocument(tokens: [1, 2, 3])])
        let before = try bytes(of: path)
        do {
            var writer = try TokenShardWriter(path: path, vocabularySize: 10, endOfText: 0, tokenizerFingerprint: 0)
            try writer.append([Token](repeating: 4, count: 1 << 20))
        }
        #expect(folder.contents == ["a.tokens"])
        #expect(try bytes(of: path) == before)
    }

    @Test("A place that cannot be written to is an error")
    func unwritable() throws {
        #expect(throws: FileError.self) {
            _ = try TokenShardWriter(
                path: "/nonexistent/a.tokens", vocabularySize: 10, endOfText: 0, tokenizerFingerprint: 0)
        }
    }

    @Test("A shard of another tokenizer is an error that names both")
    func otherTokenizer() throws {
        let shard = try TokenShard(path: folder.writeShard([SampleDocument(tokens: [1])], fingerprint: 0xAB))
        try shard.check(tokenizerFingerprint: 0xAB, vocabularySize: 1000)
        let error = #expect(throws: FileError.self) {
            try shard.check(tokenizerFingerprint: 0xCD, vocabularySize: 1001)
        }
        #expect(
            error?.description
                == "\(folder.file("a.tokens")): tokenizer: expected cd with 1001 tokens, found ab with 1000; "
                + "repeat prepare-data with the model as its tokenizer")
    }
}

@Suite("Damaged shards")
struct DamagedShardTests {
    private let folder = TemporaryFolder()

    private func error(_ bytes: [UInt8]) -> FileError? {
        let path = folder.write(bytes, as: "damaged.tokens")
        do throws(FileError) {
            let shard = try TokenShard(path: path)
            _ = try shard.tokens(in: 0..<shard.tokenCount)
            return nil
        } catch {
            return error
        }
    }

    @Test("Cut off anywhere, a shard is an error")
    func truncated() throws {
        let whole = try bytes(of: folder.writeShard(randomDocuments(count: 5, seed: 2)))
        for length in 0..<whole.count { #expect(error(Array(whole[..<length])) != nil, "\(length) bytes") }
        #expect(error(whole + [0]) != nil)
        #expect(error(whole) == nil)
    }

    @Test("With any bytes changed, a shard is an error or still a shard, and never traps")
    func fuzzed() throws {
        let whole = try bytes(of: folder.writeShard(randomDocuments(count: 5, seed: 3)))
        var generator = SeededGenerator(seed: 4)
        var errors = 0
        for round in 0..<2000 {
            var changed = whole
            let place = round < whole.count ? round : Int.random(in: 0..<whole.count, using: &generator)
            for offset in 0..<Int.random(in: 1...8, using: &generator) where place + offset < changed.count {
                changed[place + offset] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
            }
            if error(changed) != nil { errors += 1 }
        }
        #expect(errors > 500)
    }

    @Test("Errors name what is wrong")
    func named() throws {
        let whole = try bytes(
            of: folder.writeShard([SampleDocument(tokens: [1, 2, 3], promptLength: 1), SampleDocument(tokens: [4])]))
        func message(_ offset: Int, _ bytes: [UInt8]) -> String {
            var changed = whole
            changed.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            return error(changed)?.description.replacing(folder.file("damaged.tokens"), with: "F") ?? "no error"
        }
        let otherKind = "F: expected a shard of tokens, as prepare-data makes of texts, found a file of another kind"
        #expect(message(0, [0]) == otherKind)
        #expect(message(8, [2]) == "F: expected 113 bytes, found 112")
        #expect(message(8, [3]) == "F: version: expected 1 or 2, or a newer version of layerskip, found 3")
        #expect(message(12, [4]) == "F: bytes of an id: expected 2, found 4")
        #expect(message(20, [0xE8, 3]) == "F: end-of-text token: expected an id below 1000, found 1000")
        #expect(message(32, [3]) == "F: expected 104 bytes, found 112")
        #expect(message(66, [0xE8, 3]) == "F: token 1: expected an id below 1000, found 1000")
        // The layout: 64 bytes of header, 6 ids, padding, and the table.
        #expect(message(80, [1]) == "F: document 0: expected tokens from 0 on, up to 6 at most, found 1 to 4")
        #expect(message(88, [4]) == "F: prompt of document 0: expected fewer than its 4 tokens, found 4")
        #expect(message(96, [6]) == "F: document 1: expected tokens from 6 on, up to 6 at most, found 6 to 6")
    }
}
