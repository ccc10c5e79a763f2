import CheckpointFiles

/// The keys of `config.json`, and of a GGUF file's architecture, that nothing here reads. They are ignored, so the user
/// is told about those whose meaning is not known.
enum UnknownKeys {
    /// Keys that cannot change what a model computes from its tokens: they describe the file, its training, or how
    /// transformers runs it. Keys that begin with an underscore are of this kind, too.
    private static let harmless: Set = [
        "add_cross_attention", "architectures", "attention_dropout", "attn_implementation", "auto_map", "bad_words_ids",
        "begin_suppress_tokens", "chunk_size_feed_forward", "classifier_dropout", "cross_attention_hidden_size",
        "decoder_start_token_id", "diversity_penalty", "do_sample", "early_stopping", "embd_pdrop", "embedding_dropout",
        "encoder_no_repeat_ngram_size", "exponential_decay_length_penalty", "finetuning_task", "forced_bos_token_id",
        "forced_eos_token_id", "hidden_dropout", "id2label", "initializer_range", "is_decoder", "is_encoder_decoder",
        "label2id", "length_penalty", "max_length", "min_length", "name_or_path", "no_repeat_ngram_size",
        "num_beam_groups", "num_beams", "num_return_sequences", "output_attentions", "output_hidden_states",
        "output_scores", "prefix", "pretraining_tp", "problem_type", "pruned_heads", "remove_invalid_values",
        "repetition_penalty", "resid_pdrop", "return_dict", "return_dict_in_generate", "sep_token_id",
        "suppress_tokens", "task_specific_params", "temperature", "tf_legacy_loss", "tie_encoder_decoder",
        "tokenizer_class", "top_k", "top_p", "torchscript", "transformers_version", "typical_p", "unsloth_fixed",
        "unsloth_version", "use_bfloat16", "use_cache",
    ]

    /// The keys of GGUF files that are read, or that change nothing in a model without experts, without the name of the
    /// architecture before them. Those of RoPE's scaling are in ``ggufRoPE``.
    private static let gguf: Set = [
        "attention.causal", "attention.head_count", "attention.head_count_kv", "attention.key_length",
        "attention.layer_norm_rms_epsilon", "attention.scale", "attention.sliding_window",
        "attention.sliding_window_pattern", "attention.value_length", "attn_logit_softcapping", "block_count",
        "context_length", "embedding_length", "embedding_scale", "expert_count", "expert_feed_forward_length",
        "expert_used_count", "feed_forward_length", "final_logit_softcapping", "logit_scale", "residual_scale",
        "tensor_data_layout", "vocab_size",
    ]

    /// The keys of GGUF files for RoPE.
    private static let ggufRoPE: Set = [
        "rope.dimension_count", "rope.freq_base", "rope.freq_base_swa", "rope.rotated_layers", "rope.scale_linear",
        "rope.scaling.attn_factor", "rope.scaling.factor", "rope.scaling.finetuned",
        "rope.scaling.original_context_length", "rope.scaling.type", "rope.scaling.yarn_attn_factor",
        "rope.scaling.yarn_beta_fast", "rope.scaling.yarn_beta_slow", "rope.scaling.yarn_truncate",
    ]

    /// Returns a note that names the keys in `config.json` that are not read; nil if there are none. A null value means
    /// nothing.
    static func note(_ members: JSONMembers, _ architecture: Architecture) -> String? {
        let others = Set(architecture.otherKeys.map(\.rawValue))
        return note(
            members.keys.filter {
                members[$0] != "null" && !$0.hasPrefix("_") && !harmless.contains($0)
                    && (ConfigurationFile.CodingKeys(rawValue: $0) == nil || others.contains($0))
            }, in: "config.json")
    }

    /// Returns a note that names the architecture's keys of unknown meaning in a GGUF file; nil if there are none.
    static func note(_ metadata: GGUFMetadata, _ architecture: Architecture) -> String? {
        let prefix = architecture.key("")
        var known = gguf.union(ggufRoPE).subtracting(architecture.otherGGUFKeys)
        if architecture == .gemma3 { known.formUnion(ConfigurationMetadata.namesInOllama.values) }
        return note(
            metadata.keys.filter { $0.hasPrefix(prefix) && !known.contains(String($0.dropFirst(prefix.count))) },
            in: "the metadata")
    }

    private static func note(_ unknown: [String], in place: String) -> String? {
        guard !unknown.isEmpty else { return nil }
        let names = unknown.prefix(8).map(\.quoted).joined(separator: ", ")
        let rest = unknown.count > 8 ? " and \(unknown.count - 8) more" : ""
        let keys = unknown.count == 1 ? "a key of unknown meaning, which is" : "keys of unknown meaning, which are"
        return "\(place) has \(keys) ignored: \(names)\(rest)"
    }
}
