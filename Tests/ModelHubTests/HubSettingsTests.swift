import ModelHub
import TestSupport
import Testing

@Suite struct HubSettingsTests {
    private func settings(_ variables: [String: String]) throws -> HubSettings {
        try .fromEnvironment { variables[$0] }
    }

    @Test(arguments: [
        (["HOME": "/h"], "/h/.cache/huggingface/hub"),
        (["HOME": "/h", "XDG_CACHE_HOME": "/c"], "/c/huggingface/hub"),
        (["HOME": "/h", "XDG_CACHE_HOME": "/c", "HF_HOME": "/f"], "/f/hub"),
        (["HOME": "/h", "HF_HOME": "~/f"], "/h/f/hub"),
        (["HF_HOME": "/f", "HF_HUB_CACHE": "/g"], "/g/"),
        (["HF_HOME": "/f", "HUGGINGFACE_HUB_CACHE": "/g"], "/g/"),
    ])
    func theCacheIsThatOfThePythonTools(_ variables: [String: String], expected: String) throws {
        let expected = expected.hasSuffix("/") ? String(expected.dropLast()) : expected
        #expect(try settings(variables).cache == expected)
    }

    @Test func withoutAHomeThereIsAnError() {
        #expect(throws: HubError.self) { try settings([:]) }
        #expect(throws: HubError.self) { try settings(["HF_HOME": "~other/x"]) }
    }

    @Test func tokensComeFromAVariableOrAFile() throws {
        let folder = TemporaryFolder()
        folder.write(Array(" hf_file\r\n".utf8), as: "token")
        let other = folder.write(Array("hf_other\n".utf8), as: "other")
        let home = ["HF_HOME": folder.path]
        #expect(try settings(home).token?.secret == "hf_file")
        #expect(try settings(home.merging(["HF_TOKEN": "hf_x"]) { $1 }).token?.secret == "hf_x")
        #expect(try settings(home.merging(["HF_TOKEN_PATH": other]) { $1 }).token?.secret == "hf_other")
        #expect(try settings(home.merging(["HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"]) { $1 }).token == nil)
        #expect(try settings(["HF_HOME": "/none"]).token == nil)
    }

    @Test(arguments: ["a b", "a\nHost: x y", "é", " ", "a\u{0}b"]) func aTokenCannotAddHeaders(_ text: String) {
        let error = #expect(throws: HubError.self) { try HubToken(text) }
        #expect(error.map { "\($0)" }?.contains("Host") == false)
    }

    @Test func aTokenIsNeverPartOfAText() throws {
        var settings = HubSettings(cache: "/c")
        settings.token = try HubToken("hf_secret")
        var dumped = ""
        dump(settings, to: &dumped)
        for text in [
            "\(settings)", String(reflecting: settings), dumped, "\(Mirror(reflecting: settings.token as Any))",
        ] {
            #expect(!text.contains("secret"))
        }
    }

    @Test func endpointsAndOfflineMode() throws {
        let home = ["HF_HOME": "/f"]
        #expect(try settings(home).endpoint == "https://huggingface.co")
        #expect(
            try settings(home.merging(["HF_ENDPOINT": "http://localhost:8/x/"]) { $1 }).endpoint
                == "http://localhost:8/x")
        for wrong in ["localhost", "ftp://x", "https://", "https://a@b", "http://x?y"] {
            #expect(throws: HubError.self) { try settings(home.merging(["HF_ENDPOINT": wrong]) { $1 }) }
        }
        for (value, isOffline) in [
            ("1", true), ("true", true), ("yes", true), ("ON", true), ("0", false), ("no", false),
        ] {
            #expect(try settings(home.merging(["HF_HUB_OFFLINE": value]) { $1 }).isOffline == isOffline)
        }
    }
}
