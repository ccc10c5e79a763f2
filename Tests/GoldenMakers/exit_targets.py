"""Writes PyTorch's losses and gradients of exits that learn from the last layer or a teacher: exit-targets.json, .bin.

Usage: exit_targets.py FOLDER, where FOLDER holds the tiny models of tiny.py. The formats are described in Tests/Goldens/README.md.
"""

import json
import sys
from pathlib import Path

import torch
from torch.nn import functional

import gguf_models
import gradients
import tiny

VARIANT = "smollm3"  # four layers
TEACHER = "tied"  # two wider layers
WEIGHTS = [0.2, 0.2, 0.2]  # of the early exits
LAST = 0.4


def text(log_p, q, targets):
    return functional.nll_loss(log_p, targets, reduction="none")


def model(log_p, q, targets):
    return functional.kl_div(log_p, q, reduction="none").sum(-1)


def mixed(log_p, q, targets):
    return 0.25 * text(log_p, q, targets) + 0.75 * model(log_p, q, targets)


def accepted(log_p, q):
    return torch.minimum(log_p.exp(), q).sum(-1)


def acceptance(log_p, q, targets):
    return -accepted(log_p, q).log()


def mixed_acceptance(log_p, q, targets):
    a = accepted(log_p, q)
    share = (-2 * a.detach()).exp()
    return share * model(log_p, q, targets) + (1 - share) * (1 - a)


def argmax(log_p, q, targets):
    return functional.nll_loss(log_p, q.argmax(-1), reduction="none")


TARGETS = {
    "text": text, "model": model, "mixed": mixed, "acceptance": acceptance, "mixed-acceptance": mixed_acceptance,
    "argmax": argmax,
}  # fmt: skip


def easy(exits, targets):
    """The weights of tokens [sequences, length] at each exit but the last; 0 where a target is not scored."""
    losses = torch.stack([
        functional.cross_entropy(exit.flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="none")
        for exit in exits
    ]).detach()  # fmt: skip
    weights = (-losses).softmax(0)[:-1].unflatten(1, targets.shape) * (targets >= 0)
    means = weights.sum((0, 2)) / (len(weights) * (targets >= 0).sum(1))
    return weights / means[None, :, None]


def run(seed, tokens, targets, loss, trains_last, teacher, last_target, is_weighted):
    network, _ = tiny.make(seed, **tiny.VARIANTS[VARIANT])
    exits = gradients.exits(network, tokens)
    weights = easy(exits, targets) if is_weighted else torch.ones(len(exits) - 1, *targets.shape)
    *early, last = [logits.flatten(0, 1) for logits in exits]
    scored = targets.flatten() >= 0
    targets = targets.flatten()[scored]
    with torch.no_grad():
        q = (last if teacher is None else gradients.exits(teacher, tokens)[-1].flatten(0, 1))[scored].softmax(-1)
    value = sum(
        weight * (factors.flatten()[scored] * loss(exit[scored].log_softmax(-1), q, targets)).mean()
        for weight, exit, factors in zip(WEIGHTS, early, weights)
    )
    if trains_last:
        value = value + LAST * TARGETS[last_target](last[scored].log_softmax(-1), q, targets).mean()
    else:
        value = value / sum(WEIGHTS)
    value.backward()
    parameters = dict(network.named_parameters())
    # A parameter behind the exits has no gradient.
    flat = torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for p in parameters.values()])
    return value.item(), flat, parameters


if __name__ == "__main__":
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    seed, teacher_seed = (json.loads((folder / f"tiny-{v}.json").read_text())["seed"] for v in (VARIANT, TEACHER))
    teacher, _ = tiny.make(teacher_seed, **tiny.VARIANTS[TEACHER])
    tokens, targets = next(gradients.batches(torch.Generator().manual_seed(seed)))
    cases, flat = [], []
    alone = [*((name, True) for name in TARGETS), ("text", False), ("model", False)]
    taught = [("text", True, True, "model"), ("acceptance", True, True, "model"), ("model", True, True, "text"),
              ("argmax", False, True, "text")]  # fmt: skip
    plain = [(*case, False, "text", False) for case in alone] + [(*case, False) for case in taught]
    weighted = [("text", True, False, "text", True), ("mixed", False, False, "text", True),
                ("acceptance", True, True, "model", True)]  # fmt: skip
    for name, trains_last, is_taught, last_target, is_weighted in plain + weighted:
        value, values, parameters = run(
            seed, tokens, targets, TARGETS[name], trains_last, teacher if is_taught else None, last_target, is_weighted
        )
        cases.append({
            "target": name, "trains_last": trains_last, "has_teacher": is_taught,
            "last_target": "teacher" if last_target == "model" else "text",
            "weighting": "easy" if is_weighted else "uniform", "loss": value,
        })  # fmt: skip
        flat.append(values)
    gguf_models.write_floats(folder / "exit-targets.bin", torch.cat(flat))
    description = {
        "model": f"tiny-{VARIANT}.gguf", "teacher": f"tiny-{TEACHER}.gguf", "length": gradients.LENGTH,
        "tokens": tokens.flatten().tolist(), "targets": targets.flatten().tolist(), "cases": cases,
        "parameters": [{"name": name, "count": p.numel()} for name, p in parameters.items()],
    }  # fmt: skip
    (folder / "exit-targets.json").write_text(json.dumps(description, indent=2) + "\n")
