"""Writes the tiny models as transformers saves them (folders/NAME/{config.json, *.safetensors}), and python.safetensors
with Python's safetensors. Also reads written.safetensors, which our writer made, with Python's safetensors.

Usage: folders.py FOLDER [VARIANT ...], after tiny.py. The formats are described in Tests/Goldens/README.md.
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

import tiny

SHARDED = {"gqa": "20KB"}  # several files with an index


def save_folder(goldens, variant):
    description = json.loads((goldens / f"tiny-{variant}.json").read_text())
    model, _ = tiny.make(description["seed"], **tiny.VARIANTS[variant])
    folder = goldens / "folders" / f"tiny-{variant}"
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, max_shard_size=SHARDED.get(variant, "1GB"))
    (folder / "generation_config.json").unlink(missing_ok=True)
    for file in folder.iterdir():
        file.chmod(0o644)


def sample():
    """Tensors of every type and rank that our reader supports, with odd sizes."""
    return {
        "vector": torch.arange(3, dtype=torch.float32) / 3,
        "matrix": torch.arange(6, dtype=torch.float32).reshape(2, 3) - 2.5,
        "half": torch.arange(5, dtype=torch.float16) / 7,
        "brain": torch.arange(9, dtype=torch.bfloat16).reshape(3, 1, 3, 1) * -1.125,
        'na"me / ü': torch.tensor([float("inf"), -0.0], dtype=torch.float32),
    }


def check_ours(path):
    with safe_open(path, "pt") as file:
        assert file.metadata() == {"format": "pt", "note": '"quoted" / ü'}, file.metadata()
        assert sorted(file.keys()) == sorted(sample()), file.keys()
        for name, expected in sample().items():
            found = file.get_tensor(name)
            assert found.dtype == expected.dtype and torch.equal(found, expected), name


if __name__ == "__main__":
    goldens = Path(sys.argv[1])
    for variant in sys.argv[2:] or tiny.VARIANTS:
        save_folder(goldens, variant)
    save_file(sample(), goldens / "python.safetensors", metadata={"format": "pt", "note": '"quoted" / ü'})
    check_ours(goldens / "written.safetensors")
