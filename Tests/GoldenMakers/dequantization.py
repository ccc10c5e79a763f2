"""What the gguf package reads from random blocks of every quantized format: dequantization/.

Usage: dequantization.py FOLDER. The format is described in Tests/Goldens/README.md.
"""

import sys
from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, quants

# The places of the half-precision scales in a block.
HALVES = dict(
    Q8_0=[0], Q4_0=[0], Q4_1=[0, 2], Q5_0=[0], Q5_1=[0, 2], Q6_K=[208], Q5_K=[0, 2], Q4_K=[0, 2], Q3_K=[108], Q2_K=[80, 82],
    IQ4_NL=[0], IQ4_XS=[0], MXFP4=[],
)
# Zeros, the smallest and largest subnormal numbers, the smallest normal ones, 1 and the largest ones, of both signs.
EXTREMES = [0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x83FF, 0x0400, 0x8400, 0x3C00, 0xBC00, 0x7BFF, 0xFBFF]


def fnv1a(data):
    hash = 0xCBF29CE484222325
    for byte in data: hash = ((hash ^ byte) * 0x100000001B3) % 2**64
    return hash


def random_blocks(name, size, random):
    count = max(16, min(128, 5000 // size))
    blocks = random.integers(0, 256, (count, size), dtype=np.uint8)
    blocks[12], blocks[13] = 0, 255
    for number, place in enumerate(HALVES[name]):
        halves = random.integers(0, 1 << 16, count, dtype=np.uint16)
        halves = np.where((halves & 0x7C00) == 0x7C00, halves & 0xBFFF, halves).astype("<u2")
        halves[:12] = EXTREMES[5 * number:] + EXTREMES[:5 * number]
        halves[12:14] = 0x2E66
        blocks[:, place:place + 2] = halves.view(np.uint8).reshape(count, 2)
    if name == "MXFP4":
        # The largest codes of larger exponents are beyond float32.
        blocks[:, 0] %= 253
        blocks[:8, 0] = [0, 1, 2, 3, 126, 127, 128, 252]
    return blocks


def make(folder):
    folder.mkdir(exist_ok=True)
    for number, name in enumerate(HALVES):
        dtype = GGMLQuantizationType[name]
        elements, size = GGML_QUANT_SIZES[dtype]
        blocks = random_blocks(name, size, np.random.default_rng(number))
        values = quants.dequantize(blocks.reshape(1, -1), dtype).astype("<f4").reshape(len(blocks), elements)
        assert np.isfinite(values).all()
        blocks.tofile(folder / f"{name}.blocks")
        np.array([fnv1a(row.tobytes()) for row in values], "<u8").tofile(folder / f"{name}.fnv1a")


make(Path(sys.argv[1]) / "dequantization")
