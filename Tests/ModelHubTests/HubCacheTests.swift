import CLibc
import CheckpointFiles
import ModelHub
import TestSupport
import Testing

@Suite struct HubCacheTests {
    private static let commit = String(repeating: "a", count: 40)
    private static let other = String(repeating: "b", count: 40)
    private let folder = TemporaryFolder()
    private var cache: HubCache { HubCache(folder.path) }

    /// Stores files as a download does.
    private func store(
        _ name: String, _ files: [(path: String, text: String)], commit: String = commit, revision: String? = "main"
    ) throws {
        let repository = cache.repository(of: try HubModelName(name))
        try Folder.make(repository.blobs)
        for (path, text) in files {
            // Equal texts are one blob.
            let digits = text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let hash = digits + String(repeating: "0", count: 40 - digits.count)
            let file = RepositoryFile(
                try #require(RepositoryPath(path)), byteCount: text.utf8.count, hash: .gitBlob(hash))
            try TextFile.write(Array(text.utf8), to: repository.blob(file.hash))
            try repository.link(file, in: commit)
        }
        if let revision { try repository.set(try #require(RepositoryPath(revision)), to: commit) }
    }

    private func find(_ name: String) throws -> CachedModel? { cache.find(try HubModelName(name)) }

    @Test func theLayoutIsThatOfThePythonTools() throws {
        try store("a/b", [("x/m-Q8_0.gguf", "bytes")])
        let root = "\(folder.path)/models--a--b"
        #expect(try TextFile.text("\(root)/refs/main") == Self.commit)
        let link = "\(root)/snapshots/\(Self.commit)/x/m-Q8_0.gguf"
        let target = try #require(Folder.linkTarget(of: link))
        #expect(target.hasPrefix("../../../blobs/") && target.dropFirst("../../../blobs/".count).count == 40)
        #expect(try TextFile.text(link) == "bytes")
        #expect(try find("a/b")?.path == link)
    }

    @Test func onlyCompleteModelsAreFound() throws {
        try store("a/b", [("m-00001-of-00002.gguf", "1")])
        #expect(try find("a/b") == nil)
        try store("a/b", [("m-00002-of-00002.gguf", "2")])
        #expect(try find("a/b")?.files == ["m-00001-of-00002.gguf", "m-00002-of-00002.gguf"])
        try store("c/d", [("config.json", "{}"), ("tokenizer.json", "{}")])
        #expect(try find("c/d") == nil)
        let index = #"{"weight_map":{"x":"s"}}"#
        try store("c/d", [("model.safetensors.index.json", index.prefix(20).description)])
        #expect(try find("c/d") == nil)
        try store("e/f", [("config.json", "{}"), ("model.safetensors", "w")])
        #expect(try find("e/f")?.path == "\(folder.path)/models--e--f/snapshots/\(Self.commit)")
        // A link to nothing.
        for name in Folder.names(in: "\(folder.path)/models--e--f/blobs") {
            Folder.removeFile("\(folder.path)/models--e--f/blobs/\(name)")
        }
        #expect(try find("e/f") == nil)
    }

    @Test func revisionsLeadToCommits() throws {
        try store("a/b", [("m.gguf", "old")], commit: Self.other, revision: "refs/pr/1")
        try store("a/b", [("m.gguf", "new")])
        #expect(try TextFile.text(#require(try find("a/b")).path) == "new")
        #expect(try TextFile.text(#require(try find("a/b@refs/pr/1")).path) == "old")
        #expect(try TextFile.text(#require(try find("a/b@\(Self.other)")).path) == "old")
        #expect(try find("a/b@v2") == nil)
        #expect(cache.entries.map { "\($0.name)" } == ["a/b:m.gguf", "a/b:m.gguf@refs/pr/1"])
    }

    @Test(arguments: ["../../x", "/etc", "", "main", "\u{1B}[2J"]) func aReferenceLeadsNowhereElse(_ text: String)
        throws
    {
        try store("a/b", [("m.gguf", "bytes")])
        try TextFile.write(Array(text.utf8), to: "\(folder.path)/models--a--b/refs/main")
        #expect(try find("a/b") == nil)
    }

    @Test func entriesAreNamedAsTheyAreFound() throws {
        try store("a/b", [("m-Q8_0.gguf", "12345"), ("m-Q4_0.gguf", "1")])
        try store("c/d", [("config.json", "{}"), ("model.safetensors", "weights")])
        try store("e/f", [("README.md", "none")])
        _ = folder.makeFolder("datasets--x--y")
        _ = folder.makeFolder("models--broken")
        #expect(cache.entries.map { "\($0.name)" } == ["a/b:m-Q4_0.gguf", "a/b:m-Q8_0.gguf", "c/d"])
        #expect(cache.entries.map(\.byteCount) == [1, 5, 9])
        for entry in cache.entries { #expect(cache.find(entry.name) == entry.model) }
    }

    @Test func aModelIsRemovedAndOthersStay() throws {
        try store("a/b", [("m-Q8_0.gguf", "12345"), ("m-Q4_0.gguf", "1"), ("copy.gguf", "1")])
        try store("c/d", [("m.gguf", "x")])
        #expect(try cache.remove(HubModelName("a/b:Q8_0")) == 5)
        // Another file has the same bytes.
        #expect(try cache.remove(HubModelName("a/b:Q4_0")) == 0)
        #expect(cache.entries.map { "\($0.name)" } == ["a/b:copy.gguf", "c/d:m.gguf"])
        #expect(try TextFile.text(#require(try find("a/b")).path) == "1")
        #expect(try cache.remove(HubModelName("a/b:copy.gguf")) == 1)
        #expect(folder.contents == ["models--c--d"])
        #expect(throws: HubError.self) { try cache.remove(HubModelName("a/b")) }
        #expect(try cache.remove(HubModelName("c/d")) == 1)
        #expect(folder.contents == [])
    }

    @Test func aRevisionIsRemoved() throws {
        try store("a/b", [("m.gguf", "old"), ("same.gguf", "=")], commit: Self.other, revision: "v1")
        try store("a/b", [("m.gguf", "new!"), ("same.gguf", "=")])
        #expect(try cache.remove(HubModelName("a/b@v1")) == 3)
        #expect(try find("a/b:m.gguf@v1") == nil)
        #expect(try find("a/b:m.gguf") != nil)
        #expect(try find("a/b:same.gguf") != nil)
    }

    @Test func removalDoesNotFollowLinks() throws {
        try store("a/b", [("m.gguf", "bytes")])
        let outside = TemporaryFolder()
        outside.write([1], as: "kept")
        let link = "\(folder.path)/models--a--b/snapshots/\(Self.commit)/link"
        #expect(symlink(outside.path, link) == 0)
        _ = try cache.remove(HubModelName("a/b"))
        #expect(outside.contents == ["kept"])
        #expect(folder.contents == [])
    }

    @Test func aModelThatIsBeingDownloadedStays() throws {
        try store("a/b", [("m.gguf", "bytes")])
        let repository = cache.repository(of: try HubModelName("a/b"))
        try Folder.make(repository.locks)
        let lock = try FileLock.take("\(repository.locks)/x.lock")
        #expect(lock != nil)
        let error = #expect(throws: HubError.self) { try cache.remove(HubModelName("a/b")) }
        #expect(error?.found == "a download in progress")
        #expect(try find("a/b") != nil)
        withExtendedLifetime(lock) {}
    }
}
