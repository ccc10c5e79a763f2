import CheckpointFiles
import Foundation
import LayerSkip
import ModelTraining
import TestSupport
import Testing

/// A folder of texts, removed with the last reference.
private final class TextFolder {
    let path = NSTemporaryDirectory() + "layerskip-corpus-\(UInt64.random(in: 0 ... .max))"

    /// Writes files whose names may have folders in them.
    init(_ files: [String: [UInt8]]) throws {
        for (name, content) in files {
            let url = URL(filePath: path).appending(path: name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content).write(to: url)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

struct CorpusFilesTests {
    @Test func foldersAreReadInTheOrderOfTheirNames() throws {
        let folder = try TextFolder([
            "b.swift": [1], "a/z.swift": [1], "a/Z.md": [1], "a/.hidden/x.swift": [1], ".hidden.swift": [1],
            "c.txt": [1], "é.swift": [1], "a.b/d.swift": [1],
        ])
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/loop", withDestinationPath: folder.path)
        func names(_ endings: [String]) throws -> [String] {
            try CorpusFiles(endings: endings).paths([folder.path + "/"]).map {
                String($0.dropFirst(folder.path.count + 1))
            }
        }
        #expect(try names([]) == ["a/Z.md", "a/z.swift", "a.b/d.swift", "b.swift", "c.txt", "é.swift"])
        #expect(try names(["swift"]) == ["a/z.swift", "a.b/d.swift", "b.swift", "é.swift"])
        #expect(try names(["md", "txt"]) == ["a/Z.md", "c.txt"])
        // A file that is named is taken whatever its ending, in the order given.
        let named = [folder.path + "/c.txt", folder.path + "/b.swift"]
        #expect(try CorpusFiles(endings: ["swift"]).paths(named) == named)
    }

    @Test func nothingToReadIsAnError() throws {
        let folder = try TextFolder(["a.txt": [1]])
        let missing = #expect(throws: CheckpointError.self) { try CorpusFiles().paths([folder.path + "/none"]) }
        #expect(missing?.description == "\(folder.path)/none: expected a file or a folder, found nothing")
        let empty = #expect(throws: CheckpointError.self) { try CorpusFiles(endings: ["swift"]).paths([folder.path]) }
        #expect(empty?.description == "\(folder.path): expected at least one file *.swift, found none")
    }
}

struct CorpusEncoderTests {
    private let folder = TemporaryFolder()
    private let definition: TokenizerDefinition

    init() throws {
        let trainer = try TokenizerTrainer(vocabularySize: 300)
        var words = try WordCounts(preTokenizer: trainer.preTokenizer)
        words.add(Array("the cat and the dog and the bird".utf8))
        definition = try #require(try trainer.definition(from: words))
    }

    private func text(_ text: String, _ name: String) -> String { folder.write(Array(text.utf8), as: name) }

    private func encode(
        _ files: [String], threads: Int = 2, invalidText: Corpus.InvalidText = .fail
    ) throws -> (TokenShard, CorpusEncoder.Summary) {
        let path = folder.file("out.tokens")
        let summary = try CorpusEncoder(definition).encode(
            Corpus(files: files), to: path, invalidText: invalidText, on: ThreadPool(threads: threads))
        return (try TokenShard(path: path), try #require(summary))
    }

    @Test func documentsAreEncodedInOrder() throws {
        let texts = (0..<600).map { "the cat \($0)\nand the dog" } + ["", "end"]
        let files = texts.enumerated().map { text($1, "\($0).txt") }
        let (shard, summary) = try encode(files)
        let tokenizer = try Tokenizer(definition)
        let read = try shard.documents.map { try shard.tokens(in: $0.tokens) }
        #expect(read == texts.filter { !$0.isEmpty }.map { tokenizer.encode($0) + [0] })
        #expect(shard.documents.allSatisfy { $0.promptLength == 0 })
        #expect(shard.tokenizerFingerprint == definition.fingerprint)
        #expect(shard.vocabularySize == definition.tokens.count)
        #expect(summary.documents == 601)
        #expect(summary.empty == 1)
        #expect(summary.tokens == shard.tokenCount)
        #expect(summary.bytes == texts.joined().utf8.count)
        let before = try MappedFile(path: shard.path)
        _ = try encode(files, threads: 1)
        let after = try MappedFile(path: shard.path)
        #expect(before.bytes(0..<before.byteCount) == after.bytes(0..<after.byteCount))
    }

    @Test func promptsAreEncodedByThemselves() throws {
        let lines = #"{"prompt":"the c","answer":"at"}"# + "\r\n\n" + #"{"answer":"\"é\"","prompt":""}"# + "\n"
        let (shard, summary) = try encode([text(lines, "pairs.jsonl")])
        let tokenizer = try Tokenizer(definition)
        #expect(summary.documents == 2)
        let first = shard.documents[0]
        #expect(try shard.tokens(in: first.tokens) == tokenizer.encode("the c") + tokenizer.encode("at") + [0])
        #expect(first.promptLength == tokenizer.encode("the c").count)
        #expect(try shard.tokens(in: shard.documents[1].tokens) == tokenizer.encode("\"é\"") + [0])
        #expect(shard.documents[1].promptLength == 0)
    }

    @Test func invalidTextIsAnErrorOrSkipped() throws {
        let bad = folder.write(Array("né".utf8) + [0xFF, 0x41], as: "bad.txt")
        let files = [text("the", "a.txt"), bad, text("cat", "b.txt")]
        let error = #expect(throws: CheckpointError.self) { try encode(files) }
        #expect(error?.description == "\(bad): byte 3: expected text in UTF-8, found 0xff")
        #expect(!folder.contents.contains { $0.hasPrefix("out.tokens") })
        let (shard, summary) = try encode(files, invalidText: .skip)
        #expect(shard.documents.count == 2)
        #expect(summary.skipped == [bad])
    }

    @Test func whatCannotBeEncodedLeavesNothing() throws {
        let line = #expect(throws: CheckpointError.self) {
            try encode([text("{\"prompt\":\"a\",\"answer\":\"b\"}\n{\"prompt\":\"a\"}", "pairs.jsonl")])
        }
        #expect(line?.file.hasSuffix("pairs.jsonl, line 2") == true)
        #expect(line?.found == "\"{\"prompt\":\"a\"}\"")
        let missing = #expect(throws: CheckpointError.self) { try encode([folder.file("missing.txt")]) }
        #expect(missing?.file == folder.file("missing.txt"))
        let empty = #expect(throws: CheckpointError.self) {
            try encode([text("", "empty.txt"), text("", "empty.jsonl")])
        }
        #expect(empty?.name == "corpus")
        let stopped = try CorpusEncoder(definition).encode(
            Corpus(files: [text("a", "a.txt")]), to: folder.file("out.tokens"), on: ThreadPool(threads: 1),
            progress: { _ in false })
        #expect(stopped == nil)
        #expect(!folder.contents.contains { $0.hasPrefix("out.tokens") })
    }

    @Test func theSeparatorMustBeAToken() throws {
        #expect(throws: TokenizerError.missingSpecialToken("<|no|>")) {
            try CorpusEncoder(definition, endOfText: "<|no|>")
        }
    }

    @Test func wordsAreCountedAlikeOnAnyNumberOfThreads() throws {
        let files = (0..<300).map { text("the dog \($0 % 7) and \($0 % 11) birds", "\($0).txt") }
        let trainer = try TokenizerTrainer(vocabularySize: 300)
        let vocabularies = try [1, 3].map { threads in
            let counted = try trainer.countWords(of: Corpus(files: files), on: ThreadPool(threads: threads))
            return try trainer.definition(from: try #require(counted).words)?.tokens
        }
        #expect(vocabularies[0] == vocabularies[1])
        #expect(vocabularies[0]?.contains("Ġbirds") == true)
    }
}
