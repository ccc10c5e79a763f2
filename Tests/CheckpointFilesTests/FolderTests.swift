import CheckpointFiles
import TestSupport
import Testing

@Suite("Folders of a run")
struct FolderTests {
    private let folder = TemporaryFolder()

    @Test func madeWithTheFoldersAbove() throws {
        try Folder.make(folder.file("a/b/c"))
        try Folder.make(folder.file("a/b/c"))
        #expect(Folder.exists(folder.file("a/b/c")))
        try Folder.make(folder.file("d/e/"))
        #expect(Folder.exists(folder.file("d/e")))
        folder.write([1], as: "file")
        #expect(throws: FileError.self) { try Folder.make(folder.file("file/d")) }
    }

    /// The reason is why the folder could not be created, not the result of checking what exists there.
    @Test(.enabled(if: Folder.exists("/sys/kernel"))) func whyAFolderCannotBeMade() {
        let error = #expect(throws: FileError.self) { try Folder.make("/sys/kernel/layerskip") }
        #expect(error?.file == "/sys/kernel/layerskip" && error?.found != "No such file or directory")
        let long = folder.file(String(repeating: "x", count: 300))
        #expect(throws: FileError(file: long, expected: "a place for a folder", found: "File name too long")) {
            try Folder.make(long)
        }
    }

    @Test func removedWithItsFiles() throws {
        try Folder.make(folder.file("a"))
        try TextFile.write([1], to: folder.file("a/x"))
        Folder.remove(folder.file("a"))
        Folder.remove(folder.file("never"))
        #expect(folder.contents.isEmpty)
    }

    @Test func leftoversGoAndWhatLinksLeadToStays() throws {
        try Folder.make(folder.file("whole"))
        try TextFile.write([1], to: folder.file("whole/x"))
        try Folder.make(folder.file("half.5000000-2.partial"))
        try TextFile.write([1], to: folder.file("half.5000000-2.partial/x"))
        folder.write([1], as: "file.5000000-2.partial")
        try Folder.link(folder.file("link.5000000-2.partial"), to: "whole")
        let strangers = [".partial", "film.mp4.partial", "x.1.partial", "x.1-b.partial"]
        for name in strangers { folder.write([1], as: name) }
        Folder.removeLeftovers(in: folder.path)
        #expect(folder.contents.sorted() == (strangers + ["whole"]).sorted())
        #expect(Folder.names(in: folder.file("whole")) == ["x"])
    }

    @Test func aLinkIsReplacedInOneStep() throws {
        for name in ["a", "b"] {
            try Folder.make(folder.file(name))
            try TextFile.write([1], to: folder.file(name) + "/" + name)
            try Folder.link(folder.file("newest"), to: name)
            #expect(Folder.names(in: folder.file("newest")) == [name])
        }
        #expect(folder.contents == ["a", "b", "newest"])
        let error = #expect(throws: FileError.self) { try Folder.link(folder.file("a"), to: "b") }
        #expect(error?.expected == "a place for a link")
        #expect(folder.contents == ["a", "b", "newest"])
    }

    @Test func aLockEndsWithItsOwner() throws {
        var lock: FolderLock? = try FolderLock(folder.path)
        let error = #expect(throws: FileError.self) { try FolderLock(folder.path) }
        #expect(error?.found == "one that is in use")
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try FolderLock(folder.path)
    }
}

@Suite("Logs of lines")
struct LineLogTests {
    private let folder = TemporaryFolder()

    private func lines(_ path: String) throws -> [String] {
        try LineLog.lines(of: path).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func growsByLinesAndForgetsWhatIsNotKept() throws {
        let path = folder.file("log")
        #expect(try lines(path).isEmpty)
        var log: LineLog? = try LineLog(path: path) { _ in true }
        for line in ["one", "two", "", "three"] { try log?.append(Array(line.utf8)) }
        log = nil
        #expect(try lines(path) == ["one", "two", "", "three"])
        let again = try LineLog(path: path) { $0.count == 3 }
        try again.append(Array("four".utf8))
        #expect(try lines(path) == ["one", "two", "four"])
    }

    @Test func aLineWithoutAnEndIsNone() throws {
        let path = folder.write(Array("whole\nhal".utf8), as: "log")
        #expect(try lines(path) == ["whole"])
        let log = try LineLog(path: path) { _ in true }
        try log.append(Array("next".utf8))
        #expect(try lines(path) == ["whole", "next"])
    }
}
