import CheckpointFiles
import TensorCore
import TestSupport
import Testing

/// Tensors of every supported type and rank, of odd sizes; the same as in Tests/GoldenMakers/folders.py.
private struct SampleTensor {
    let name: String
    let dtype: DType
    let shape: [Int]
    let values: [Float]

    static let all = [
        SampleTensor(name: "half", dtype: .f16, shape: [5], values: (0..<5).map { Float(Float16($0) / 7) }),
        SampleTensor(name: "matrix", dtype: .f32, shape: [2, 3], values: [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]),
        SampleTensor(name: "brain", dtype: .bf16, shape: [3, 1, 3, 1], values: (0..<9).map { Float($0) * -1.125 }),
        SampleTensor(name: "na\"me / ü", dtype: .f32, shape: [2], values: [.infinity, -0.0]),
        SampleTensor(name: "vector", dtype: .f32, shape: [3], values: [0, 1 / 3, 2 / 3]),
    ]
    static let metadata = ["format": "pt", "note": "\"quoted\" / ü"]
}

@Suite("Safetensors files exchanged with Python")
struct SafetensorsRoundTripTests {
    let folder = TemporaryFolder()

    private func writer() -> SafetensorsWriter {
        var writer = SafetensorsWriter()
        writer.metadata = SampleTensor.metadata
        for tensor in SampleTensor.all {
            let bytes = tensor.dtype.quantize(tensor.values)
            if tensor.shape.count == 1 {
                let stored = StoredTensor(name: "", dtype: tensor.dtype, shape: tensor.shape, bytes: bytes)
                writer.add(tensor.name, tensor.dtype, shape: tensor.shape) { stored }
            } else {
                // Written in two pieces.
                let (first, second) = (Array(bytes.prefix(3)), Array(bytes.dropFirst(3)))
                writer.add(tensor.name, tensor.dtype, shape: tensor.shape) { (output) throws(CheckpointError) in
                    try output(first.span.bytes)
                    try output(second.span.bytes)
                }
            }
        }
        return writer
    }

    private func expectSample(_ file: SafetensorsFile) throws {
        #expect(file.metadata == SampleTensor.metadata)
        #expect(file.tensors.map(\.name).sorted() == SampleTensor.all.map(\.name).sorted())
        for expected in SampleTensor.all {
            let tensor = try #require(file.tensor(named: expected.name))
            #expect(tensor.dtype == expected.dtype && tensor.shape == expected.shape)
            let found = tensor.withBytes { $0.withUnsafeBytes { Array($0) } }
            #expect(found == expected.dtype.quantize(expected.values), "\(expected.name)")
        }
        #expect(file.tensor(named: "other")?.name == nil)
    }

    @Test func whatPythonWroteIsRead() throws {
        try expectSample(SafetensorsFile(path: Goldens.path("python.safetensors")))
    }

    @Test func whatWeWriteIsRead() throws {
        let path = folder.file("model.safetensors")
        try writer().write(to: path)
        let file = try SafetensorsFile(path: path)
        try expectSample(file)
        // Wide elements come first, so that all tensors are aligned.
        #expect(file.tensors.map(\.name) == ["matrix", "na\"me / ü", "vector", "half", "brain"])
        #expect(file.tensors[0].range.lowerBound % 8 == 0)
        #expect(folder.contents == ["model.safetensors"])
    }

    /// The writer reproduces the committed file, which Python's safetensors reads and checks when goldens are made.
    @Test func whatWeWriteIsWhatPythonHasRead() throws {
        let path = folder.file("model.safetensors")
        try writer().write(to: path)
        #expect(try TextFile.bytes(path) == TextFile.bytes(Goldens.path("written.safetensors")))
    }

    @Test func failedWritingLeavesWhatWasThere() throws {
        let path = folder.write([1, 2, 3], as: "model.safetensors")
        let failure = CheckpointError(file: "other", expected: "weights", found: "none")
        var writer = writer()
        writer.add("late", .f32, shape: [4]) { () throws(CheckpointError) in throw failure }
        #expect(throws: failure) { try writer.write(to: path) }
        #expect(throws: failure) {
            try self.writer().write(to: path) { (done) throws(CheckpointError) in if done > 400 { throw failure } }
        }
        #expect(folder.contents == ["model.safetensors"])
        #expect(try TextFile.bytes(path) == [1, 2, 3])
    }

    @Test func progressEndsWithTheFilesSize() throws {
        let path = folder.file("model.safetensors")
        var last = 0
        try writer().write(to: path) { (done) throws(CheckpointError) in
            #expect(done >= last)
            last = done
        }
        #expect(try MappedFile(path: path).byteCount == last)
    }
}
