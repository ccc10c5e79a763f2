"""Writes the rotary embedding of a model of transformers to a GGUF file, as llama.cpp's converter does."""

import gguf
import numpy as np


def write_metadata(writer, model):
    """Sets the keys of RoPE, except its dimension count."""
    config = model.config
    rope = config.rope_parameters
    if config.model_type == "gemma3_text":
        writer.add_rope_freq_base_swa(rope["sliding_attention"]["rope_theta"])
        rope = rope["full_attention"]
    writer.add_rope_freq_base(rope["rope_theta"])
    match rope["rope_type"]:
        case "linear":
            writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(rope["factor"])
        case "yarn":
            writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
            writer.add_rope_scaling_factor(rope["factor"])
            writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
            writer.add_rope_scaling_yarn_attn_factor(rope["attention_factor"])
        case "longrope":
            writer.add_rope_scaling_type(gguf.RopeScalingType.LONGROPE)
            writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
            writer.add_rope_scaling_attn_factors(model.model.rotary_emb.attention_scaling)


def tensors(config):
    """The names and values of tensors with the divisors of rotary frequencies."""
    rope = config.rope_parameters
    match rope.get("rope_type"):
        case "llama3":
            yield "rope_freqs.weight", llama3_factors(config)
        case "longrope":
            yield "rope_factors_long.weight", np.array(rope["long_factor"], dtype=np.float32)
            yield "rope_factors_short.weight", np.array(rope["short_factor"], dtype=np.float32)


def llama3_factors(config):
    """The divisor of each rotary frequency in Llama 3.1's scaling (rope_freqs.weight)."""
    rope = config.rope_parameters
    frequencies = rope["rope_theta"] ** -(np.arange(0, config.head_dim, 2) / config.head_dim)
    turns = rope["original_max_position_embeddings"] * frequencies / (2 * np.pi)  # in the original context
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    kept = np.clip((turns - low) / (high - low), 0, 1)
    return (1 / ((1 - kept) / rope["factor"] + kept)).astype(np.float32)
