"""Writes tiny random models and transformers' results for them: tiny-*.gguf, tiny-*.json, tiny-*.logits.bin.

Usage: tiny.py FOLDER [VARIANT ...]. The formats are described in Tests/Goldens/README.md.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM

import gguf_models
from variants import VARIANTS

VOCABULARY = 64
GREEDY = 16
MARGIN = 0.05

LONG = {"llama3-rope": (120, list(range(0, 120, 8)) + [119])}  # tokens, and the rows that are stored


def make(seed, architecture="llama", **changes):
    """A model with weights large enough for every part to matter to the logits."""
    settings = dict(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=40,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=512,
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        bos_token_id=None,
        eos_token_id=None,
    )
    config = AutoConfig.for_model(architecture, **(settings | changes))
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    generator = torch.Generator().manual_seed(seed)
    embedding_size = 0.35 if architecture == "gemma3_text" else 0.7  # Gemma multiplies it by the root of the width
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith("bias"):
                weight.normal_(0, 1, generator=generator)
            elif weight.dim() == 1:
                weight.uniform_(0.5, 1.5, generator=generator)
            elif "embed" in name:
                weight.normal_(0, embedding_size, generator=generator)
            else:
                weight.normal_(0, 1.5 / weight.shape[1] ** 0.5, generator=generator)
    return model, generator


def write(folder, variant):
    count, rows = LONG.get(variant, (24, list(range(24))))
    for seed in range(1, 1000):  # the first seed whose greedy text is decided clearly and does not just repeat itself
        model, generator = make(seed, **VARIANTS[variant])
        tokens = torch.randint(VOCABULARY, (count,), generator=generator).tolist()
        try:
            greedy = gguf_models.greedy(model, tokens, GREEDY, MARGIN)
        except ValueError:
            continue
        if len(set(greedy)) >= GREEDY // 2:
            break
    else:
        raise SystemExit(f"{variant}: no seed gives a clear greedy text")

    name = f"tiny-{variant}"
    gguf_models.save(model, folder / f"{name}.gguf", name)
    gguf_models.write_floats(folder / f"{name}.logits.bin", gguf_models.logits(model, tokens)[rows])
    description = {
        "model": f"{name}.gguf",
        "seed": seed,
        "vocabulary": VOCABULARY,
        "tokens": tokens,
        "logits": {"file": f"{name}.logits.bin", "rows": rows},
        "greedy": greedy,
    }
    (folder / f"{name}.json").write_text(json.dumps(description, indent=2) + "\n")
    print(f"{name}: seed {seed}", file=sys.stderr)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for variant in sys.argv[2:] or VARIANTS:
        write(Path(sys.argv[1]), variant)
