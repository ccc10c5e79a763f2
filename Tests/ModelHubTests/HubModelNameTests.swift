import ModelHub
import TestSupport
import Testing

@Suite struct HubModelNameTests {
    @Test(
        arguments: [
            ("a/b", "a/b", nil, nil),
            ("meta-llama/Llama-3.2-1B", "meta-llama/Llama-3.2-1B", nil, nil),
            ("a/b:Q4_K_M", "a/b", "Q4_K_M", nil),
            ("a/b:x-Q8_0.gguf", "a/b", "x-Q8_0.gguf", nil),
            ("a/b:Q8_0/x-00001-of-00002.gguf", "a/b", "Q8_0/x-00001-of-00002.gguf", nil),
            ("a/b@main", "a/b", nil, "main"),
            ("a/b@refs/pr/1", "a/b", nil, "refs/pr/1"),
            ("a/b:Q4_0@v1.0", "a/b", "Q4_0", "v1.0"),
        ] as [(String, String, String?, String?)])
    func namesHaveParts(_ text: String, id: String, selection: String?, revision: String?) throws {
        let name = try HubModelName(text)
        #expect(name.id == id)
        #expect(name.selection == selection)
        #expect(name.revision == revision)
        #expect("\(name)" == text)
    }

    @Test(arguments: [
        "", "a", "a/", "/b", "a/b/c", "a//b", "../b", "a/..", "./b", "a/.b", "a/b.", "a--b/c", "a/b--c", "a/b c",
        "a/b:", "a/b@", "a/b:../x", "a/b:/x", "a/b@../../x", "a/b@x//y", "a/é", "a/b\n", "a/b:x\0y", "a/b:x\u{1B}y",
        "a/" + String(repeating: "b", count: 97),
    ])
    func otherTextsAreErrors(_ text: String) {
        let error = #expect(throws: HubError.self) { try HubModelName(text) }
        #expect(error?.reason == .name)
        #expect(error.map { "\($0)" }?.contains { $0 == "\u{1B}" || $0 == "\n" } == false)
    }

    @Test(arguments: [
        "./a/b", "../b", "/a/b", "~/b", "~", "a/b.gguf", "a/B.GGUF", "b.gguf", "a/b/c", "a/b/c:Q4_0", "a", "a b/c", "",
        "a/b.gguf:Q4_0",
    ])
    func pathsAreNeverNames(_ text: String) { #expect(ModelPlace(text) == .path(text)) }

    @Test(arguments: ["none/such", "none/such:Q4_0", "none/such:a/b/c.gguf", "none/such:x.gguf", "none/such@refs/pr/1"])
    func missingNamesAreOnAHub(_ text: String) throws {
        #expect(ModelPlace(text) == .hub(try HubModelName(text)))
    }

    @Test func anExistingPathWins() throws {
        // The tests run in the package's folder.
        #expect(ModelPlace("Tests/ModelHubTests") == .path("Tests/ModelHubTests"))
        #expect(ModelPlace("Tests/ModelHubTestz") == .hub(try HubModelName("Tests/ModelHubTestz")))
    }
}
