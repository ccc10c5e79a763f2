"""Writes PyTorch's results and gradients of each operation of training: gradients-operations.json.

Usage: gradient_operations.py FOLDER. The format is described in Tests/Goldens/README.md.
"""

import json
import sys
from pathlib import Path

import torch
from torch.nn import functional
from transformers.models.llama.modeling_llama import LlamaRMSNorm, apply_rotary_pos_emb
from transformers.models.phi3.modeling_phi3 import apply_rotary_pos_emb as apply_partial_rotary_pos_emb

generator = torch.Generator().manual_seed(4)


def random(*shape):
    return torch.randn(shape, generator=generator)


def numbers(x):
    """A matrix with its values to nine digits, which determine the float32."""
    return {"rows": x.shape[0], "columns": x.shape[1], "values": [float(f"{v:.9g}") for v in x.flatten().tolist()]}


def operation(name, function, *inputs):
    """An operation on matrices, with its inputs' gradients for a random gradient of its result."""
    inputs = [x.requires_grad_() for x in inputs]
    result = function(*inputs)
    gradient = random(*result.shape)
    result.backward(gradient)
    return {
        "name": name,
        "inputs": [numbers(x.detach()) for x in inputs],
        "result": numbers(result.detach()),
        "result_gradient": numbers(gradient),
        "gradients": [numbers(x.grad) for x in inputs],
    }


def rms_norm(x, gain):
    norm = LlamaRMSNorm(x.shape[1], eps=1e-5)
    norm.weight.data = gain.detach()[0]
    del norm.weight  # so that the gradient goes to our own
    norm.weight = gain[0]
    return norm(x)


def head_norms(x, gain):
    """The norm of each head, as Qwen 3 has it."""
    return rms_norm(x.reshape(-1, gain.shape[1]), gain).reshape(x.shape)


HEADS, KV_HEADS, HEAD_DIM, SEQUENCES, LENGTH = 4, 2, 6, 2, 7


def heads(x):
    """[sequences * length, heads * head_dim] -> [sequences, heads, length, head_dim]"""
    return x.reshape(SEQUENCES, LENGTH, -1, HEAD_DIM).transpose(1, 2)


def rows(x):
    return x.transpose(1, 2).reshape(SEQUENCES * LENGTH, -1)


def rotate(x):
    frequencies = 10000.0 ** (-torch.arange(0, HEAD_DIM, 2).float() / HEAD_DIM)
    angles = torch.arange(LENGTH).float()[:, None] * frequencies
    angles = torch.cat([angles, angles], dim=-1)[None]
    return rows(apply_rotary_pos_emb(heads(x), heads(x), angles.cos(), angles.sin())[0])


def rotate_partially(x):
    """The first 4 of 6 coordinates of each head rotate, with larger cosines and sines."""
    angles = torch.arange(LENGTH).float()[:, None] * torch.tensor([1.0, 0.01])
    angles = torch.cat([angles, angles], dim=-1)[None]
    cosines, sines = 1.25 * angles.cos(), 1.25 * angles.sin()
    return rows(apply_partial_rotary_pos_emb(heads(x), heads(x), cosines, sines)[0])


def attend(queries, keys, values):
    return rows(
        functional.scaled_dot_product_attention(
            heads(queries), heads(keys), heads(values), is_causal=True, enable_gqa=True
        )
    )


def attend_in_window(queries, keys, values):
    """Each row attends to the last three positions, its own included."""
    seen = torch.ones(LENGTH, LENGTH, dtype=torch.bool).tril().triu(-2)
    return rows(
        functional.scaled_dot_product_attention(
            heads(queries), heads(keys), heads(values), attn_mask=seen, enable_gqa=True
        )
    )


def cross_entropy(logits):
    targets = torch.tensor([3, -1, 0, 10, 3])
    return 0.25 * functional.cross_entropy(logits, targets, ignore_index=-1, reduction="sum").reshape(1, 1)


def imitation(loss):
    """The weighted sum of loss(p, ln p, q) over rows, with q = softmax(3 sin(37 row + column)) as a constant."""

    def total(logits):
        angles = 37 * torch.arange(logits.shape[0])[:, None] + torch.arange(logits.shape[1])
        q = (3 * angles.double().sin()).float().softmax(-1)
        weights = torch.tensor([0.25, 1.0, 0.0, 0.5, 2.0])
        log_p = logits.log_softmax(-1)
        return (weights * loss(log_p.exp(), log_p, q)).sum().reshape(1, 1)

    return total


def divergence(p, log_p, q):
    return functional.kl_div(log_p, q, reduction="none").sum(-1)


def acceptance(p, log_p, q):
    return -torch.minimum(p, q).sum(-1).log()


def mixed_acceptance(p, log_p, q):
    accepted = torch.minimum(p, q).sum(-1)
    share = (-3 * accepted.detach()).exp()
    return share * divergence(p, log_p, q) + (1 - share) * (1 - accepted)


def most_likely(p, log_p, q):
    return functional.nll_loss(log_p, q.argmax(-1), reduction="none")


count = SEQUENCES * LENGTH
OPERATIONS = [
    operation("linear", functional.linear, random(5, 19), random(7, 19)),
    operation("linear with summand", lambda x, w, s: s + functional.linear(x, w), random(5, 19), random(7, 19), random(5, 7)),
    operation("embedding", lambda w: functional.embedding(torch.tensor([3, 0, 3, 5, 1, 3]), w), random(6, 18)),
    operation("rms norm", rms_norm, random(5, 37), random(1, 37)),
    operation("rotation", rotate, random(count, HEADS * HEAD_DIM)),
    operation("attention", attend, *(random(count, n * HEAD_DIM) for n in (HEADS, KV_HEADS, KV_HEADS))),
    operation("swiglu", lambda g, u: functional.silu(g) * u, 3 * random(3, 21), random(3, 21)),
    operation("sum", torch.add, random(3, 18), random(3, 18)),
    operation("cross entropy", cross_entropy, 3 * random(5, 37)),
    operation("gather", lambda x: x[[4, 0, 4]], random(6, 18)),
    operation("scatter", lambda y, x: x.index_copy(0, torch.tensor([4, 1]), y), random(2, 18), random(6, 18)),
    operation("bias", torch.add, random(37, 18), random(1, 18)),
    operation("head norms", head_norms, random(13, HEADS * HEAD_DIM), random(1, HEAD_DIM)),
    operation("scaled", lambda x: 0.625 * x, random(5, 19)),
    operation("partial rotation", rotate_partially, random(count, HEADS * HEAD_DIM)),
    operation("windowed attention", attend_in_window, *(random(count, n * HEAD_DIM) for n in (HEADS, KV_HEADS, KV_HEADS))),
    operation("divergence", imitation(divergence), 2 * random(5, 37)),
    operation("acceptance", imitation(acceptance), 2 * random(5, 37)),
    operation("mixed acceptance", imitation(mixed_acceptance), 2 * random(5, 37)),
    operation("most likely", imitation(most_likely), 2 * random(5, 37)),
]

if __name__ == "__main__":
    # One operation per line.
    lines = ",\n".join(json.dumps(operation) for operation in OPERATIONS)
    (Path(sys.argv[1]) / "gradients-operations.json").write_text(f"[\n{lines}\n]\n")
