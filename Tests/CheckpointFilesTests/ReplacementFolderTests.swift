import CheckpointFiles
import TestSupport
import Testing

@Suite("Folder replacement")
struct ReplacementFolderTests {
    let folder = TemporaryFolder()

    private func make(_ path: String, failing: Bool = false) throws(FileError) {
        var new = try ReplacementFolder(path)
        for name in ["a", "b"] { try TextFile.write(Array(name.utf8), to: new.path(for: name)) }
        if failing { throw FileError(file: path, expected: "luck", found: "none") }
        try new.commit()
    }

    @Test(arguments: ["new", "new/"]) func theyTakeTheirNameWhenWhole(name: String) throws {
        let path = folder.file(name)
        try make(path)
        #expect(folder.contents == ["new"])
        #expect(try TextFile.text(folder.file("new") + "/a") == "a")
        #expect(try TextFile.text(folder.file("new") + "/b") == "b")
        // An existing folder is never replaced.
        let error = #expect(throws: FileError.self) { try make(path) }
        #expect(error?.file == path && error?.found == "a folder that is not empty")
        #expect(folder.contents == ["new"])
    }

    @Test func anEmptyFolderMayBeThere() throws {
        let path = folder.makeFolder("empty")
        try make(path)
        #expect(try TextFile.text(path + "/b") == "b")
    }

    @Test func failuresLeaveNothing() throws {
        #expect(throws: FileError.self) { try make(folder.file("new"), failing: true) }
        #expect(folder.contents.isEmpty)
        folder.write([1], as: "file")
        let error = #expect(throws: FileError.self) { try make(folder.file("file")) }
        #expect(error?.found == "a file")
        #expect(throws: FileError.self) { try make("") }
        #expect(throws: FileError.self) { try make(folder.file("no/such/place")) }
        #expect(folder.contents == ["file"])
    }
}
