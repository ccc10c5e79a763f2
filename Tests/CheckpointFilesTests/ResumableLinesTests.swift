import CheckpointFiles
import Foundation
import TestSupport
import Testing

@Suite("Files of lines that are continued")
struct ResumableLinesTests {
    private let folder = TemporaryFolder()

    private func open(
        _ path: String, replaces: Bool = false, _ check: (ResumableLines.Found) throws(FileError) -> Void = { _ in }
    ) throws -> ResumableLines {
        try ResumableLines(path: path, replaces: replaces, check: check)
    }

    private func text(_ path: String) throws -> String { String(decoding: try TextFile.bytes(path), as: UTF8.self) }

    @Test func linesAreKeptAndContinued() throws {
        let path = folder.file("lines")
        do {
            let lines = try open(path)
            #expect(lines.keptCount == 0)
            try lines.append(Array("one".utf8))
            try lines.append([])
            try lines.synchronize()
        }
        var found: [String] = []
        do {
            let lines = try open(path) { found.append("\($0.index) \(String(decoding: $0.bytes, as: UTF8.self))") }
            #expect(lines.keptCount == 2 && found == ["0 one", "1 "])
            try lines.append(Array("three".utf8))
        }
        #expect(try text(path) == "one\n\nthree\n")
        let lines = try open(path, replaces: true)
        #expect(lines.keptCount == 0)
        try lines.append(Array("new".utf8))
        #expect(try text(path) == "new\n")
    }

    /// Whatever part of the last line was written, the next run removes it.
    @Test func aLineThatIsCutOffIsRemoved() throws {
        for length in 0..<8 {
            let path = folder.write(Array("one\ntwo\nthree".utf8.prefix(4 + length)), as: "lines \(length)")
            var last: ResumableLines.Found?
            let lines = try open(path) { last = $0 }
            #expect(lines.keptCount == (length < 4 ? 1 : 2))
            #expect(last?.isComplete == (length == 0 || length == 4))
            try lines.append(Array("next".utf8))
            #expect(try text(path) == (length < 4 ? "one\n" : "one\ntwo\n") + "next\n")
        }
    }

    @Test func aRefusedFileIsUnchanged() throws {
        let path = folder.write(Array("one\ntwo".utf8), as: "lines")
        for index in 0..<2 {
            #expect(throws: FileError.self) {
                try open(path) { (found) throws(FileError) in
                    if found.index == index { throw FileError(file: path, expected: "another", found: "this") }
                }
            }
            #expect(try text(path) == "one\ntwo")
        }
    }

    @Test func oneProgramWrites() throws {
        let path = folder.file("lines")
        let first = try open(path)
        let error = #expect(throws: FileError.self) { try open(path) }
        #expect(error?.found.contains("another program is writing") == true)
        try first.append([65])
        #expect(try text(path) == "A\n")
    }

    @Test func placesThatAreNoFilesAreErrorsOrStreams() throws {
        let error = #expect(throws: FileError.self) { try open(folder.makeFolder("folder")) }
        #expect(error?.found == "a folder; choose another output")
        #expect(throws: FileError.self) { try open(folder.file("none/lines")) }
        let null = try open("/dev/null")
        try null.append([65])
        #expect(null.keptCount == 0)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func aFullDiskIsAnError() throws {
        let lines = try open("/dev/full")
        let error = #expect(throws: FileError.self) { try lines.append([65]) }
        #expect(error?.found.contains("No space left") == true)
    }

    @Test func linksLeadToTheFile() throws {
        let path = folder.write(Array("one\n".utf8), as: "lines")
        try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "lines")
        try open(folder.file("link")).append([66])
        #expect(try text(path) == "one\nB\n")
    }
}
