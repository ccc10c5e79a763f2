import CheckpointFiles

/// What a model folder's files say that is not used here but that other programs read: it is passed on as it is
/// written.
struct PassedSettings: Sendable {
    /// Members of `tokenizer_config.json`, such as further special tokens and the side that is padded.
    var tokenizer = JSONMembers()
    /// Members of `generation_config.json`, such as the sampling that the model's makers recommend.
    var generation = JSONMembers()

    /// Nothing to pass on.
    init() {}

    /// What a folder's files have.
    init(_ files: TextFiles) {
        // One template is known by its text; a list of several is passed on whole.
        let hasTemplates = files.tokenizerMembers["chat_template"]?.hasPrefix("[") == true
        tokenizer = files.tokenizerMembers.filter { key in
            Self.tokenizerKeys.contains(key) || hasTemplates && key == "chat_template"
        }
        generation = files.generationMembers.filter { key in
            !key.hasPrefix("_") && key != "transformers_version" && !Self.ids.contains(key)
        }
    }

    /// The members of `tokenizer_config.json` to pass on. Others, such as the names of classes and files, belong to the
    /// folder as it was.
    private static let tokenizerKeys: Set = [
        "additional_special_tokens", "clean_up_tokenization_spaces", "cls_token", "extra_special_tokens",
        "mask_token", "model_input_names", "model_max_length", "padding_side", "sep_token", "truncation_side",
    ]

    /// The members of `generation_config.json` that say which tokens begin, end and fill texts.
    private static let ids: Set = ["bos_token_id", "eos_token_id", "pad_token_id"]

    /// What a GGUF file has no place for, for people; nil where there is nothing.
    var lostInGGUF: String? {
        let defaults: Set = ["output_attentions", "output_hidden_states", "use_cache"]
        let lost = generation.values.keys.filter { !defaults.contains($0) }.sorted()
        guard !lost.isEmpty else { return nil }
        return "a GGUF file has no place for the defaults of generation: " + lost.map(\.quoted).joined(separator: ", ")
    }
}

extension JSONMembers {
    /// The JSON of these members and of what a value is encoded as. These count where both have one.
    func completed(by value: some Encodable) -> [UInt8] {
        values.isEmpty ? JSONText.encode(value) : JSONMembers(encoding: value).merging(self).json
    }
}
