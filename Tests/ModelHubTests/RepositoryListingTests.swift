import ModelHub
import TestSupport
import Testing

@Suite struct RepositoryListingTests {
    private static let commit = String(repeating: "0123456789", count: 4)
    private static let sha256 = String(repeating: "ab", count: 32)
    private static let blob = String(repeating: "cd", count: 20)

    private func list(_ siblings: String, sha: String = commit) throws -> RepositoryListing {
        try RepositoryListing(Array(#"{"sha":"\#(sha)","siblings":[\#(siblings)]}"#.utf8), of: "a/b")
    }

    private func entry(_ name: String) -> String { #"{"rfilename":"\#(name)","size":3,"blobId":"\#(Self.blob)"}"# }

    @Test func filesHaveSizesAndHashes() throws {
        let listing = try list(
            entry("config.json") + #",{"rfilename":"x/m.gguf","size":134,"blobId":"\#(Self.blob)","#
                + #""lfs":{"sha256":"\#(Self.sha256)","size":7}}"#
        )
        #expect(listing.commit == Self.commit)
        #expect(listing["config.json"]?.hash == .gitBlob(Self.blob))
        #expect(listing["config.json"]?.byteCount == 3)
        #expect(listing["x/m.gguf"]?.hash == .sha256(Self.sha256))
        #expect(listing["x/m.gguf"]?.byteCount == 7)
        #expect(listing["y"] == nil)
    }

    @Test(arguments: [
        "../x", "a/../../x", "/etc/passwd", "a//b", "a/./b", ".", "..", "", "a/", "x\\\\..\\\\y", "a\\u0000b", "a\\nb",
        "a\\u001b[2Jb", "\\ud800",
    ])
    func hostileNamesAreErrors(_ name: String) {
        let error = #expect(throws: HubError.self) { try list(entry("config.json") + "," + entry(name)) }
        #expect(error?.reason == .server)
        #expect(error.map { "\($0)" }?.unicodeScalars.contains { $0.value < 32 } == false)
    }

    @Test func wrongListsAreErrors() {
        let long = String(repeating: "x", count: 256)
        for siblings in [
            entry("a") + "," + entry("a"), entry(long), #"{"rfilename":"a"}"#, #"{"rfilename":"a","size":3}"#,
            #"{"rfilename":"a","size":-1,"blobId":"\#(Self.blob)"}"#,
            #"{"rfilename":"a","size":9223372036854775807,"blobId":"\#(Self.blob)"}"#,
            #"{"rfilename":"a","size":3,"blobId":"../../x"}"#, #"{"rfilename":"a","size":3,"blobId":"abc"}"#,
            #"{"rfilename":"a","size":3,"blobId":"\#(Self.blob)","lfs":{"sha256":"\#(Self.blob)","size":3}}"#,
            #"{"rfilename":"a","size":1e300,"blobId":"\#(Self.blob)"}"#, "{}", "1",
        ] {
            #expect(throws: HubError.self, "\(siblings)") { try list(siblings) }
        }
        for sha in ["", "main", "../x", Self.commit.uppercased() + "A", Self.commit + "0"] {
            #expect(throws: HubError.self, "\(sha)") { try list("", sha: sha) }
        }
        for answer in ["", "<html>", "null", "[]", #"{"error":"x"}"#, String(repeating: "[", count: 100_000)] {
            #expect(throws: HubError.self, "\(answer.prefix(20))") {
                try RepositoryListing(Array(answer.utf8), of: "a/b")
            }
        }
    }
}
