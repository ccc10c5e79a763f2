import CheckpointFiles
import TestSupport
import Testing

/// A part of a split GGUF file is reported as such, whatever it is opened for.
struct SplitFileTests {
    private let folder = TemporaryFolder()

    private func error(
        as name: String = "model.gguf", _ change: (inout GGUFMetadata) -> Void
    ) -> CheckpointError? {
        var writer = TinyLlamaFile().writer()
        change(&writer.metadata)
        do throws(CheckpointError) {
            try writer.write(to: folder.file(name))
            _ = try GGUFFile(path: folder.file(name))
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
            #expect(
                error?.found
                    == "part \(name) of 2, so the other part is missing; join them with "
                    + "llama-gguf-split --merge FIRST_PART OUTPUT")
        }
        #expect(error { $0["split.count"] = .uint16(1) } == nil)
        #expect(error { $0["split.count"] = .string("2") }?.found == "string")
    }

    /// llama-gguf-split names parts `NAME-00002-of-00003.gguf`, and wants the first to merge them.
    @Test func theFirstPartIsNamed() {
        let name = "model-00002-of-00003.gguf"
        let error = error(as: name) {
            $0["split.count"] = .uint16(3)
            $0["split.no"] = .uint16(1)
        }
        let first = folder.file("model-00001-of-00003.gguf")
        #expect(
            error?.found
                == "part 2 of 3, so the other 2 parts are missing; join them with "
                + "llama-gguf-split --merge \(first) OUTPUT")
    }

    @Test func partsCanBeShown() throws {
        _ = error { $0["split.count"] = .uint16(2) }
        let header = try GGUFHeader(path: folder.file("model.gguf"))
        #expect(header.version == 3 && header.tensors.count == 20 && header.metadata["split.count"] == .uint16(2))
    }
}
