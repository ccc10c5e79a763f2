import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("Written safetensors files are read back")
struct SafetensorsRoundTripTests {
    let folder = TemporaryFolder()

    private func bytes(_ count: Int, from start: UInt8) -> [UInt8] { (0..<count).map { start &+ UInt8($0) } }

    private func sample() -> SafetensorsWriter {
        var writer = SafetensorsWriter()
        let half = StoredTensor(name: "", dtype: .f16, shape: [3], bytes: bytes(6, from: 1))
        writer.add("half", .f16, shape: [3]) { half }
        let first = bytes(8, from: 100)
        let second = bytes(16, from: 108)
        writer.add("matrix", .f32, shape: [2, 3]) { (output) throws(CheckpointError) in
            try output(first.span.bytes)
            try output(second.span.bytes)
        }
        let brain = StoredTensor(name: "", dtype: .bf16, shape: [1, 1, 2, 1], bytes: bytes(4, from: 50))
        writer.add("brain", .bf16, shape: [1, 1, 2, 1]) { brain }
        writer.metadata["note"] = "\"quoted\" / ü"
        return writer
    }

    @Test func everythingComesBack() throws {
        let path = folder.file("model.safetensors")
        try sample().write(to: path)
        let file = try SafetensorsFile(path: path)
        #expect(file.metadata == ["format": "pt", "note": "\"quoted\" / ü"])
        // Wide elements first: all lie at multiples of their size.
        #expect(file.tensors.map(\.name) == ["matrix", "half", "brain"])
        #expect(file.tensors.map(\.dtype) == [.f32, .f16, .bf16])
        #expect(file.tensors.map(\.shape) == [[2, 3], [3], [1, 1, 2, 1]])
        #expect(file.tensors[0].range.lowerBound % 8 == 0)
        for (name, expected) in [
            ("matrix", bytes(24, from: 100)), ("half", bytes(6, from: 1)), ("brain", bytes(4, from: 50)),
        ] {
            let tensor = try #require(file.tensor(named: name))
            #expect(tensor.withBytes { $0.withUnsafeBytes { Array($0) } } == expected)
        }
        #expect(file.tensor(named: "other")?.name == nil)
        #expect(folder.contents == ["model.safetensors"])
    }

    @Test func theSameTensorsGiveTheSameBytes() throws {
        try sample().write(to: folder.file("a"))
        try sample().write(to: folder.file("b"))
        #expect(try read("a") == read("b"))
    }

    @Test func failedWritingLeavesWhatWasThere() throws {
        let path = folder.write([1, 2, 3], as: "model.safetensors")
        let failure = CheckpointError(file: "other", expected: "weights", found: "none")
        var writer = sample()
        writer.add("late", .f32, shape: [4]) { () throws(CheckpointError) in throw failure }
        #expect(throws: failure) { try writer.write(to: path) }
        #expect(folder.contents == ["model.safetensors"])
        #expect(try read("model.safetensors") == [1, 2, 3])
    }

    private func read(_ name: String) throws -> [UInt8] {
        let file = try MappedFile(path: folder.file(name))
        return file.withBytes(in: 0..<file.byteCount) { $0.withUnsafeBytes { Array($0) } }
    }
}
