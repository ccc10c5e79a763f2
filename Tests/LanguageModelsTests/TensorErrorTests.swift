import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("Wrong tensors of a Llama")
struct TensorErrorTests {
    @Test(arguments: missing + shapes + unknown) func areRefused(model: DamagedModel) throws {
        #expect(try model.error() != nil)
    }

    /// Every tensor that the tiny model requires, with its shape.
    private static let missing = [
        ("token_embd.weight", [320, 64]), ("output_norm.weight", [64]), ("blk.0.attn_norm.weight", [64]),
        ("blk.0.attn_q.weight", [64, 64]), ("blk.1.attn_k.weight", [32, 64]), ("blk.0.attn_v.weight", [32, 64]),
        ("blk.1.attn_output.weight", [64, 64]), ("blk.0.ffn_norm.weight", [64]), ("blk.1.ffn_gate.weight", [96, 64]),
        ("blk.0.ffn_up.weight", [96, 64]), ("blk.1.ffn_down.weight", [64, 96]),
    ].map { name, shape in
        DamagedModel("no \(name)", says: "tensor \"\(name)\": expected shape \(shape), found no such tensor") {
            $1.removeAll { $0.name == name }
        }
    }

    private static let shapes = [
        DamagedModel(
            "transposed", tensor: .filled("blk.0.ffn_down.weight", [96, 64]),
            says: "expected shape [64, 96], found [96, 64]"),
        DamagedModel(
            "a vector for a matrix", tensor: .filled("blk.0.attn_q.weight", [4096]),
            says: "expected shape [64, 64], found [4096]"),
        DamagedModel(
            "a matrix for a vector", tensor: .filled("output_norm.weight", [1, 64]),
            says: "expected shape [64], found [1, 64]"),
        DamagedModel(
            "a head for other tokens", tensor: .filled("output.weight", [319, 64]),
            says: "expected shape [320, 64], found [319, 64]"),
        DamagedModel(
            "rope factors of another head size", tensor: .filled("rope_freqs.weight", [16]),
            says: "expected shape [8], found [16]"),
        DamagedModel("more blocks than tensors", says: missingBlock) { metadata, _ in
            metadata["llama.block_count"] = .uint32(4096)
        },
        DamagedModel("a smaller vocabulary", says: otherVocabulary) { metadata, _ in
            metadata["llama.vocab_size"] = .uint32(319)
        },
        DamagedModel("neither vocabulary nor embedding", says: noVocabulary) { metadata, tensors in
            metadata["llama.vocab_size"] = nil
            tensors.removeAll { $0.name == "token_embd.weight" }
        },
    ]

    private static let missingBlock = "tensor \"blk.2.attn_norm.weight\": expected shape [64], found no such tensor"
    private static let otherVocabulary = "tensor \"token_embd.weight\": expected shape [319, 64], found [320, 64]"
    private static let noVocabulary =
        "metadata key \"llama.vocab_size\": expected an integer or an embedding, found neither"

    /// Tensors that the model's graph does not use.
    private static let unknown =
        [
            "blk.0.attn_q.bias", "output_norm.bias", "blk.2.attn_q.weight", "blk.0.attn_q_norm.weight",
            "blk.0.ffn_gate_inp.weight", "blk.0.attn_q", "blk.00.attn_q.weight", "blk.-1.attn_q.weight",
            "model.norm.weight", "lm_head.weight", "v.patch_embd.weight", "",
        ].map { name in
            DamagedModel(
                name, tensor: .filled(name, [64]),
                says: "expected only tensors of a plain llama model with 2 blocks, found an unknown tensor")
        }

    @Test(arguments: [0, -1, -0.0, .infinity, .nan] as [Float]) func ropeFactorsMustBePositive(factor: Float) throws {
        var tiny = TinyLlamaFile()
        tiny.ropeScaling = .frequencyFactors([1, 1, 1, 2, 3, factor, 8, 8])
        let model = DamagedModel(
            "rope factors", says: "tensor \"rope_freqs.weight\": expected positive numbers, found \(factor)"
        ) { _, _ in }
        #expect(try model.error(tiny) != nil)
    }
}
