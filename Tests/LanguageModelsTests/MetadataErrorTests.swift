import CheckpointFiles
@testable import LanguageModels
import TestSupport
import Testing

/// Metadata that a file must have. The tiny model has 2 blocks, a width of 64, and 4 heads in 2 groups.
@Suite("Wrong metadata of a Llama")
struct MetadataErrorTests {
    @Test(arguments: architecture + sizes + heads + numbers) func isRefused(model: DamagedModel) throws {
        #expect(try model.error() != nil)
    }

    private static let architecture = [
        DamagedModel("general.architecture", nil, says: "expected a string, found no such key"),
        DamagedModel(
            "general.architecture", .string("mamba"),
            says: "expected a supported architecture (\(knownNames)), found \"mamba\""),
        DamagedModel("general.architecture", .uint32(1), says: "expected a string, found uint32"),
        DamagedModel("llama.expert_count", .uint32(8), says: "expected 0 (a model without experts), found 8"),
    ]

    private static let sizes = [
        DamagedModel("llama.block_count", nil, says: "expected an integer, found no such key"),
        DamagedModel("llama.block_count", .uint32(0), says: "expected an integer in 1...4096, found 0"),
        DamagedModel("llama.block_count", .int32(-1), says: "expected an integer in 1...4096, found -1"),
        DamagedModel("llama.block_count", .uint32(4097), says: "expected an integer in 1...4096, found 4097"),
        DamagedModel("llama.embedding_length", nil, says: "expected an integer, found no such key"),
        DamagedModel("llama.embedding_length", .uint32(0), says: "expected an integer in 1...16777216, found 0"),
        DamagedModel(
            "llama.embedding_length", .uint64(.max), says: "expected an integer in 1...16777216, found \(UInt64.max)"),
        DamagedModel("llama.feed_forward_length", nil, says: "expected an integer, found no such key"),
        DamagedModel(
            "llama.feed_forward_length", .array(.int32s([96, 95])),
            says: "expected an integer in 1...16777216, or a list of the same one for each of 2 layers, "
                + "found a list of others"),
        DamagedModel("llama.context_length", nil, says: "expected an integer, found no such key"),
        DamagedModel("llama.context_length", .uint32(0), says: "expected an integer in 1...1073741824, found 0"),
        DamagedModel("llama.vocab_size", .uint32(0), says: "expected an integer in 1...16777216, found 0"),
    ]

    private static let heads = [
        DamagedModel("llama.attention.head_count", nil, says: "expected an integer, found no such key"),
        DamagedModel("llama.attention.head_count", .uint32(0), says: "expected an integer in 1...16777216, found 0"),
        DamagedModel("llama.attention.head_count", .uint32(6), says: "expected a divisor of the width 64, found 6"),
        DamagedModel(
            "llama.attention.head_count", .uint32(64), says: "expected heads of an even size up to 4096, found size 1"),
        DamagedModel("llama.attention.head_count_kv", .uint32(0), says: "expected an integer in 1...4, found 0"),
        DamagedModel("llama.attention.head_count_kv", .uint32(8), says: "expected an integer in 1...4, found 8"),
        DamagedModel("llama.attention.head_count_kv", .uint32(3), says: "expected a divisor of the 4 heads, found 3"),
        DamagedModel(
            "llama.attention.head_count_kv", .array(.int32s([2])),
            says: "expected an integer in 1...4, or a list of the same one for each of 2 layers, found a list of others"
        ),
        DamagedModel(
            "llama.attention.key_length", .uint32(15),
            says: "expected heads of an even size up to 4096, found size 15"),
        DamagedModel("llama.attention.key_length", .uint32(0), says: "expected an integer in 2...4096, found 0"),
        DamagedModel("llama.attention.key_length", .uint32(5000), says: "expected an integer in 2...4096, found 5000"),
        DamagedModel("llama.attention.value_length", .uint32(8), says: "expected the head size 16, found 8"),
        DamagedModel("llama.rope.dimension_count", .uint32(8), says: "expected the head size 16, found 8"),
    ]

    private static let numbers =
        [0, -1e-5, 1, 1e-60].map { (epsilon: Double) in
            DamagedModel(
                "llama.attention.layer_norm_rms_epsilon", .float64(epsilon),
                says: "expected a number above 0 and below 1, found \(epsilon)")
        } + [
            DamagedModel(
                "llama.attention.layer_norm_rms_epsilon", nil, says: "expected a number, found no such key"),
            DamagedModel(
                "llama.attention.layer_norm_rms_epsilon", .float32(.nan), says: "expected a finite number, found nan"),
            DamagedModel("llama.rope.freq_base", .float32(0), says: "expected a number of at least 1, found 0.0"),
            DamagedModel("llama.rope.freq_base", .float32(-10), says: "expected a number of at least 1, found -10.0"),
            DamagedModel("llama.rope.freq_base", .float32(.infinity), says: "expected a finite number, found inf"),
            DamagedModel("llama.rope.scaling.factor", .float32(-1), says: "expected a positive number, found -1.0"),
            DamagedModel("llama.rope.scale_linear", .float32(-4), says: "expected a positive number, found -4.0"),
            DamagedModel(
                "llama.rope.scaling.type", .string("linear"),
                says: "expected a number, found no such key", key: "llama.rope.scaling.factor"),
            DamagedModel(
                "llama.rope.scaling.type", .string("yarn"),
                says: "expected a number, found no such key", key: "llama.rope.scaling.factor"),
            DamagedModel(
                "llama.rope.scaling.type", .string("longrope"),
                says:
                    "expected \"longrope\" and both rope_factors_short.weight and rope_factors_long.weight, or none of "
                    + "these, found \"longrope\""),
            DamagedModel(
                "llama.rope.scaling.type", .string("mrope"),
                says: "expected \"none\", \"linear\", \"yarn\" or \"longrope\", found \"mrope\""),
            DamagedModel(
                "llama.rope.scaling.attn_factor", .float32(2),
                says: "expected 1, except for \"yarn\" and \"longrope\", found 2.0"),
        ]

    @Test func wholeYarnFilesAreRead() throws {
        let folder = TemporaryFolder()
        var tiny = TinyLlamaFile()
        tiny.ropeScaling = .yarn(factor: 4, originalContext: 128)
        try tiny.write(to: folder.file("yarn.gguf"))
        let files = try ModelFiles(path: folder.file("yarn.gguf"))
        #expect(files.configuration.rope.scaling == .yarn(YaRNScaling(factor: 4, originalContext: 128)))
    }
}
