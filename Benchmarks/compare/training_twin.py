"""The training step of Benchmarks/TrainingStepTimes in PyTorch, as fast as PyTorch does it on a CPU: attention without
a T x T matrix, joined projections of one input, bf16 under autocast, fused AdamW. MODE is `eager` or `compile`.

Usage: training_twin.py MODE THREADS PRECISION LAYERS WIDTH FEED_FORWARD HEADS KEY_VALUE_HEADS VOCABULARY SEQUENCES LENGTH
Reads a number of steps per line, makes them, and prints their seconds and its peak memory in bytes.
"""

import contextlib
import sys
import time

import torch
from torch import nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel


class Block(nn.Module):
    def __init__(self, width, feed_forward, heads, key_value_heads):
        super().__init__()
        self.heads, self.key_value_heads, self.size = heads, key_value_heads, width // heads
        linear = lambda inputs, outputs: nn.Linear(inputs, outputs, bias=False)
        self.attention_norm, self.norm = nn.RMSNorm(width, 1e-5), nn.RMSNorm(width, 1e-5)
        self.projections, self.output = linear(width, (heads + 2 * key_value_heads) * self.size), linear(width, width)
        self.gate_up, self.down = linear(width, 2 * feed_forward), linear(feed_forward, width)

    def forward(self, x, cosines, sines):
        sequences, length, width = x.shape
        heads = self.projections(self.attention_norm(x)).view(sequences, length, -1, self.size).transpose(1, 2)
        turning, values = heads.split([self.heads + self.key_value_heads, self.key_value_heads], dim=1)
        first, second = turning.chunk(2, dim=-1)
        cosines, sines = cosines.to(turning.dtype), sines.to(turning.dtype)
        turned = turning * cosines + torch.cat((-second, first), dim=-1) * sines
        queries, keys = turned.split([self.heads, self.key_value_heads], dim=1)
        attended = functional.scaled_dot_product_attention(
            queries, keys, values, is_causal=True, enable_gqa=self.heads != self.key_value_heads)
        x = x + self.output(attended.transpose(1, 2).reshape(sequences, length, width))
        gate, up = self.gate_up(self.norm(x)).chunk(2, dim=-1)
        return x + self.down(functional.silu(gate) * up)


class Llama(nn.Module):
    def __init__(self, layers, width, feed_forward, heads, key_value_heads, vocabulary, length):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.blocks = nn.ModuleList(Block(width, feed_forward, heads, key_value_heads) for _ in range(layers))
        self.norm = nn.RMSNorm(width, 1e-5)
        size = width // heads
        frequencies = 10000 ** (-torch.arange(0, size, 2) / size)
        angles = torch.outer(torch.arange(length), torch.cat((frequencies, frequencies)))
        self.register_buffer("cosines", angles.cos(), persistent=False)
        self.register_buffer("sines", angles.sin(), persistent=False)

    def forward(self, tokens, targets):
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, self.cosines, self.sines)
        logits = functional.linear(self.norm(x), self.embedding.weight)
        return functional.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())


def peak():
    """The peak resident bytes so far, as Linux counts them."""
    lines = open("/proc/self/status").read().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def main():
    mode, threads, precision = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    layers, width, feed_forward, heads, key_value_heads, vocabulary, sequences, length = map(int, sys.argv[4:])
    if mode not in ("eager", "compile"):
        sys.exit(f"training_twin.py: expected eager or compile, found {mode}")
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = Llama(layers, width, feed_forward, heads, key_value_heads, vocabulary, length)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    forward = torch.compile(model) if mode == "compile" else model
    precise = contextlib.nullcontext if precision == "f32" else lambda: torch.autocast("cpu", torch.bfloat16)

    def step():
        text = torch.randint(vocabulary, (sequences, length + 1))
        with precise(), sdpa_kernel(SDPBackend.FLASH_ATTENTION):
            loss = forward(text[:, :-1], text[:, 1:])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            step()
        print(time.perf_counter() - start, peak(), flush=True)


if __name__ == "__main__":
    main()
