"""Writes PyTorch's results of training: gradients-*.json and gradients-*.bin.

Usage: gradients.py FOLDER [VARIANT ...], where FOLDER holds the tiny models of tiny.py. The formats are described in Tests/Goldens/README.md.
"""

import json
import sys
from pathlib import Path

import torch
from torch.nn import functional

import gguf_models
import tiny

SEQUENCES = 3
LENGTH = 10
STEPS = 10
EXIT_WEIGHTS = {1: [1.0], 2: [0.3, 0.7], 4: [0.1, 0.2, 0.3, 0.4]}  # by the number of layers
# All kinds of parameters and operations that training knows.
VARIANTS = ["tied", "gqa", "biases", "yarn", "mistral", "qwen2-window", "qwen3", "smollm3", "granite"]
ADAMW = dict(lr=3e-3, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1)


def batches(generator):
    """Random tokens and their targets, some of which are -1 (not scored)."""
    for _ in range(STEPS):
        tokens = torch.randint(tiny.VOCABULARY, (SEQUENCES, LENGTH), generator=generator)
        targets = torch.randint(tiny.VOCABULARY, (SEQUENCES, LENGTH), generator=generator)
        targets[torch.rand(SEQUENCES, LENGTH, generator=generator) < 0.2] = -1
        yield tokens, targets


def exits(model, tokens):
    """The logits after each layer."""
    hidden = []
    hooks = [
        layer.register_forward_hook(lambda *call: hidden.append(call[2]))
        for layer in model.model.layers
    ]
    model(tokens, use_cache=False)
    for hook in hooks:
        hook.remove()
    divisor = getattr(model.config, "logits_scaling", 1)
    return [model.lm_head(model.model.norm(x)) / divisor for x in hidden]


def loss(logits, targets):
    """The weighted sum of the exits' mean losses over the scored tokens."""
    return sum(
        weight * functional.cross_entropy(exit.flatten(0, 1), targets.flatten(), ignore_index=-1)
        for weight, exit in zip(EXIT_WEIGHTS[len(logits)], logits)
    )


def train(folder, variant):
    seed = json.loads((folder / f"tiny-{variant}.json").read_text())["seed"]
    model, _ = tiny.make(seed, **tiny.VARIANTS[variant])
    parameters = dict(model.named_parameters())  # a tied head is named once, as the embedding
    decayed = [p for p in parameters.values() if p.dim() > 1]
    gains = [p for p in parameters.values() if p.dim() == 1]
    optimizer = torch.optim.AdamW([dict(params=decayed), dict(params=gains, weight_decay=0.0)], **ADAMW)

    description = {
        "model": f"tiny-{variant}.gguf",
        "length": LENGTH,
        "exit_weights": EXIT_WEIGHTS[len(model.model.layers)],
        "learning_rate": ADAMW["lr"],
        "parameters": [{"name": name, "count": p.numel()} for name, p in parameters.items()],
        "batches": [],
    }
    name = f"gradients-{variant}"
    for step, (tokens, targets) in enumerate(batches(torch.Generator().manual_seed(seed))):
        optimizer.zero_grad()
        logits = exits(model, tokens)
        value = loss(logits, targets)
        value.backward()
        gradients = torch.cat([p.grad.flatten() for p in parameters.values()])
        if step == 0:
            gguf_models.write_floats(folder / f"{name}.logits.bin", torch.stack(logits).detach())
            gguf_models.write_floats(folder / f"{name}.bin", gradients)
        description["batches"].append(
            {
                "tokens": tokens.flatten().tolist(),
                "targets": targets.flatten().tolist(),
                "loss": value.item(),
                "gradient_norm": gradients.double().norm().item(),
            }
        )
        optimizer.step()
    trained = torch.cat([p.detach().flatten() for p in parameters.values()])
    gguf_models.write_floats(folder / f"{name}.trained.bin", trained)
    (folder / f"{name}.json").write_text(json.dumps(description, indent=2) + "\n")
    print(f"{name}: loss {description['batches'][0]['loss']:.4f}", file=sys.stderr)


if __name__ == "__main__":
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    for variant in sys.argv[2:] or VARIANTS:
        train(folder, variant)
