import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("Weights by Hugging Face's names")
struct WeightsTests {
    static func weights(_ change: (inout GGUFWriter) -> Void = { _ in }) throws -> Weights {
        var writer = TinyLlamaFile().writer()
        change(&writer)
        return Weights(try GGUFSource(open(writer.bytes())))
    }

    @Test func theTreeLeadsToTheFilesTensors() throws {
        let root = try Self.weights()
        let layer = root["model"]["layers"][1]
        #expect(root.source.ropePairing == .interleaved)
        #expect(try root("model.embed_tokens.weight", 320, 64).name == "token_embd.weight")
        #expect(try root["model"]("norm.weight", 64).name == "output_norm.weight")
        #expect(try layer["self_attn"]("q_proj.weight", 64, 64).name == "blk.1.attn_q.weight")
        #expect(try layer["self_attn"]("k_proj.weight", 32, 64).name == "blk.1.attn_k.weight")
        #expect(try layer["mlp"]("down_proj.weight", 64, 96).name == "blk.1.ffn_down.weight")
        let norm = try layer("input_layernorm.weight", 64)
        #expect(norm.rows == 1 && norm.columns == 64)
        #expect(try root.optional("lm_head.weight", 320, 64)?.name == nil)
        #expect(try root["model"].optional("rope_frequency_factors.weight", 8)?.name == nil)
        #expect(!root.contains("model.layers.2.input_layernorm.weight"))
        #expect(!layer.contains("self_attn.q_proj.bias"))
    }

    @Test func anUntiedHeadIsFound() throws {
        var tiny = TinyLlamaFile()
        tiny.isTied = false
        tiny.ropeScaling = .frequencyFactors([1, 1, 1, 1, 2, 4, 8, 8])
        let root = Weights(try GGUFSource(open(tiny.bytes())))
        #expect(try root.optional("lm_head.weight", 320, 64)?.name == "output.weight")
        #expect(try root["model"].optional("rope_frequency_factors.weight", 8)?.name == "rope_freqs.weight")
    }

    @Test func errorsNameTheFilesOwnTensor() throws {
        let root = try Self.weights()
        func complaint(_ body: () throws -> StoredTensor?) -> String? {
            do {
                _ = try body()
                return nil
            } catch {
                return "\(error)".split(separator: "/").last.map { String($0) }
            }
        }
        #expect(
            complaint { try root["model"]["layers"][0]["self_attn"]("q_proj.weight", 64, 32) }
                == "model.gguf: tensor \"blk.0.attn_q.weight\": expected shape [64, 32], found [64, 64]")
        #expect(
            complaint { try root["model"]("norm.weight", 65) }
                == "model.gguf: tensor \"output_norm.weight\": expected shape [65], found [64]")
        #expect(
            complaint { try root("lm_head.weight", 320, 64) }
                == "model.gguf: tensor \"output.weight\": expected shape [320, 64], found no such tensor")
        #expect(
            complaint { try root.optional("model.embed_tokens.weight", 1, 64) }
                == "model.gguf: tensor \"token_embd.weight\": expected shape [1, 64], found [320, 64]")
        #expect(
            complaint { try root("unheard.of", 4) }
                == "model.gguf: tensor \"unheard.of\": expected shape [4], found no such tensor")
    }

    @Test func unknownArchitecturesAreErrors() {
        let failure = #expect(throws: CheckpointError.self) {
            try Self.weights { $0.metadata["general.architecture"] = .string("mamba") }
        }
        #expect(failure?.name == "metadata key \"general.architecture\"")
        #expect(failure?.expected == "a known architecture (llama)")
        #expect(failure?.found == "\"mamba\"")
    }

    @Test func namesAreTranslated() {
        let names = GGUFNames.llama
        #expect(names.storedName(of: "model.layers.12.self_attn.o_proj.bias") == "blk.12.attn_output.bias")
        #expect(names.storedName(of: "model.rope_frequency_factors.weight") == "rope_freqs.weight")
        for odd in [
            "", ".", "weight", "model.layers.", "model.layers.x.mlp.up_proj.weight", "model.layers..weight",
            "model.layers.1.weight", "model.layers.-1.mlp.up_proj.weight", "model.layers.1.mlp.", "token_embd.weight",
        ] {
            #expect(names.storedName(of: odd) == nil, "\(odd)")
        }
    }
}
