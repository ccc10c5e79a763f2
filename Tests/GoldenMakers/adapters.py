"""Writes PEFT's results of LoRA training, and PyTorch's of full fine-tuning: adapters/*.

Usage: adapters.py FOLDER, where FOLDER holds the tiny models of tiny.py. The formats are described in Tests/Goldens/README.md.
"""

import json
import sys
from pathlib import Path

import peft
import torch

import gguf_models
import gradients
import tiny

STEPS = 20
ADAPTERS = {
    "gqa": dict(r=4, lora_alpha=8, target_modules=sorted(["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"])),
    # A layer without an adapter, biases next to adapters, the factor of rsLoRA, and the rank whose matrices look like vectors.
    "biases": dict(r=1, lora_alpha=3, use_rslora=True, target_modules=["down_proj", "q_proj", "v_proj"], layers_to_transform=[1]),
}


def batches(seed):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(-(-STEPS // gradients.STEPS)):
        yield from gradients.batches(generator)


def optimizer(parameters):
    parameters = [p for p in parameters if p.requires_grad]
    decayed = [p for p in parameters if p.dim() > 1]
    vectors = [p for p in parameters if p.dim() == 1]
    return torch.optim.AdamW([dict(params=decayed), dict(params=vectors, weight_decay=0.0)], **gradients.ADAMW)


def losses(model, parameters, seed):
    """The loss of each step."""
    steps = optimizer(parameters)
    for tokens, targets in batches(seed):
        steps.zero_grad()
        loss = gradients.loss(gradients.exits(model, tokens), targets)
        loss.backward()
        steps.step()
        yield loss.item()


def save(model, folder):
    """What PEFT writes, without its page for a hub, and with its set of names in order."""
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    path = folder / "adapter_config.json"
    configuration = json.loads(path.read_text())
    configuration["target_modules"].sort()
    path.write_text(json.dumps(configuration, indent=2, sort_keys=True) + "\n")


def train(folder, variant):
    seed = json.loads((folder / f"tiny-{variant}.json").read_text())["seed"]
    model, _ = tiny.make(seed, **tiny.VARIANTS[variant])
    full = list(losses(model, list(model.parameters()), seed))

    model, _ = tiny.make(seed, **tiny.VARIANTS[variant])
    torch.manual_seed(seed)
    adapted = peft.get_peft_model(model, peft.LoraConfig(task_type="CAUSAL_LM", **ADAPTERS[variant]))
    adapters = folder / "adapters"
    save(adapted, adapters / f"{variant}-initial")
    lora = list(losses(model, list(adapted.parameters()), seed))
    save(adapted, adapters / f"{variant}-trained")
    first = next(batches(seed))[0]
    gguf_models.write_floats(adapters / f"{variant}.logits.bin", gguf_models.logits(model, first[0].tolist()))
    description = {
        "model": f"tiny-{variant}.gguf",
        "length": gradients.LENGTH,
        "exit_weights": gradients.EXIT_WEIGHTS[len(model.model.layers)],
        "learning_rate": gradients.ADAMW["lr"],
        "batches": [
            {"tokens": tokens.flatten().tolist(), "targets": targets.flatten().tolist(), "loss": loss, "full_loss": full_loss}
            for (tokens, targets), loss, full_loss in zip(batches(seed), lora, full)
        ],
    }
    (adapters / f"{variant}.json").write_text(json.dumps(description) + "\n")
    print(f"adapters/{variant}: loss {lora[0]:.4f} to {lora[-1]:.4f}, full {full[-1]:.4f}", file=sys.stderr)


if __name__ == "__main__":
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    (folder / "adapters").mkdir(exist_ok=True)
    for variant in ADAPTERS:
        train(folder, variant)
