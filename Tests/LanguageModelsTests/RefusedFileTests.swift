import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@testable import LanguageModels

/// GGUF files of kinds that are not supported are refused by what they are, whatever else is in them.
@Suite("Refused GGUF files")
struct RefusedFileTests {
    private let folder = TemporaryFolder()

    private func error(_ change: (inout GGUFMetadata) -> Void) throws -> CheckpointError? {
        var writer = TinyLlamaFile().writer()
        change(&writer.metadata)
        let path = folder.file("model.gguf")
        try writer.write(to: path)
        do throws(CheckpointError) {
            _ = try ModelFiles(path: path)
            return nil
        } catch {
            return error
        }
    }

    /// The file is also part of a split model, and other keys are missing.
    @Test func otherArchitecturesAreNamedFirst() throws {
        let error = try error {
            $0["general.architecture"] = .string("gemma3n")
            $0["general.type"] = .string("adapter")
            $0["split.count"] = .uint16(3)
            $0["llama.block_count"] = nil
            $0["tokenizer.ggml.tokens"] = .string("none")
        }
        #expect(error?.name == "metadata key \"general.architecture\"" && error?.found == "\"gemma3n\"")
        #expect(error?.expected == Architecture.expectation(Architecture.all.map(\.ggufName)))
    }

    /// A type of tensors that no version of ggml has comes later.
    @Test func unknownTypesOfTensorsComeLater() throws {
        func error(_ architecture: String) throws -> CheckpointError? {
            var writer = GGUFWriter()
            writer.metadata["general.architecture"] = .string(architecture)
            writer.add("t", .f32, shape: [1], bytes: [0, 0, 0, 0])
            var bytes = try writer.bytes()
            // The name, the number of dimensions, the dimension, then the type.
            let name = Array("t".utf8) + [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
            let place = try #require(bytes.indices.first { bytes[$0...].starts(with: name) })
            bytes[place + name.count] = 200
            let path = folder.write(bytes, as: "model.gguf")
            return #expect(throws: CheckpointError.self) { try ModelFiles(path: path) }
        }
        #expect(try error("mamba")?.found == "\"mamba\"")
        #expect(try error("llama")?.found == "type number 200")
    }

    @Test func adaptersAndPartsAreNoModels() throws {
        let adapter = try error {
            $0["general.type"] = .string("adapter")
            $0["general.base_model.0.name"] = .string("Base")
        }
        #expect(adapter?.name == "metadata key \"general.type\"" && adapter?.expected == "\"model\"")
        #expect(
            adapter?.found
                == "an adapter, such as a LoRA; merge it into its base model with llama-export-lora (\"Base\")")
        #expect(try error { $0["general.type"] = .string("imatrix") }?.found == "\"imatrix\"")
        // A later part of a split model has no other keys.
        let part = try error {
            for key in $0.keys { $0[key] = nil }
            $0["split.no"] = .uint16(1)
            $0["split.count"] = .uint16(2)
            $0["split.tensors.count"] = .int32(40)
        }
        #expect(part?.expected == "a name that ends with \"-00002-of-00002.gguf\", as part 2 of 2")
        #expect(try error { $0["general.type"] = .string("model") } == nil)
    }
}
