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
        #expect(file.tensor(named: "token_embd.weight")?.dtype == .q8_0)
        #expect(file.tensor(named: "blk.29.attn_q.weight")?.dtype == .q4_1)
        #expect(file.tensor(named: "blk.29.attn_k.weight")?.shape == [192, 576])
        #expect(file.tensor(named: "blk.0.attn_norm.weight")?.dtype == .f32)
        #expect(file.tensor(named: "output.weight")?.name == nil)
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
