import CheckpointFiles
import LanguageModels
import LayerSkip
import TestSupport

/// The small files of a model folder: the input is `config.json`, zero, `generation_config.json`, zero,
/// `tokenizer_config.json`. Its weights and its `tokenizer.json` are fixed.
enum ConfigurationTarget: FuzzTarget {
    static let name = "configuration"

    private static let names = ["config.json", "generation_config.json", "tokenizer_config.json"]

    static func seeds() throws -> [[UInt8]] {
        let exported = try names.map { try contents("\(model)/\($0)") }
        return [Array(exported.joined(separator: [0]))]
            + [
                """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 320, "hidden_size": 8,
                 "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "head_dim": 8,
                 "max_position_embeddings": 64, "rms_norm_eps": 1e-05, "hidden_act": "silu", "rope_theta": 10000.0,
                 "tie_word_embeddings": true, "bos_token_id": 1, "eos_token_id": [2, 0], "torch_dtype": "float32",
                 "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                 "high_freq_factor": 4.0, "original_max_position_embeddings": 32}}\0{"eos_token_id": 2}\0\
                {"tokenizer_class": "GPT2Tokenizer", "eos_token": {"content": "<|im_end|>"}, "add_eos_token": false}
                """,
                """
                {"model_type": "llama", "vocab_size": 320, "hidden_size": 8, "intermediate_size": 8,
                 "num_hidden_layers": 1, "num_attention_heads": 1, "rope_parameters": {"rope_type": "default",
                 "rope_theta": 1e4}, "dtype": "bfloat16", "mlp_bias": false, "attention_bias": null,
                 "partial_rotary_factor": 1}\0{"eos_token_id": [0, 1, 2, 3]}\0{"chat_template": [{"name": "default",
                 "template": "a"}, {"name": "tool_use", "template": "b"}], "clean_up_tokenization_spaces": false}
                """,
                """
                {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": 320, "hidden_size": 8,
                 "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "num_key_value_heads": 1,
                 "head_dim": 8, "attention_bias": false, "layer_types": ["full_attention"], "use_sliding_window": false,
                 "sliding_window": null, "rope_theta": 1000000, "tie_word_embeddings": true}\0{}\0{}
                """,
                """
                {"architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3", "text_config":
                 {"model_type": "gemma3_text", "vocab_size": 320, "hidden_size": 8, "intermediate_size": 8,
                 "num_hidden_layers": 1, "num_attention_heads": 3, "max_position_embeddings": 64},
                 "vision_config": {}}\0{}\0{}
                """,
                """
                {"model_type": "gemma3_text", "vocab_size": 320, "hidden_size": 8, "intermediate_size": 8,
                 "num_hidden_layers": 2, "num_attention_heads": 1, "num_key_value_heads": 1, "head_dim": 8,
                 "hidden_activation": "gelu_pytorch_tanh", "query_pre_attn_scalar": 24, "sliding_window": 5,
                 "sliding_window_pattern": 6, "layer_types": ["sliding_attention", "full_attention"],
                 "rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6},
                 "sliding_attention": {"rope_type": "default"}}, "rope_local_base_freq": 10000.0,
                 "final_logit_softcapping": null, "use_bidirectional_attention": false}\0{}\0{}
                """,
                """
                {"model_type": "phi3", "vocab_size": 320, "hidden_size": 8, "intermediate_size": 8,
                 "num_hidden_layers": 1, "num_attention_heads": 1, "sliding_window": 262144,
                 "partial_rotary_factor": 0.75, "original_max_position_embeddings": 32, "max_position_embeddings": 64,
                 "rope_scaling": {"type": "longrope", "short_factor": [1, 1.5, 2], "long_factor": [1, 2, 3],
                 "attention_factor": 1.2}}\0{}\0{}
                """,
                """
                {"model_type": "mistral", "vocab_size": 320, "hidden_size": 8, "intermediate_size": 8,
                 "num_hidden_layers": 1, "num_attention_heads": 1, "num_key_value_heads": 1, "sliding_window": 5,
                 "rope_parameters": {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "beta_fast": 8,
                 "beta_slow": 0.5, "truncate": false, "mscale": 1, "mscale_all_dim": 0.5,
                 "original_max_position_embeddings": 16}}\0{}\0{}
                """,
                """
                {"model_type": "smollm3", "vocab_size": 320, "hidden_size": 8, "intermediate_size": 8,
                 "num_hidden_layers": 2, "num_attention_heads": 1, "num_key_value_heads": 1, "no_rope_layers": [0, 1],
                 "no_rope_layer_interval": 4, "use_sliding_window": true, "sliding_window": 5, "max_window_layers": 1,
                 "rope_scaling": {"rope_type": "dynamic", "factor": 2}, "attention_bias": true}\0{}\0{}
                """,
                """
                {"model_type": "granite", "vocab_size": 320, "hidden_size": 8, "intermediate_size": 8,
                 "num_hidden_layers": 1, "num_attention_heads": 1, "embedding_multiplier": 12,
                 "attention_multiplier": 0.2, "residual_multiplier": 0.22, "logits_scaling": 8}\0{}\0{}
                """,
                """
                {"architectures": ["LlamaForCausalLM"], "quantization_config": {"quant_method": "gptq", "bits": 4,
                 "load_in_4bit": false}, "compression_config": null, "quantization": 7}\0{}\0{}
                """,
            ].map { Array($0.utf8) }
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let parts = input.parts(3)
        for (part, name) in zip(parts, names) { folder.write(part, as: name) }
        try prepare(folder)
        let path = folder.file("config.json")
        // The weights can be shown, whatever the other files are.
        require(try CheckpointSummary(path: folder.path).tensors.count > 0, "no tensors")
        let configuration = try HuggingFaceConfiguration(path: path)
        try check(configuration, in: folder)
        let checkpoint = try Checkpoint(path: folder.path)
        _ = try CheckpointSummary(checkpoint)
        _ = try checkpoint.tokenizer()
        // The weights are those of the first seed's model; any other model is an error.
        _ = try checkpoint.model()
    }

