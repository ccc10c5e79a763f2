import CheckpointFiles

/// Settings in a model's files that are passed on unchanged, such as those that only other programs use.
struct PassedSettings: Sendable {
    /// Members of `tokenizer_config.json`, such as further special tokens and the side that is padded.
    var tokenizer = JSONMembers()
    /// Members of `generation_config.json`, such as the sampling that the model's makers recommend.
    var generation = JSONMembers()

    /// Creates an empty set of settings.
    init() {}

    /// Takes the settings from a folder's files.
    init(_ files: TextFiles) {
        tokenizer = files.tokenizerMembers.filter { Self.tokenizerKeys.contains($0) }
        generation = files.generationMembers.filter { key in
            !key.hasPrefix("_") && key != "transformers_version" && !Self.ids.contains(key)
        }
    }

    /// The members of `tokenizer_config.json` to pass on. Others, such as names of classes and files, apply only to the
    /// original folder.
    private static let tokenizerKeys: Set = [
        "additional_special_tokens", "clean_up_tokenization_spaces", "cls_token", "extra_special_tokens",
        "mask_token", "model_input_names", "model_max_length", "padding_side", "sep_token", "truncation_side",
    ]

    /// The members of `generation_config.json` with the beginning-of-text, end-of-text and padding tokens.
    private static let ids: Set = ["bos_token_id", "eos_token_id", "pad_token_id"]

    /// The members of `generation_config.json` that ``RecommendedSampling`` stores in a GGUF file.
    private static let keptInGGUF: Set = [
        "do_sample", "temperature", "top_k", "top_p", "min_p", "repetition_penalty",
    ]

    /// A note on settings that a GGUF file cannot store; nil if there are none.
    var lostInGGUF: String? {
        let defaults: Set = ["output_attentions", "output_hidden_states", "use_cache"]
        let lost = generation.keys.filter { !defaults.contains($0) && !Self.keptInGGUF.contains($0) }
        guard !lost.isEmpty else { return nil }
        return "a GGUF file has no place for the defaults of generation: " + lost.map(\.quoted).joined(separator: ", ")
    }
}

extension JSONMembers {
    /// Returns the JSON of these members merged with those of an encoded value. These take precedence.
    func completed(by value: some Encodable) -> [UInt8] {
        values.isEmpty ? JSONText.encode(value) : JSONMembers(encoding: value).merging(self).json
    }
}
