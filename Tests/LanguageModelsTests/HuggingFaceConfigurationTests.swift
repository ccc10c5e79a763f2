import CheckpointFiles
@testable import LanguageModels
import TensorCore
import TestSupport
import Testing

@Suite("config.json")
struct HuggingFaceConfigurationTests {
    let folder = TemporaryFolder()

    @Test func whatIsLeftOutIsTransformersDefault() throws {
        let found = try folder.configuration([:])
        let attention = AttentionShape(heads: 4, keyValueHeads: 4, headDimension: 8)
        let expected = ModelConfiguration(
            layerCount: 2, width: 32, feedForwardWidth: 40, attention: attention, vocabularySize: 64,
            contextLength: 2048, normEpsilon: 1e-6, rope: RoPE(base: 10_000))
        #expect(found == HuggingFaceConfiguration(model: expected, tiesHead: false))
    }

    @Test func everythingIsRead() throws {
        let found = try folder.configuration([
            "num_key_value_heads": "2", "head_dim": "16", "max_position_embeddings": "4096", "rms_norm_eps": "1e-05",
            "rope_theta": "500000.0", "rope_scaling": "{\"type\": \"linear\", \"factor\": 4}",
            "tie_word_embeddings": "true", "bos_token_id": "1", "eos_token_id": "[2, 3]", "torch_dtype": "\"bfloat16\"",
            "architectures": "[\"LlamaForCausalLM\"]", "hidden_act": "\"silu\"", "attention_bias": "false",
            "mlp_bias": "false", "pad_token_id": "-1", "transformers_version": "\"4.0\"", "use_cache": "true",
            "quantization_config": "null",
        ])
        #expect(found.model.attention == AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 16))
        #expect(found.model.contextLength == 4096 && found.model.normEpsilon == 1e-5)
        #expect(found.model.rope == RoPE(base: 500_000, scaling: .linear(factor: 4)))
        #expect(found.tiesHead && found.beginningOfText == 1 && found.endsOfText == [2, 3] && found.dtype == .bf16)
        #expect(try folder.configuration(["eos_token_id": "5"]).endsOfText == [5])
        #expect(try folder.configuration(["eos_token_id": "null"]).endsOfText == [])
        let odd = try folder.configuration([
            "eos_token_id": "[5, 64]", "bos_token_id": "\"<s>\"", "pad_token_id": "[1]",
        ])
        #expect(odd.endsOfText == [5] && odd.beginningOfText == nil && odd.padding == nil)
        #expect(odd.notes.count == 3 && odd.notes[0].hasPrefix("eos_token_id 64 in "))
        #expect(try folder.configuration(["rope_scaling": "null"]).model.rope == RoPE(base: 10_000))
        let newer = try folder.configuration([
            "rope_parameters": "{\"rope_type\": \"default\", \"rope_theta\": 7}", "dtype": "\"float16\"",
        ])
        #expect(newer.model.rope.base == 7 && newer.dtype == .f16)
    }

