"""Writes transformers' rotary frequencies for many configurations: rope.json.

Usage: rope.py FOLDER. The format is described in Tests/Goldens/README.md.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

BASE = dict(
    vocab_size=8,
    hidden_size=32,
    intermediate_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    num_key_value_heads=1,
    head_dim=16,
    max_position_embeddings=512,
    bos_token_id=None,
    eos_token_id=None,
    pad_token_id=None,
)
SHORT = [1.0, 1.02, 1.05, 1.1, 1.2, 1.35, 1.5, 1.75]
LONG = [1.0, 1.5, 2.25, 3.0, 4.5, 7.0, 10.5, 16.25]
LLAMA3 = dict(
    rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=128
)
YARN = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=128)
LONGROPE = dict(
    rope_type="longrope", short_factor=SHORT, long_factor=LONG, original_max_position_embeddings=64
)


GEMMA = dict(model_type="gemma3_text", num_hidden_layers=6)


def scaling(**changes):
    """A configuration of transformers 4 with RoPE scaling."""
    return dict(model_type="llama", rope_theta=1000.0, rope_scaling=changes)


def parameters(**changes):
    """A configuration of transformers 5 with RoPE scaling."""
    return dict(model_type="llama", rope_parameters=dict(rope_theta=1000.0) | changes)


CASES = {
    "llama, default": dict(model_type="llama"),
    "llama, a base": dict(model_type="llama", rope_theta=500000.0),
    "smollm3, default": dict(model_type="smollm3"),
    "linear": scaling(type="linear", factor=2.5),
    "linear, newer": parameters(rope_type="linear", factor=2.5),
    "a factor without a type": scaling(factor=2.5),
    "dynamic": scaling(rope_type="dynamic", factor=4.0),
    "llama3": scaling(**LLAMA3),
    "llama3, newer": parameters(**LLAMA3),
    "llama3, original context outside": scaling(**LLAMA3) | dict(original_max_position_embeddings=256),
    "llama3, no original context": scaling(**{k: v for k, v in LLAMA3.items() if k[0] != "o"}),
    "yarn": scaling(**YARN),
    "yarn, newer": parameters(**YARN),
    "yarn, attention factor": scaling(**YARN, attention_factor=1.5),
    "yarn, mscale": scaling(**YARN, mscale=1.0, mscale_all_dim=0.5),
    "yarn, mscale alone": scaling(**YARN, mscale=0.7),
    "yarn, betas": scaling(**YARN, beta_fast=8.0, beta_slow=0.5),
    "yarn, betas of 0": scaling(**YARN, beta_fast=0, beta_slow=0),
    "yarn, borders between pairs": scaling(**YARN, truncate=False),
    "yarn, one border": scaling(**(YARN | dict(original_max_position_embeddings=2))),
    "yarn, no factor": scaling(**(YARN | dict(factor=None))),
    "yarn, small factor": scaling(**(YARN | dict(factor=0.5))),
    "longrope": scaling(**LONGROPE),
    "longrope, factor": scaling(**LONGROPE, factor=32.0),
    "longrope, small factor": scaling(**LONGROPE, factor=0.5),
    "longrope, attention factor": scaling(**LONGROPE, attention_factor=1.5),
    "the older key wins": parameters(**YARN) | dict(rope_scaling=dict(rope_type="linear", factor=2.5)),
    "the inner base wins": parameters(rope_type="default") | dict(rope_theta=77.0),
    "an empty older key": parameters(**YARN) | dict(rope_scaling={}),
    "mistral, yarn": scaling(**YARN) | dict(model_type="mistral"),
    "phi3, partial": dict(model_type="phi3", partial_rotary_factor=0.75),
    "phi3, partial inside": dict(
        model_type="phi3", rope_parameters=dict(rope_type="default", partial_rotary_factor=0.5)
    ),
    "phi3, longrope": dict(
        model_type="phi3",
        partial_rotary_factor=0.5,
        original_max_position_embeddings=64,
        rope_scaling=dict(type="longrope", short_factor=SHORT[:4], long_factor=LONG[:4]),
    ),
    "gemma3, default": GEMMA,
    "gemma3, older": GEMMA
    | dict(
        rope_theta=2e5,
        rope_local_base_freq=300.0,
        rope_scaling=dict(rope_type="linear", factor=8.0),
    ),
    "gemma3, newer": GEMMA
    | dict(
        rope_parameters=dict(
            full_attention=dict(rope_type="yarn", rope_theta=2e5, factor=4.0, original_max_position_embeddings=128),
            sliding_attention=dict(rope_type="linear", rope_theta=300.0, factor=2.0),
        ),
    ),
    "gemma3, bases outside": GEMMA
    | dict(
        rope_theta=2e5,
        rope_local_base_freq=300.0,
        rope_parameters=dict(
            full_attention=dict(rope_type="linear", factor=8.0), sliding_attention=dict(rope_type="default")
        ),
    ),
}


def numbers(frequencies, magnitude):
    return {"frequencies": [float(f"{f:.9g}") for f in frequencies.tolist()], "magnitude": float(magnitude)}


def rotations(configuration):
    """The frequencies of texts within the original context; those of longer texts and of layers with a sliding window, if
    they differ."""
    model_type = configuration["model_type"]
    config = CONFIG_MAPPING[model_type].from_dict({k: v for k, v in configuration.items() if k != "model_type"})
    rotary = AutoModelForCausalLM.from_config(config).model.rotary_emb
    if model_type == "gemma3_text":
        full, sliding = (
            numbers(getattr(rotary, f"{kind}_inv_freq"), getattr(rotary, f"{kind}_attention_scaling"))
            for kind in ("full_attention", "sliding_attention")
        )
        return {"full": full, "sliding": sliding}
    result = {"full": numbers(rotary.inv_freq, rotary.attention_scaling)}
    if rotary.rope_type == "longrope":
        rotary(torch.zeros(1), torch.arange(500)[None])
        result["long"] = numbers(rotary.inv_freq, rotary.attention_scaling)
    return result


if __name__ == "__main__":
    lines = []
    for name, changes in CASES.items():
        configuration = BASE | changes
        case = {"name": name, "configuration": json.dumps(configuration), **rotations(configuration)}
        lines.append(json.dumps(case))
    (Path(sys.argv[1]) / "rope.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
