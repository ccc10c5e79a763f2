import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("Files on disk")
struct FileTests {
    let folder = TemporaryFolder()

    func complaint(about path: String) -> String? {
        do {
            _ = try GGUFFile(path: path)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func whatCannotBeMappedIsAnError() {
        let missing = folder.file("missing.gguf")
        #expect(complaint(about: missing) == "\(missing): expected a readable file, found No such file or directory")
        #expect(complaint(about: folder.path) == "\(folder.path): expected a readable file, found a directory")
        let empty = folder.write([], as: "empty.gguf")
        #expect(complaint(about: empty) == "\(empty): expected a readable file, found an empty file")
        #expect(complaint(about: "") == ": expected a readable file, found an invalid path")
        #expect(
            complaint(about: "/dev/null") == "/dev/null: expected a readable file, found neither a file nor a directory"
        )
        let short = folder.write([0x47], as: "short.gguf")
        #expect(
            complaint(about: short)
                == "\(short): file signature: expected 4 bytes at offset 0, found the end at 1")
    }

    /// A sparse file may claim to be larger than memory, and really have that size.
    @Test func sparseFilesDoNotExhaustMemory() throws {
        for (type, minimumBytes) in [(0, 1), (8, 8), (9, 12), (12, 8)] as [(UInt32, UInt64)] {
            var file = RawGGUF()
            file.set("a", type: 9) {
                $0.append(type)
                $0.append((UInt64(1) << 39) / minimumBytes)
            }
            let path = folder.write(file.bytes, as: "sparse.gguf")
            guard folder.extend("sparse.gguf", to: 1 << 40) else { return }
            #expect(complaint(about: path)?.contains("metadata key \"a\": expected at most") == true)
        }
    }

    @Test func releasedPagesComeBack() throws {
        let bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let file = try MappedFile(path: folder.write(bytes, as: "pages"))
        for range in [0..<50_000, 1..<2, 5000..<49_999, 0..<0, -5..<100_000] {
            file.release(range)
            #expect(file.withBytes(in: 0..<50_000) { $0.withUnsafeBytes { Array($0) } } == bytes)
        }
    }

    @Test func writingReplacesInOneStep() throws {
        let path = folder.write([1, 2, 3], as: "model.gguf")
        var writer = GGUFWriter()
        writer.metadata["key"] = .string("new")
        try writer.write(to: path)
        #expect(try GGUFFile(path: path).metadata.string(named: "key") == "new")
        #expect(folder.contents == ["model.gguf"])
    }

    @Test func failedWritingLeavesWhatWasThere() throws {
        let path = folder.write([1, 2, 3], as: "model.gguf")
        var writer = GGUFWriter()
        let failure = CheckpointError(file: "other.gguf", expected: "weights", found: "none")
        writer.add("t", .f32, shape: [4]) { () throws(CheckpointError) in throw failure }
        #expect(throws: failure) { try writer.write(to: path) }
        #expect(folder.contents == ["model.gguf"])
        #expect(try MappedFile(path: path).byteCount == 3)
        #expect(throws: CheckpointError.self) { try GGUFWriter().write(to: folder.file("no/such/folder.gguf")) }
    }
}
