import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("Damaged safetensors files")
struct SafetensorsFuzzTests {
    /// Every damaged file is either refused or readable to the last byte.
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func areRefusedOrRead(seed: UInt64) throws {
        let folder = TemporaryFolder()
        var writer = SafetensorsWriter()
        for (index, dtype) in [DType.f32, .bf16, .f16, .f32].enumerated() {
            let shape = [index + 1, 4, 3]
            let bytes = [UInt8](repeating: 1, count: shape.reduce(dtype.bytesPerBlock, *))
            let tensor = StoredTensor(name: "", dtype: dtype, shape: shape, bytes: bytes)
            writer.add("model.layers.\(index).weight", dtype, shape: shape) { tensor }
        }
        let path = folder.file("model.safetensors")
        try writer.write(to: path)
        var mutator = GGUFMutator(try TextFile.bytes(path), headerCount: writer.header().count, seed: seed)
        var outcomes = (refused: 0, read: 0)
        for _ in 0..<FuzzInputs.count(300) {
            folder.write(mutator.next(), as: "model.safetensors")
            do {
                try readEverything(path)
                outcomes.read += 1
            } catch {
                #expect(!error.expected.isEmpty && !error.found.isEmpty)
                outcomes.refused += 1
            }
        }
        #expect(outcomes.refused > 50 && outcomes.read > 0, "\(outcomes)")
    }

    private func readEverything(_ path: String) throws(CheckpointError) {
        let source = SafetensorsSource(try SafetensorsFile(path: path))
        var sum: UInt64 = 0
        for info in source.files[0].tensors {
            let tensor = try source.tensor(named: info.name, shape: info.shape)
            sum &+= tensor.withBytes { bytes in
                bytes.withUnsafeBytes { $0.reduce(0) { $0 &+ UInt64($1) } }
            }
        }
        withExtendedLifetime(sum) {}
    }
}