    private static func check(_ configuration: HuggingFaceConfiguration, in folder: TemporaryFolder) throws {
        let again = folder.write(try configuration.json(file: "again.json"), as: "again.json")
        let readAgain = try HuggingFaceConfiguration(path: again)
        var expected = configuration
        // Factors without effect are not written.
        if case .divided(let divisors) = expected.model.rope.scaling, divisors.allSatisfy({ $0 == 1 }) {
            expected.model.rope.scaling = .none
        }
        // What was ignored, and where the folder came from, are not written either.
        (expected.notes, expected.origin) = (readAgain.notes, readAgain.origin)
        require(readAgain == expected, "\(readAgain) is \(expected)")
    }

    /// Writes the fixed files, once.
    private static func prepare(_ folder: TemporaryFolder) throws {
        if folder.contents.contains("model.safetensors") { return }
        for name in ["model.safetensors", "tokenizer.json"] { folder.write(try contents("\(model)/\(name)"), as: name) }
    }

    private static let temporary = TemporaryFolder()
    /// Makes a folder with a complete model.
    private static let model: String = {
        var tiny = TinyLlamaFile()
        tiny.layers = 1
        tiny.width = 8
        tiny.heads = 1
        tiny.keyValueHeads = 1
        tiny.headDimension = 8
        tiny.feedForwardWidth = 8
        do {
            try tiny.write(to: temporary.file("model.gguf"))
            let export = try CheckpointExport(path: temporary.file("model.gguf"), to: .safetensors)
            guard try export.write(to: temporary.file("model")) else { fatalError("nothing was written") }
        } catch {
            fatalError("\(error)")
        }
        return temporary.file("model")
    }()
}
