import CheckpointFiles
import Foundation
import LayerSkip
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
        #expect(
            selection.paths.map { String($0.dropFirst(folder.path.count + 1)) } == ["a.txt", "d.txt.gz", "e.NDJSON"])
        #expect("\(selection.leftOut)" == "2 .json files, 2 hidden names")
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
