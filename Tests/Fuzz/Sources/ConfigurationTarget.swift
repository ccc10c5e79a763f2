import CheckpointFiles
import LanguageModels
import LayerSkip
import TestSupport

/// The small files of a model folder: the input is `config.json`, zero, `generation_config.json`, zero,
/// `tokenizer_config.json`. Its weights and its `tokenizer.json` are always the same.
enum ConfigurationTarget: FuzzTarget {
    static let name = "configuration"

    static func seeds() -> [[UInt8]] {
        [
            """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 262, "hidden_size": 8,
             "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1,
             "head_dim": 4, "max_position_embeddings": 64, "rms_norm_eps": 1e-05, "hidden_act": "silu",
             "rope_theta": 10000.0, "tie_word_embeddings": true, "bos_token_id": 1, "eos_token_id": [2, 0],
             "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
             "original_max_position_embeddings": 32}, "torch_dtype": "float32"}\0{"eos_token_id": 2, "bos_token_id": 1}\
            \0{"tokenizer_class": "GPT2Tokenizer", "bos_token": "<s>", "eos_token": {"content": "</s>"},
             "add_bos_token": true, "add_eos_token": false, "chat_template": "{% for message in messages %}"}
            """,
            """
            {"model_type": "llama", "vocab_size": 262, "hidden_size": 8, "intermediate_size": 8,
             "num_hidden_layers": 1, "num_attention_heads": 2, "rope_parameters": {"rope_type": "default",
             "rope_theta": 1e4}, "dtype": "bfloat16", "mlp_bias": false, "attention_bias": null,
             "partial_rotary_factor": 1}\0{"eos_token_id": [0, 1, 2, 3]}\0{"chat_template": [{"name": "default",
             "template": "a"}, {"name": "tool_use", "template": "b"}], "clean_up_tokenization_spaces": false}
            """,
        ].map { Array($0.utf8) }
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let parts = input.parts(3)
        for (part, name) in zip(parts, ["config.json", "generation_config.json", "tokenizer_config.json"]) {
            folder.write(part, as: name)
        }
        try prepare(folder)
        let path = folder.file("config.json")
        let configuration = try HuggingFaceConfiguration(path: path)
        try check(configuration, in: folder)
        let checkpoint = try Checkpoint(path: folder.path)
        _ = try Tokenizer(TokenizerDefinition(checkpoint))
        _ = try CheckpointSummary(path: folder.path)
        // The weights are of another model, mostly: then this is an error.
        _ = try StoredLlama(checkpoint)
    }

    private static func check(_ configuration: HuggingFaceConfiguration, in folder: TemporaryFolder) throws {
        let again = folder.write(try configuration.json(file: "again.json"), as: "again.json")
        let readAgain = try HuggingFaceConfiguration(path: again)
        var expected = configuration
        // Factors that change nothing are written as none.
        if let factors = expected.llama.ropeFrequencyFactors, factors.allSatisfy({ $0 == 1 }) {
            expected.llama.ropeFrequencyFactors = nil
        }
        require(readAgain == expected, "\(readAgain) is \(expected)")
    }

    /// Writes the files that are always the same, once.
    private static func prepare(_ folder: TemporaryFolder) throws {
        if folder.contents.contains("model.safetensors") { return }
        folder.write(TokenizerTarget.seeds()[0], as: "tokenizer.json")
        var writer = SafetensorsWriter()
        let tensor = StoredTensor(name: "", dtype: .f32, shape: [8], bytes: [UInt8](repeating: 0, count: 32))
        writer.add("model.norm.weight", .f32, shape: [8]) { tensor }
        try writer.write(to: folder.file("model.safetensors"))
    }
}
