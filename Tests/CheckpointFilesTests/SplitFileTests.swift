import CheckpointFiles
import TestSupport
import Testing

/// A part of a split GGUF file is reported as such, whatever it is opened for.
struct SplitFileTests {
    private func error(_ change: (inout GGUFMetadata) -> Void) -> CheckpointError? {
        let folder = TemporaryFolder()
        var writer = TinyLlamaFile().writer()
        change(&writer.metadata)
        do throws(CheckpointError) {
            try writer.write(to: folder.file("model.gguf"))
            _ = try GGUFFile(path: folder.file("model.gguf"))
            return nil
        } catch {
            return error
        }
    }

    @Test func partsAreRefused() {
        for (number, name) in [(0, "1"), (1, "2"), (2, "?"), (nil, "?")] as [(UInt16?, String)] {
            let error = error {
                $0["split.count"] = .uint16(2)
                $0["split.no"] = number.map { .uint16($0) }
            }
            #expect(error?.name == "metadata key \"split.count\"")
            #expect(error?.found == "part \(name) of 2; join the parts with llama-gguf-split --merge")
        }
        #expect(error { $0["split.count"] = .uint16(1) } == nil)
        #expect(error { $0["split.count"] = .string("2") }?.found == "string")
    }
}
