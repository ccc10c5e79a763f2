import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@testable import LanguageModels

@Suite("Tensors of GGUF files by Hugging Face's names")
struct GGUFSourceTests {
    private let folder = TemporaryFolder()

    private func source(_ change: (inout GGUFWriter) -> Void = { _ in }) throws -> GGUFSource {
        var writer = TinyLlamaFile().writer()
        change(&writer)
        let path = folder.write(try writer.bytes(), as: "model.gguf")
        let file = try GGUFFile(path: path)
        return try GGUFSource(file, ModelConfiguration(file))
    }

    @Test func namesLeadToTheFilesTensors() throws {
        let source = try source()
        #expect(source.ropePairing == .interleaved)
        func stored(_ name: String, _ shape: Int...) throws -> String {
            try source.tensor(named: name, shape: shape).name
        }
        #expect(try stored("model.embed_tokens.weight", 320, 64) == "token_embd.weight")
        #expect(try stored("model.norm.weight", 64) == "output_norm.weight")
        #expect(try stored("model.layers.1.self_attn.q_proj.weight", 64, 64) == "blk.1.attn_q.weight")
        #expect(try stored("model.layers.1.mlp.down_proj.weight", 64, 96) == "blk.1.ffn_down.weight")
        let norm = try source.tensor(named: "model.layers.1.input_layernorm.weight", shape: [64])
        #expect(norm.rows == 1 && norm.columns == 64)
        #expect(!source.contains("lm_head.weight"))
        #expect(!source.contains("model.layers.2.input_layernorm.weight"))
        #expect(!source.contains("model.layers.1.self_attn.q_proj.bias"))
    }

    @Test func errorsNameTheFilesOwnTensor() throws {
        let source = try source()
        func complaint(_ name: String, _ shape: Int...) -> String? {
            do {
                _ = try source.tensor(named: name, shape: shape)
                return nil
            } catch {
                return "\(error)".split(separator: "/").last.map { String($0) }
            }
        }
        #expect(
            complaint("model.layers.0.self_attn.q_proj.weight", 64, 32)
                == "model.gguf: tensor \"blk.0.attn_q.weight\": expected shape [64, 32], found [64, 64]")
        #expect(
            complaint("model.norm.weight", 65)
                == "model.gguf: tensor \"output_norm.weight\": expected shape [65], found [64]")
        #expect(
            complaint("lm_head.weight", 320, 64)
                == "model.gguf: tensor \"output.weight\": expected shape [320, 64], found no such tensor")
        #expect(
            complaint("unheard.of", 4)
                == "model.gguf: tensor \"unheard.of\": expected shape [4], found no such tensor")
    }

    @Test func unknownArchitecturesAreErrors() {
        let failure = #expect(throws: CheckpointError.self) {
            try source { $0.metadata["general.architecture"] = .string("mamba") }
        }
        #expect(failure?.name == "metadata key \"general.architecture\"")
        #expect(failure?.expected == "a supported architecture (\(knownNames))")
        #expect(failure?.found == "\"mamba\"")
    }

    /// The tensors of every architecture have distinct names in both kinds of files.
    @Test(arguments: Architecture.all) func namesAreDistinct(architecture: Architecture) {
        let configuration = ModelConfiguration(
            architecture: architecture, layerCount: 11, width: 8, feedForwardWidth: 16,
            attention: AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 6), vocabularySize: 9,
            contextLength: 8, normEpsilon: 1e-5, rope: RoPE(base: 1e4))
        let tensors = configuration.tensors(isTied: false)
        #expect(Set(tensors.map(\.name)).count == tensors.count)
        #expect(Set(tensors.map(\.ggufName)).count == tensors.count)
        #expect(configuration.tensors(isTied: true).map(\.name) == tensors.map(\.name).dropLast())
    }
}
