import CheckpointFiles
import Testing

@Suite("~ in paths")
struct HomeFolderTests {
    @Test func homeFoldersAreWhatShellsSay() throws {
        #expect(try HomeFolder.expand("~", home: "/h") == "/h")
        #expect(try HomeFolder.expand("~/a b/~", home: "/h") == "/h/a b/~")
        for path in ["a/~", "./~/a", "/~", ""] { #expect(try HomeFolder.expand(path, home: "/h") == path) }
        let user = #expect(throws: FileError.self) { try HomeFolder.expand("~bob/a", home: "/h") }
        #expect(user?.found == "\"~bob/a\"")
        let none = #expect(throws: FileError.self) { try HomeFolder.expand("~/a", home: nil) }
        #expect(none?.expected == "the variable HOME, for ~")
    }
}
