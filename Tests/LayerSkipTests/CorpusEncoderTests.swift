import CheckpointFiles
import Foundation
import LayerSkip
import ModelTraining
import TestSupport
import Testing

struct CorpusEncoderTests {
    private let corpus: CorpusEncoding

    init() throws { corpus = try CorpusEncoding() }

    @Test func documentsAreEncodedInOrder() throws {
        let texts = (0..<600).map { "the cat \($0)\nand the dog" } + ["", "end"]
        let files = texts.enumerated().map { corpus.text($1, "\($0).txt") }
        let (shard, summary) = try corpus.encode(files)
        let tokenizer = try Tokenizer(corpus.definition)
        let read = try shard.documents.map { try shard.tokens(in: $0.tokens) }
        #expect(try read == texts.filter { !$0.isEmpty }.map { try tokenizer.encode($0) + [0] })
        #expect(shard.documents.allSatisfy { $0.promptLength == 0 })
        #expect(shard.tokenizerFingerprint == corpus.definition.fingerprint)
        #expect(shard.vocabularySize == corpus.definition.tokens.count)
        #expect(summary.documents == 601)
        #expect(summary.remarks.empty == 1)
        #expect(summary.tokens == shard.tokenCount)
        #expect(summary.bytes == texts.joined().utf8.count)
        let before = try MappedFile(path: shard.path)
        _ = try corpus.encode(files, threads: 1)
        let after = try MappedFile(path: shard.path)
        #expect(before.bytes(0..<before.byteCount) == after.bytes(0..<after.byteCount))
    }

    @Test func invalidTextIsAnErrorOrSkipped() throws {
        let bad = corpus.folder.write(Array("né".utf8) + [0xFF, 0x41], as: "bad.txt")
        let files = [corpus.text("the", "a.txt"), bad, corpus.text("cat", "b.txt")]
        let error = #expect(throws: FileError.self) { try corpus.encode(files) }
        #expect(error?.description == "\(bad): byte 3: expected text in UTF-8, found 0xff")
        #expect(!corpus.folder.contents.contains { $0.hasPrefix("out.tokens") })
        let (shard, summary) = try corpus.encode(files, invalidText: .skip)
        #expect(shard.documents.count == 2)
        #expect(summary.remarks.skipped == [bad])
    }

    @Test func whatCannotBeEncodedLeavesNothing() throws {
        let line = #expect(throws: FileError.self) {
            try corpus.encode([corpus.text("{\"prompt\":\"a\",\"answer\":\"b\"}\n{\"prompt\":\"a\"}", "pairs.jsonl")])
        }
        #expect(line?.file.hasSuffix("pairs.jsonl, line 2") == true)
        #expect(line?.expected == "the key \"answer\"")
        #expect(line?.found == "only the key \"prompt\"")
        let missing = #expect(throws: FileError.self) { try corpus.encode([corpus.folder.file("missing.txt")]) }
        #expect(missing?.file == corpus.folder.file("missing.txt"))
        let empty = #expect(throws: FileError.self) {
            try corpus.encode([corpus.text("", "empty.txt"), corpus.text("", "empty.jsonl")])
        }
        #expect(empty?.file == corpus.folder.file("empty.txt"))
        #expect(empty?.name == "and 1 other input")
        let stopped = try CorpusEncoder(corpus.definition).encode(
            Corpus(files: [corpus.text("a", "a.txt")]), to: corpus.folder.file("out.tokens"),
            on: ThreadPool(threads: 1),
            progress: { _ in false })
        #expect(stopped == nil)
        #expect(!corpus.folder.contents.contains { $0.hasPrefix("out.tokens") })
    }

    @Test func linesAndBatchesHaveLimits() throws {
        var limits = CorpusLimits()
        limits.line = ReadingLimit(byteCount: 40, valueCount: 100)
        let line = #"{"prompt":"a","answer":"bbbbbbbbbbbbb"}"#
        #expect(line.utf8.count == 39)
        let lines = corpus.text("\(line) \n\(line)\n", "lines.jsonl")
        #expect(try Corpus(files: [lines], limits: limits).count == 2)
        let long = corpus.text("\(line)\n\(line)  \n", "long.jsonl")
        let error = #expect(throws: FileError.self) { try Corpus(files: [long], limits: limits) }
        #expect(error?.description == "\(long): line 2: expected at most 40 bytes, found more")

        let files = (0..<6).map { corpus.text(String(repeating: "a", count: $0 == 3 ? 25 : 10), "\($0).txt") }
        func batches(_ change: (inout CorpusLimits) -> Void) throws -> [Int] {
            var limits = CorpusLimits()
            change(&limits)
            var done: [Int] = []
            _ = try CorpusEncoder(corpus.definition).encode(
                Corpus(files: files, limits: limits), to: corpus.folder.file("out.tokens"), on: ThreadPool(threads: 2),
                progress: { count in
                    done.append(count)
                    return true
                })
            return done
        }
        #expect(try batches { _ in } == [0, 6])
        // At most 20 bytes per batch, or a single document.
        #expect(try batches { $0.bytesAtOnce = 20 } == [0, 2, 3, 4, 6])
        #expect(try batches { $0.documentsAtOnce = 4 } == [0, 4, 6])
    }

    @Test func trainersAndEncodersSayTheSame() throws {
        let files = [
            corpus.text("a <|endoftext|> b", "a.txt"), corpus.text("", "empty.txt"),
            corpus.folder.write([0xFF], as: "bad.txt"),
            corpus.text(#"{"prompt":"a","answer":"","id":1}"#, "pairs.jsonl"),
        ]
        let encoded = try corpus.encode(files, invalidText: .skip).1.remarks
        #expect(encoded.spelledOut == 1 && encoded.empty == 1 && encoded.skipped.count == 1)
        let counted = try TokenizerTrainer(vocabularySize: 300).countWords(
            of: Corpus(files: files), invalidText: .skip, on: ThreadPool(threads: 2))
        #expect(counted?.remarks == encoded)
    }

    @Test func theSeparatorMustBeAToken() throws {
        #expect(throws: TokenizerError.missingSpecialToken("<|no|>")) {
            try CorpusEncoder(corpus.definition, endOfText: "<|no|>")
        }
    }

    @Test func wordsAreCountedAlikeOnAnyNumberOfThreads() throws {
        let files = (0..<300).map { corpus.text("the dog \($0 % 7) and \($0 % 11) birds", "\($0).txt") }
        let trainer = try TokenizerTrainer(vocabularySize: 300)
        let vocabularies = try [1, 3].map { threads in
            let counted = try trainer.countWords(of: Corpus(files: files), on: ThreadPool(threads: threads))
            return try trainer.definition(from: try #require(counted).words)?.tokens
        }
        #expect(vocabularies[0] == vocabularies[1])
        #expect(vocabularies[0]?.contains("Ġbirds") == true)
    }
}
