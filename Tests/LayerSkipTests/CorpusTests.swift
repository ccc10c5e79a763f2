import CheckpointFiles
import Foundation
import LayerSkip
import ModelTraining
import TestSupport
import Testing

/// A folder of texts, removed with the last reference.
private final class TextFolder {
    let path = NSTemporaryDirectory() + "layerskip-corpus-\(UInt64.random(in: 0 ... .max))"

    /// Writes files, whose names may include folders.
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
            try CorpusFiles(endings: endings).select([folder.path + "/"]).paths.map {
                String($0.dropFirst(folder.path.count + 1))
            }
        }
        #expect(try names([]) == ["a/Z.md", "a/z.swift", "a.b/d.swift", "b.swift", "c.txt", "é.swift"])
        #expect(try names(["swift"]) == ["a/z.swift", "a.b/d.swift", "b.swift", "é.swift"])
        #expect(try names(["md", "txt"]) == ["a/Z.md", "c.txt"])
        #expect(try names([".MD", "*.txt"]) == ["a/Z.md", "c.txt"])
        // A named file is taken regardless of its ending, in the given order.
        let named = [folder.path + "/c.txt", folder.path + "/b.swift"]
        #expect(try CorpusFiles(endings: ["swift"]).select(named).paths == named)
    }

    @Test func linksAreFollowedAndNothingIsReadTwice() throws {
        let folder = try TextFolder([
            "snapshot/own.txt": [1], "blobs/0.txt": [2], "blobs/1.txt": [3], "more/deep/x.txt": [4],
        ])
        let root = folder.path
        func link(_ name: String, _ target: String) throws {
            try FileManager.default.createSymbolicLink(atPath: "\(root)/\(name)", withDestinationPath: target)
        }
        try link("snapshot/a.txt", "../blobs/0.txt")
        try link("snapshot/again.txt", "own.txt")
        try link("snapshot/folder", "../more")
        try link("snapshot/folder2", "\(root)/more")
        try link("more/back", "../snapshot")
        try link("snapshot/z.txt", "nowhere")
        #expect(mkfifo("\(root)/snapshot/pipe", 0o600) == 0)
        let selection = try CorpusFiles().select(["\(root)/snapshot"])
        let names = selection.paths.map { String($0.dropFirst(root.count + 1)) }
        #expect(names == ["snapshot/a.txt", "snapshot/folder/deep/x.txt", "snapshot/own.txt"])
        #expect(selection.leftOut.broken == ["\(root)/snapshot/z.txt"])
        #expect(selection.leftOut.special == ["\(root)/snapshot/pipe"])
        #expect(selection.leftOut.repeated == 1)
        // From the parent folder, the files themselves are taken, each once.
        let all = try CorpusFiles(endings: ["txt"]).select([root]).paths.map { String($0.dropFirst(root.count + 1)) }
        #expect(all == ["blobs/0.txt", "blobs/1.txt", "more/deep/x.txt", "snapshot/own.txt"])
        // A folder that contains only links.
        try FileManager.default.removeItem(atPath: "\(root)/snapshot/own.txt")
        #expect(try CorpusFiles(endings: ["txt"]).select(["\(root)/snapshot"]).paths.count == 2)
    }

    @Test func whatIsLeftOutOfFoldersIsCounted() throws {
        let folder = try TextFolder([
            "a.txt": [1], "b.json": [1], "c.JSON": [1], "d.txt.gz": [1], ".git/x": [1], ".hidden": [1], "e.NDJSON": [1],
        ])
        let selection = try CorpusFiles().select([folder.path])
        #expect(selection.paths.map { String($0.dropFirst(folder.path.count + 1)) } == ["a.txt", "e.NDJSON"])
        #expect("\(selection.leftOut)" == "1 .gz file, 2 .json files, 2 hidden names")
        // Files excluded by the endings do not count as left out.
        #expect(try CorpusFiles(endings: ["txt"]).select([folder.path]).leftOut.kinds.isEmpty)
        // A hidden folder that is named is read.
        #expect(try CorpusFiles().select(["\(folder.path)/.git"]).paths == ["\(folder.path)/.git/x"])
    }

    @Test func nothingToReadIsAnError() throws {
        let folder = try TextFolder(["a.txt": [1]])
        let missing = #expect(throws: FileError.self) { try CorpusFiles().select([folder.path + "/none"]) }
        #expect(missing?.description == "\(folder.path)/none: expected a file or a folder, found nothing")
        let empty = #expect(throws: FileError.self) { try CorpusFiles(endings: ["swift"]).select([folder.path]) }
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
        #expect(summary.remarks.empty == 1)
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
        let error = #expect(throws: FileError.self) { try encode(files) }
        #expect(error?.description == "\(bad): byte 3: expected text in UTF-8, found 0xff")
        #expect(!folder.contents.contains { $0.hasPrefix("out.tokens") })
        let (shard, summary) = try encode(files, invalidText: .skip)
        #expect(shard.documents.count == 2)
        #expect(summary.remarks.skipped == [bad])
    }

    @Test func whatCannotBeEncodedLeavesNothing() throws {
        let line = #expect(throws: FileError.self) {
            try encode([text("{\"prompt\":\"a\",\"answer\":\"b\"}\n{\"prompt\":\"a\"}", "pairs.jsonl")])
        }
        #expect(line?.file.hasSuffix("pairs.jsonl, line 2") == true)
        #expect(line?.expected == "the key \"answer\"")
        #expect(line?.found == "only the key \"prompt\"")
        let missing = #expect(throws: FileError.self) { try encode([folder.file("missing.txt")]) }
        #expect(missing?.file == folder.file("missing.txt"))
        let empty = #expect(throws: FileError.self) {
            try encode([text("", "empty.txt"), text("", "empty.jsonl")])
        }
        #expect(empty?.file == folder.file("empty.txt"))
        #expect(empty?.name == "and 1 other input")
        let stopped = try CorpusEncoder(definition).encode(
            Corpus(files: [text("a", "a.txt")]), to: folder.file("out.tokens"), on: ThreadPool(threads: 1),
            progress: { _ in false })
        #expect(stopped == nil)
        #expect(!folder.contents.contains { $0.hasPrefix("out.tokens") })
    }

    @Test func pairsUnderAnotherNameAreNoProse() throws {
        let pair = #"{"prompt":"a","answer":"b"}"# + "\n"
        for name in ["pairs", "pairs.jsonl.1", "pairs.txt"] {
            let error = #expect(throws: FileError.self) { try encode([text(pair, name)]) }
            #expect(error?.file == folder.file(name))
            #expect(error?.found.contains("rename it to .jsonl") == true, "\(error as Any)")
        }
        #expect(try encode([text("{\"key\": 1}\n", "settings.txt")]).1.documents == 1)
    }

    @Test func linesOfOtherKeysAreNoProse() throws {
        let cases = [
            (#"{"text":"a"}"# + "\n" + #"{"text":"b"}"#, #"JSON Lines with only the key "text" (of a text without"#),
            (
                "\u{FEFF}\n {\"instruction\":\"a\",\"output\":1}\r\n\n{\"id\":[]}\n",
                #"only the keys "instruction", "output" (rename"#
            ),
            (#"{"messages":[]}"# + "\n" + #"{"messages":[]}"# + "\nx", "chats are not read"),
            (#"{"answer":"a"}"# + "\n" + #"{"answer":"b"}"#, #"only the key "answer" (to learn answers only"#),
        ]
        for (lines, found) in cases {
            let path = text(lines, "data.txt")
            let error = #expect(throws: FileError.self) { try encode([path]) }
            #expect(error?.file == path)
            #expect(error?.expected == "prose")
            #expect(error?.found.contains(found) == true, "\(error as Any)")
        }
        // A single object, code in braces and a list are prose.
        for prose in ["{\"key\": 1}\n", "{\n\"a\": 1}\n", "{ x }\n{ y }\n", "[1]\n[2]\n", "{\"a\": 1}\nand so on\n"] {
            #expect(try encode([text(prose, "prose.txt")]).1.documents == 1, "\(prose)")
        }
    }

    @Test func linesAndBatchesHaveLimits() throws {
        var limits = CorpusLimits()
        limits.line = ReadingLimit(byteCount: 40, valueCount: 100)
        let line = #"{"prompt":"a","answer":"bbbbbbbbbbbbb"}"#
        #expect(line.utf8.count == 39)
        let lines = text("\(line) \n\(line)\n", "lines.jsonl")
        #expect(try Corpus(files: [lines], limits: limits).count == 2)
        let long = text("\(line)\n\(line)  \n", "long.jsonl")
        let error = #expect(throws: FileError.self) { try Corpus(files: [long], limits: limits) }
        #expect(error?.description == "\(long): line 2: expected at most 40 bytes, found more")

        let files = (0..<6).map { text(String(repeating: "a", count: $0 == 3 ? 25 : 10), "\($0).txt") }
        func batches(_ change: (inout CorpusLimits) -> Void) throws -> [Int] {
            var limits = CorpusLimits()
            change(&limits)
            var done: [Int] = []
            _ = try CorpusEncoder(definition).encode(
                Corpus(files: files, limits: limits), to: folder.file("out.tokens"), on: ThreadPool(threads: 2),
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

    @Test(arguments: ["jsonl", "JSONL", "ndjson", "NdJson", "jsonlines"]) func jsonLinesAreToldByTheirNames(
        _ ending: String
    ) throws {
        let (shard, _) = try encode([text(#"{"prompt":"a","answer":"b"}"# + "\n", "pairs.\(ending)")])
        #expect(shard.documents.map(\.promptLength) == [1])
    }

    @Test(arguments: [
        ("a.json", "rename it to .jsonl"), ("a.JSON", "rename it to .jsonl"), ("a.txt.gz", "unpack it first"),
        ("a.Parquet", "convert it"), ("a.tokens", "convert it"), ("a.txt.12-3.partial", "rename it if it is"),
    ])
    func filesThatAreNoTextAreRefusedByName(_ name: String, _ advice: String) throws {
        let error = #expect(throws: FileError.self) { try Corpus(files: ["folder/\(name)"]) }
        #expect(error?.file == "folder/\(name)")
        #expect(error?.found.contains(advice) == true, "\(error as Any)")
    }

    @Test func bytesThatAreNoUTF8AreNamed() throws {
        let utf16 = Array("the cat".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let files: [(name: String, content: [UInt8], found: String)] = [
            ("mark.txt", [0xFF, 0xFE] + utf16, "text in UTF-16"), ("bare.txt", utf16, "text in UTF-16"),
            ("pairs.jsonl", [0xFF, 0xFE] + utf16, "text in UTF-16"), ("gzip", [0x1F, 0x8B, 8, 0], "a gzip file"),
            ("table", Array("PAR1".utf8) + [0x15, 0, 0xFF], "a Parquet file"),
        ]
        for file in files {
            let path = folder.write(file.content, as: file.name)
            let error = #expect(throws: FileError.self) { try encode([path]) }
            #expect(error?.file == path)
            #expect(error?.found == file.found, "\(file.name)")
        }
        // Text that mentions such files is text.
        _ = try encode([text("PAR1 begins a Parquet file", "about.txt")])
        let skipped = try encode([text("the", "a.txt"), folder.file("bare.txt")], invalidText: .skip).1.remarks.skipped
        #expect(skipped == [folder.file("bare.txt")])
    }

    @Test func aByteOrderMarkIsNoText() throws {
        let pair = #"{"prompt":"a","answer":"b"}"#
        let plain = try encode([text("the cat", "a.txt"), text(pair, "b.jsonl")]).0
        let marked = try encode([text("\u{FEFF}the cat", "a2.txt"), text("\u{FEFF}" + pair, "b2.jsonl")]).0
        #expect(try plain.tokens(in: 0..<plain.tokenCount) == marked.tokens(in: 0..<marked.tokenCount))
        // A file with only a mark has no text. Within a file, the mark is text.
        #expect(try encode([text("the", "a.txt"), text("\u{FEFF}", "c.txt")]).1.remarks.empty == 1)
        #expect(try encode([text("a\u{FEFF}", "d.txt")]).0.tokenCount > 2)
    }

    @Test func otherShapesOfPairsAreRefusedWithAdvice() throws {
        let lines = [
            (
                #"{"text": "a"}"#,
                #"only the key "text" (of a text without a prompt, write "prompt": "" and "answer": the text)"#
            ),
            (#"{"messages": []}"#, "chats are not read"), (#"{"instruction":"a","output":"b"}"#, "rename the keys"),
            ("{}", "no key"),
        ]
        for (line, found) in lines {
            let path = text("\n" + line, "pairs.jsonl")
            let error = #expect(throws: FileError.self) { try encode([path]) }
            #expect(error?.file == "\(path), line 2")
            #expect(error?.expected == #"{"prompt": "...", "answer": "..."}"#)
            #expect(error?.found.contains(found) == true, "\(error as Any)")
        }
    }

    @Test func whatIsIgnoredIsRemarkedUpon() throws {
        let lines = [
            #"{"prompt":"a","answer":"b","id":7,"score":1e999}"#, #"{"prompt":"a","answer":"","source":{"id":null}}"#,
            #"{"prompt":"","answer":""}"#, #"{"prompt":"","answer":"<|endoftext|> b"}"#,
        ]
        let remarks = try encode([text(lines.joined(separator: "\n"), "pairs.jsonl"), text("", "a.jsonl")]).1.remarks
        #expect(remarks.ignoredKeys == ["id", "score", "source"])
        #expect(remarks.emptyAnswers == 1)
        #expect(remarks.empty == 2)
        #expect(remarks.spelledOut == 1)
        #expect(remarks.spelledOutToken == "<|endoftext|>")
    }

    @Test func trainersAndEncodersSayTheSame() throws {
        let files = [
            text("a <|endoftext|> b", "a.txt"), text("", "empty.txt"), folder.write([0xFF], as: "bad.txt"),
            text(#"{"prompt":"a","answer":"","id":1}"#, "pairs.jsonl"),
        ]
        let encoded = try encode(files, invalidText: .skip).1.remarks
        #expect(encoded.spelledOut == 1 && encoded.empty == 1 && encoded.skipped.count == 1)
        let counted = try TokenizerTrainer(vocabularySize: 300).countWords(
            of: Corpus(files: files), invalidText: .skip, on: ThreadPool(threads: 2))
        #expect(counted?.remarks == encoded)
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
