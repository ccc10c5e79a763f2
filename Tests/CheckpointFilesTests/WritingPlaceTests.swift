import CheckpointFiles
import Foundation
import TestSupport
import Testing

/// The rules for all writers: how the entry at the path is treated.
@Suite("Targets of output paths")
struct WritingPlaceTests {
    private let folder = TemporaryFolder()

    private func link(_ name: String, to target: String) throws -> String {
        try FileManager.default.createSymbolicLink(atPath: folder.file(name), withDestinationPath: target)
        return folder.file(name)
    }

    private func permissions(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private func target(_ path: String) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: path)
    }

    private func found(_ path: String) -> String? {
        do {
            try TextFile.write([1], to: path)
            return nil
        } catch {
            return error.found
        }
    }

    @Test func linksAreFollowedAndStay() throws {
        let inner = folder.makeFolder("inner")
        try TextFile.write([1], to: inner + "/file")
        let first = try link("first", to: "inner/file")
        let second = try link("second", to: first)
        try TextFile.write([2], to: second)
        #expect(try TextFile.bytes(inner + "/file") == [2])
        #expect(try target(first) == "inner/file" && target(second) == first)
        // A dangling link.
        let dangling = try link("dangling", to: "inner/new")
        try TextFile.write([3], to: dangling)
        #expect(try TextFile.bytes(inner + "/new") == [3] && target(dangling) == "inner/new")
        // A folder reached through a link.
        let place = try link("place", to: "inner/folder")
        var new = try ReplacementFolder(place)
        try TextFile.write([4], to: new.path(for: "a"))
        try new.commit()
        #expect(try TextFile.bytes(inner + "/folder/a") == [4] && target(place) == "inner/folder")
        #expect(Folder.names(in: inner) == ["file", "folder", "new"])
    }

    @Test func permissionsStay() throws {
        let path = folder.write([1], as: "file")
        for permissions in [0o600, 0o640, 0o666, 0o755] {
            try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
            try TextFile.write([2], to: path)
            #expect(try self.permissions(path) == permissions)
        }
        let place = folder.makeFolder("folder")
        try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: place)
        try ReplacementFolder(place).commit()
        #expect(try permissions(place) == 0o750)
        // A new file gets the default permissions.
        try TextFile.write([1], to: folder.file("new"))
        #expect(FileManager.default.createFile(atPath: folder.file("other"), contents: nil))
        #expect(try permissions(folder.file("new")) == permissions(folder.file("other")))
    }

    @Test func whatNoFileCanBeWrittenTo() throws {
        _ = try link("one", to: "two")
        _ = try link("two", to: "one")
        #expect(found(folder.file("one")) == "a cycle of links")
        #expect(found(folder.path) == "a folder" && found(folder.path + "/") == "a folder")
        #expect(found(folder.file("new/")) == "a path that ends with a slash")
        #expect(found("") == "an invalid path" && found("a\0b") == "an invalid path")
        #expect(found(folder.file("none/new")) == "No such file or directory")
        folder.write([1], as: "file")
        #expect(found(folder.file("file/new")) == "Not a directory")
        #expect(folder.contents == ["file", "one", "two"])
        // The maximum length of a file name.
        let long = String(repeating: "é", count: 127)
        #expect(found(folder.file(long)) == nil)
        #expect(found(folder.file(long + "éé")) == "File name too long")
    }

    /// A read-only file is not replaced; `cp` behaves the same.
    @Test(.enabled(if: geteuid() != 0)) func aReadOnlyFileStays() throws {
        let path = folder.write([1], as: "file")
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
        #expect(found(path) == "Permission denied")
        #expect(try TextFile.bytes(path) == [1])
    }

    @Test func pipesAreWrittenTo() async throws {
        let path = folder.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        for rewritesStart in [false, true] {
            let reader = Thread.reading(path)
            let file = try ReplacementFile(path, rewritesStart: rewritesStart)
            try file.write([1, 2, 3])
            if rewritesStart { try file.overwriteStart([9]) }
            try file.commit()
            #expect(await reader.value == [rewritesStart ? 9 : 1, 2, 3])
        }
        #expect(folder.contents == ["pipe"])
        var status = stat()
        #expect(lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    }

    @Test(.enabled(if: Folder.exists("/proc/self/fd"))) func openFilesAreWrittenTo() throws {
        let path = folder.write(Array("old ".utf8), as: "file")
        let descriptor = open(path, O_WRONLY | O_APPEND)
        defer { close(descriptor) }
        try TextFile.write(Array("new ".utf8), to: "/dev/fd/\(descriptor)")
        let file = try ReplacementFile("/proc/self/fd/\(descriptor)", rewritesStart: true)
        try file.write(Array("last".utf8))
        try file.overwriteStart(Array("L".utf8))
        try file.commit()
        #expect(try TextFile.text(path) == "old new Last")
        #expect(folder.contents == ["file"])
        let reading = open(path, O_RDONLY)
        defer { close(reading) }
        #expect(found("/dev/fd/\(reading)") == "Bad file descriptor")
        #expect(found("/dev/fd/999999") == "No such file or directory")
    }

    @Test func foldersThatCannotBeReplaced() throws {
        #expect(throws: FileError.self) { try ReplacementFolder(".").commit() }
        let error = #expect(throws: FileError.self) { try ReplacementFolder("/proc").commit() }
        #expect(error?.found == "a folder that is not empty")
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        let pipe = #expect(throws: FileError.self) { try ReplacementFolder(folder.file("pipe")).commit() }
        #expect(pipe?.found == "neither a file nor a folder")
    }

    @Test func aLogFollowsLinksAndKeepsPermissions() throws {
        let path = folder.write(Array("kept\nhalf".utf8), as: "file")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let log = try LineLog(path: link("log", to: "file")) { _ in true }
        try log.append(Array("new".utf8))
        #expect(try TextFile.text(path) == "kept\nnew\n")
        #expect(try permissions(path) == 0o640)
    }
}

extension Thread {
    /// Reads a pipe to its end.
    fileprivate static func reading(_ path: String) -> Task<[UInt8], Never> {
        Task.detached { FileHandle(forReadingAtPath: path).map { Array($0.readDataToEndOfFile()) } ?? [] }
    }
}
