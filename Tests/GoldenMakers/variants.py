"""The tiny models: each is one way in which models differ. A dictionary holds the keys of a configuration."""

# As few weights as the difference needs: one group of two heads of size 8.
SMALL = dict(hidden_size=16, intermediate_size=24, num_attention_heads=2, num_key_value_heads=1, head_dim=8)


def longrope(original):
    """LongRoPE, whose factors depend on whether a text is longer than the original context."""
    return {
        "rope_type": "longrope",
        "rope_theta": 100.0,
        "short_factor": [1.0, 1.1, 1.25, 1.5],
        "long_factor": [1.0, 2.0, 3.5, 6.0],
        "original_max_position_embeddings": original,
    }


# theta is small if scaling must have an effect within a short sequence.
VARIANTS = {
    "tied": dict(tie_word_embeddings=True, num_key_value_heads=4),
    "gqa": dict(num_key_value_heads=2),
    "llama3-rope": dict(
        tie_word_embeddings=True,
        num_key_value_heads=1,
        # With heads of 8, the four frequencies are one kept, one in between and two divided by 8.
        rope_parameters={
            "rope_type": "llama3",
            "rope_theta": 500.0,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 64,
        },
    ),
    "linear-rope": dict(
        num_key_value_heads=2, rope_parameters={"rope_type": "linear", "rope_theta": 100.0, "factor": 4.0}
    ),
    "head-width": dict(num_key_value_heads=2, num_hidden_layers=1, head_dim=16),
    "qwen2": dict(architecture="qwen2", num_key_value_heads=2),
    "qwen3": dict(
        architecture="qwen3", tie_word_embeddings=True, num_key_value_heads=2, num_hidden_layers=1, head_dim=16
    ),
    "biases": SMALL | dict(attention_bias=True, mlp_bias=True),
    "yarn": SMALL
    | dict(
        # The four frequencies are one kept, two in between and one divided by 4.
        rope_parameters={
            "rope_type": "yarn",
            "rope_theta": 100.0,
            "factor": 4.0,
            "original_max_position_embeddings": 64,
            "attention_factor": 1.25,
        },
    ),
    # 24 tokens and 16 that follow are within the original context, or the first 24 are already beyond it.
    "longrope-short": SMALL | dict(rope_parameters=longrope(64)),
    "longrope-long": SMALL | dict(rope_parameters=longrope(16)),
    "mistral": SMALL | dict(architecture="mistral", head_dim=16, sliding_window=5),
    "qwen2-window": SMALL
    | dict(architecture="qwen2", use_sliding_window=True, sliding_window=5, max_window_layers=1),
    # The fourth layer has no RoPE, but a window.
    "smollm3": SMALL
    | dict(
        architecture="smollm3",
        num_hidden_layers=4,
        use_sliding_window=True,
        sliding_window=6,
        tie_word_embeddings=True,
        pad_token_id=None,
    ),
    "granite": SMALL
    | dict(
        architecture="granite",
        embedding_multiplier=3.0,
        attention_multiplier=0.2,
        residual_multiplier=0.625,
        logits_scaling=2.5,
    ),
    # llama.cpp reads no Phi-3 whose heads together are not as wide as the model.
    "phi3": dict(
        architecture="phi3",
        num_key_value_heads=2,
        intermediate_size=24,
        sliding_window=7,
        pad_token_id=None,
        rope_parameters={"rope_type": "default", "rope_theta": 100.0, "partial_rotary_factor": 0.5},
    ),
    "gemma3": SMALL
    | dict(
        architecture="gemma3_text",
        num_hidden_layers=3,
        head_dim=12,
        tie_word_embeddings=True,
        sliding_window=5,
        layer_types=["sliding_attention", "full_attention", "sliding_attention"],
        query_pre_attn_scalar=20,
        rope_parameters={
            "full_attention": {"rope_type": "linear", "rope_theta": 500.0, "factor": 4.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 100.0},
        },
    ),
}