    @Test func keysOfUnknownMeaningAreSaid() throws {
        #expect(
            try folder.configuration(["use_cache": "true", "_name_or_path": "\"a/b\"", "auto_map": "{}"]).model.notes
                .texts == [])
        let notes = try folder.configuration(["clip_qkv": "8", "attn_temperature": "2", "quantization_config": "null"])
            .model.notes
            .texts
        #expect(
            notes == [
                "config.json has keys of unknown meaning, which are ignored: \"attn_temperature\", \"clip_qkv\""
            ])
    }

    /// Llama 3.2 by hand. Pair i turns t = 8192 * 500000^(-i/32) / 2 pi times in 8192 positions: 4.19 times (i = 14),
    /// 2.779 (15), 1.844 (16), 1.224 (17) and 0.81 (18). It keeps the fraction (t - 1) / 3 of its frequency, and the
    /// rest is divided by 32.
    @Test func llama3Scaling() throws {
        let found = try folder.configuration([
            "head_dim": "64", "rope_theta": "500000.0",
            "rope_scaling": """
            {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, \
            "original_max_position_embeddings": 8192, "rope_type": "llama3"}
            """,
        ])
        guard case .llama3(let scaling) = found.model.rope.scaling else {
            Issue.record("\(found.model.rope)")
            return
        }
        let factors = scaling.divisors(ropeBase: 500_000, headDimension: 64)
        #expect(factors.count == 32)
        #expect(factors[0] == 1 && factors[14] == 1 && factors[18] == 32 && factors[31] == 32)
        for (pair, expected) in [(15, 1.65133), (16, 3.29226), (17, 9.66673)] {
            #expect(abs(Double(factors[pair]) - expected) < 1e-5 * expected)
        }
    }

    @Test(
        arguments: [
            (["hidden_size": nil], "key \"hidden_size\": expected a value, found no such key"),
            (["hidden_size": "\"32\""], "key \"hidden_size\": expected an integer, found a string"),
            (["hidden_size": "0"], "key \"hidden_size\": expected an integer in 1...16777216, found 0"),
            (["hidden_size": "-32"], "key \"hidden_size\": expected an integer in 1...16777216, found -32"),
            (["num_hidden_layers": "5000"], "key \"num_hidden_layers\": expected an integer in 1...4096, found 5000"),
            (
                ["vocab_size": "3000000000"],
                "key \"vocab_size\": expected an integer in 1...16777216, found 3000000000"
            ),
            (["num_attention_heads": "5"], "key \"num_attention_heads\": expected a divisor of the width 32, found 5"),
            (
                ["num_attention_heads": "32"],
                "key \"num_attention_heads\": expected heads of an even size up to 4096, found size 1"
            ),
            (["num_key_value_heads": "3"], "key \"num_key_value_heads\": expected a divisor of the 4 heads, found 3"),
            (["num_key_value_heads": "8"], "key \"num_key_value_heads\": expected an integer in 1...4, found 8"),
            (["head_dim": "7"], "key \"head_dim\": expected heads of an even size up to 4096, found size 7"),
            (["rms_norm_eps": "0"], "key \"rms_norm_eps\": expected a number above 0 and below 1, found 0.0"),
            (["rms_norm_eps": "1e-60"], "key \"rms_norm_eps\": expected a number above 0 and below 1, found 1e-60"),
            (["hidden_act": "\"gelu\""], "key \"hidden_act\": expected \"silu\", found \"gelu\""),
            (
                ["use_sliding_window": "true"],
                "key \"use_sliding_window\": expected false (a plain llama model), found true"
            ),
            (
                ["layer_types": "[\"full_attention\", \"sliding_attention\"]"],
                "key \"layer_types\": expected \"full_attention\" in every layer, found \"sliding_attention\""
            ),
            (
                ["partial_rotary_factor": "0.5"],
                "key \"partial_rotary_factor\": expected 1 (a plain llama model), found 0.5"
            ),
            (
                ["quantization_config": "{}"],
                "key \"quantization_config\": expected weights in F32, F16 or BF16, found weights quantized with an "
                    + "unnamed method; use the folder of the model without quantization, or a GGUF file of it"
            ),
            (
                ["architectures": "[\"LlamaForTokenClassification\"]"],
                "key \"architectures\": expected LlamaForCausalLM, found \"LlamaForTokenClassification\""
            ),
            (["rope_theta": "0.5"], "key \"rope_theta\": expected a number of at least 1, found 0.5"),
            (
                ["rope_scaling": "{\"type\": \"linear\"}"],
                "key \"rope_scaling.factor\": expected a positive number, found no such key"
            ),
            (
                ["rope_scaling": "{\"type\": \"linear\", \"factor\": 0}"],
                "key \"rope_scaling.factor\": expected a positive number, found 0.0"
            ),
            (
                ["rope_scaling": "{\"type\": \"mrope\"}"],
                "key \"rope_scaling.rope_type\": expected \"default\" or \"longrope\" or \"linear\" or \"dynamic\" or "
                    + "\"llama3\" or \"yarn\", found \"mrope\""
            ),
            (
                [
                    "rope_parameters":
                        "{\"rope_type\": \"llama3\", \"original_max_position_embeddings\": 64, \"factor\": 8, "
                        + "\"low_freq_factor\": 4, \"high_freq_factor\": 4}"
                ], "key \"rope_parameters.high_freq_factor\": expected more than low_freq_factor, found 4.0"
            ),
            (
                [
                    "rope_parameters":
                        "{\"rope_type\": \"llama3\", \"original_max_position_embeddings\": 64, \"factor\": 1e300, "
                        + "\"low_freq_factor\": 1, \"high_freq_factor\": 4}"
                ],
                "key \"rope_parameters.factor\": expected numbers for which F32 can hold all frequencies, found 1e+300"
            ),
        ] as [([String: String?], String)]) func whatIsWrongIsSaid(changes: [String: String?], message: String)
    {
        #expect(folder.complaint(changes) == "config.json: " + message)
    }

    @Test func qwensHaveDefaultsOfTheirOwn() throws {
        let many = ["num_attention_heads": "64", "hidden_size": "128"]
        let second = try folder.configuration(many.merging(["model_type": "\"qwen2\""]) { $1 }).model
        #expect(second.architecture == .qwen2 && second.contextLength == 32768)
        #expect(second.attention == AttentionShape(heads: 64, keyValueHeads: 32, headDimension: 2))
        let third = try folder.configuration(many.merging(["model_type": "\"qwen3\""]) { $1 }).model
        #expect(third.architecture == .qwen3)
        #expect(third.attention == AttentionShape(heads: 64, keyValueHeads: 32, headDimension: 128))
        #expect(
            folder.complaint(["model_type": "\"qwen3\"", "mlp_bias": "true"])
                == "config.json: key \"mlp_bias\": expected false (a plain qwen3 model), found true")
        #expect(
            folder.complaint(["model_type": "\"qwen2\"", "architectures": "[\"LlamaForCausalLM\"]"])
                == "config.json: key \"architectures\": expected Qwen2ForCausalLM, found \"LlamaForCausalLM\"")
    }

    @Test(arguments: Architecture.all) func architecturesAreWrittenAndRead(architecture: Architecture) throws {
        let configuration = ModelConfiguration(
            architecture: architecture, layerCount: 3, width: 48, feedForwardWidth: 10,
            attention: AttentionShape(heads: 6, keyValueHeads: 3, headDimension: 20),
            vocabularySize: 100, contextLength: 77, normEpsilon: 1e-5, rope: RoPE(base: 1e6))
        let written = HuggingFaceConfiguration(model: configuration, tiesHead: false)
        let path = folder.file("config.json")
        try TextFile.write(written.json(file: path), to: path)
        #expect(try HuggingFaceConfiguration(path: path) == written)
        #expect(try TextFile.text(path).contains("attention_bias") == !architecture.optionalBiases.isEmpty)
    }

    @Test func whatIsNoJSONIsAnError() {
        for text in ["", " ", "[]", "{", "\u{0}", "{\"hidden_size\": 1e999}", String(repeating: "[", count: 100_000)] {
            let path = folder.write(Array(text.utf8), as: "config.json")
            #expect(throws: CheckpointError.self) { try HuggingFaceConfiguration(path: path) }
        }
    }

    /// The rule is written as it was read; deriving it from the factors would change its last bits.
    @Test(arguments: [(37, 1.0, 4.0), (8192, 1, 4), (5000, 1.25, 3.5)])
    func llama3ScalingIsWrittenAsItWasRead(context: Int, low: Double, high: Double) throws {
        let found = try folder.configuration([
            "head_dim": "84",
            "rope_scaling": """
            {"factor": 8, "high_freq_factor": \(high), "low_freq_factor": \(low), \
            "original_max_position_embeddings": \(context), "rope_type": "llama3"}
            """,
        ])
        let path = folder.file("again.json")
        try TextFile.write(found.json(file: path), to: path)
        #expect(try HuggingFaceConfiguration(path: path) == found)
    }

    @Test(
        arguments: [
            .none, .linear(factor: 2.5), .dynamic(factor: 4), .divided([1, 1, 1, 1]),
            .yarn(YaRNScaling(factor: 4, originalContext: 32)),
            .yarn(YaRNScaling(factor: 4, originalContext: 32, attentionFactor: 1.25)),
            .longRoPE(
                LongRoPEScaling(
                    shortDivisors: [1, 1.1, 1.2, 1.3], longDivisors: [2, 3, 4, 5.5], originalContext: 20,
                    attentionFactor: 1.19)),
        ] as [RoPE.Scaling]) func whatIsWrittenIsRead(scaling: RoPE.Scaling) throws
    {
        let llama = ModelConfiguration(
            layerCount: 3, width: 48, feedForwardWidth: 10,
            attention: AttentionShape(heads: 6, keyValueHeads: 3, headDimension: 8),
            vocabularySize: 100, contextLength: 77, normEpsilon: 1e-5,
            rope: RoPE(base: 123_456.5, scaling: scaling))
        let written = HuggingFaceConfiguration(
            model: llama, tiesHead: true, beginningOfText: 1, endsOfText: [2, 99], dtype: .f16)
        let path = folder.file("config.json")
        try TextFile.write(written.json(file: path), to: path)
        var expected = written
        if case .divided = scaling { expected.model.rope.scaling = .none }
        #expect(try HuggingFaceConfiguration(path: path) == expected)
        #expect(try TextFile.text(path).contains("\"rms_norm_eps\" : 1e-05"))
    }
}
