import CheckpointFiles
import TestSupport
import Testing

@Suite("Damaged GGUF files")
struct GGUFFuzzTests {
    /// Every damaged file is either refused or readable to the last byte.
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func areRefusedOrRead(seed: UInt64) throws {
        var tiny = TinyLlamaFile()
        tiny.layers = 1
        tiny.width = 32
        tiny.feedForwardWidth = 32
        let writer = tiny.writer()
        var mutator = GGUFMutator(try writer.bytes(), headerCount: try writer.header().count, seed: seed)
        let folder = TemporaryFolder()
        var outcomes = (refused: 0, read: 0)
        for _ in 0..<FuzzInputs.count(300) {
            let path = folder.write(mutator.next(), as: "damaged.gguf")
            do {
                try readEverything(path)
                outcomes.read += 1
            } catch {
                #expect(!error.expected.isEmpty && !error.found.isEmpty)
                outcomes.refused += 1
            }
        }
        #expect(outcomes.refused > 50 && outcomes.read > 5, "\(outcomes)")
    }

    private func readEverything(_ path: String) throws(CheckpointError) {
        let file = try GGUFFile(path: path)
        var sum: UInt64 = 0
        for info in file.tensors {
            let tensor = StoredTensor(
                name: info.name, dtype: info.dtype, shape: info.shape, file: file.files[info.file], range: info.range)
            sum &+= tensor.withBytes { bytes in
                bytes.withUnsafeBytes { $0.reduce(0) { $0 &+ UInt64($1) } }
            }
            tensor.release()
        }
        for key in file.metadata.keys { sum &+= UInt64("\(String(describing: file.metadata[key]))".utf8.count) }
        withExtendedLifetime(sum) {}
    }

    @Test func damageIsTheSameForTheSameSeed() throws {
        let writer = TinyLlamaFile().writer()
        let bytes = try writer.bytes()
        let headerCount = try writer.header().count
        var first = GGUFMutator(bytes, headerCount: headerCount, seed: 9)
        var second = GGUFMutator(bytes, headerCount: headerCount, seed: 9)
        for _ in 0..<20 { #expect(first.next() == second.next()) }
    }
}
