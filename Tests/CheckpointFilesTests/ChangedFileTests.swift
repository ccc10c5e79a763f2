import CheckpointFiles
import Foundation
import TestSupport
import Testing

@Suite("Files that change while they are read")
struct ChangedFileTests {
    private let folder = TemporaryFolder()

    private func change(_ path: String, _ body: (FileHandle) throws -> Void) throws {
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try body(handle)
        try handle.close()
        // The system's clock may not have advanced since the file was created.
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: 5)], ofItemAtPath: path)
    }

    @Test func whatIsWrittenInPlaceIsAnError() throws {
        let path = folder.write([1, 2, 3, 4], as: "file")
        let file = try MappedFile(path: path)
        try file.checkUnchanged()
        try change(path) { $0.write(Data([9])) }
        let error = #expect(throws: FileError.self) { try file.checkUnchanged() }
        #expect(error?.file == path && error?.expected == "a file that does not change while it is read")
        // When reopened, the current contents count.
        try MappedFile(path: path).checkUnchanged()
    }

    @Test func whatIsLongerOrShorterIsAnError() throws {
        for count in [1, 9] {
            let path = folder.write([1, 2, 3, 4], as: "file")
            let file = try MappedFile(path: path)
            let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
            #expect(truncate(path, off_t(count)) == 0)
            // Even if the modification date is restored.
            try FileManager.default.setAttributes([.modificationDate: try #require(date)], ofItemAtPath: path)
            #expect(throws: FileError.self) { try file.checkUnchanged() }
        }
    }

    @Test func whatIsReplacedOrRemovedIsUnchanged() throws {
        let path = folder.write([1, 2, 3, 4], as: "file")
        let file = try MappedFile(path: path)
        try TextFile.write([5, 6], to: path)
        try file.checkUnchanged()
        #expect(file.bytes(0..<4) == [1, 2, 3, 4])
        try FileManager.default.removeItem(atPath: path)
        try file.checkUnchanged()
    }

    @Test func weightsSaySo() throws {
        let path = folder.file("tiny.safetensors")
        try SafetensorsWriter().write(to: path)
        let source = SafetensorsSource(try SafetensorsFile(path: path))
        try source.checkUnchanged()
        try change(path) { _ in }
        #expect(throws: CheckpointError.self) { try source.checkUnchanged() }
    }
}
