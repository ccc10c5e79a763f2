import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("Real files")
struct RealFileTests {
    @Test(.enabled(if: Fixtures.smolLM2 != nil || Fixtures.required)) func smolLM2() throws {
        let path = try #require(Fixtures.smolLM2, "run the script that fetches fixtures, or set LAYERSKIP_CACHE")
        let file = try GGUFFile(path: path)
        #expect(try file.metadata.integer(named: "llama.block_count") == 30)
        #expect(try file.metadata.integer(named: "llama.embedding_length") == 576)
        #expect(try file.metadata.strings(named: "tokenizer.ggml.tokens").count == 49152)
        #expect(file.tensors.count == 272)
        let weights = Weights(try GGUFSource(file))
        #expect(try weights("model.embed_tokens.weight", 49152, 576).dtype == .q8_0)
        let attention = weights["model"]["layers"][29]["self_attn"]
        #expect(try attention("q_proj.weight", 576, 576).dtype == .q4_1)
        #expect(try attention("k_proj.weight", 192, 576).rows == 192)
        #expect(try weights["model"]["layers"][0]("input_layernorm.weight", 576).dtype == .f32)
        #expect(try weights.optional("lm_head.weight", 49152, 576)?.name == nil)
    }

    @Test(
        .enabled(if: Fixtures.tokenizerVectors != nil || Fixtures.required),
        arguments: ["deepseek-coder", "gpt-2", "llama-bpe", "llama-spm", "phi-3", "qwen2", "refact", "starcoder"])
    func vocabulary(name: String) throws {
        let folder = try #require(Fixtures.tokenizerVectors)
        let file = try GGUFFile(path: "\(folder)/ggml-vocab-\(name).gguf")
        #expect(file.tensors.isEmpty)
        #expect(try file.metadata.strings(named: "tokenizer.ggml.tokens").count >= 32000)
    }
}
