"""A tiny model, its data, and the undisturbed run that all others are compared with."""

import os
import random
import subprocess
import time

from torture.checks import check_same_bits
from torture.trial import Trial

RECIPE = """\
output: none
seed: 3
threads: 1
model: {model}
data:
  training: {folder}/train.tokens
  validation: {folder}/validation.tokens
batch: {{sequences: 4, length: 64}}
optimizer: {{rate: 1e-3, warmup: 10}}
dropout: {{maximum: 0.3}}
exits: {{scale: 0.5, curriculum: rotational 2}}
validation: {{every: 11, batches: 2}}
checkpoints: {{every: 7, keep: 3}}
{more}
"""
RANDOM = "{{start: random, tokenizer: {folder}/tokenizer.json, layers: 3, width: 32, feed_forward: 64, heads: 2}}"


class Bench:
    steps = 150

    def __init__(self, folder, program):
        self.folder = folder
        self.program = program
        self.write_text("train.txt", seed=1, words=6000)
        self.write_text("other.txt", seed=2, words=6000)
        self.write_text("validation.txt", seed=3, words=800)
        self.command("train-tokenizer", "train.txt", "--output", "tokenizer.json", "--vocabulary-size", "300")
        self.command("train-tokenizer", "other.txt", "--output", "other-tokenizer.json", "--vocabulary-size", "301")
        for name in ["train", "other", "validation"]:
            self.command("prepare-data", f"{name}.txt", "--tokenizer", "tokenizer.json", "--output", f"{name}.tokens")
        self.write_recipe("recipe.yaml", f"steps: {self.steps}")
        self.reference = folder / "reference"
        # A checkpoint after every step, so that any checkpoint of a disturbed run can be compared with one.
        self.train(self.reference, "checkpoints.every=1", "checkpoints.keep=1000")
        # The fastest of three, so that random moments mostly fall within the run.
        self.seconds = min(self.timed_run(folder / f"timed-{index}") for index in range(3))

    def timed_run(self, run):
        start = time.monotonic()
        self.train(run)
        seconds = time.monotonic() - start
        check_same_bits(self, run)
        return seconds

    def write_recipe(self, name, more, model=None):
        """Writes a recipe with more keys, for a random model or another start."""
        model = model or RANDOM.format(folder=self.folder)
        (self.folder / name).write_text(RECIPE.format(folder=self.folder, model=model, more=more))

    def write_text(self, name, seed, words):
        choices = random.Random(seed)
        syllables = ["la", "yer", "skip", "ex", "it", "dra", "ft", "ver", "ify", "to", "ken", "s", "mo", "del"]
        text = "".join(
            "".join(choices.choices(syllables, k=choices.randint(1, 3))) + choices.choice("    \n")
            for _ in range(words))
        (self.folder / name).write_text(text)

    def command(self, *arguments):
        result = subprocess.run(
            [self.program, *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False)
        if result.returncode != 0:
            raise SystemExit(f"torture-training: {arguments[0]} failed: {result.stderr.strip()}")

    def train(self, run, *overrides, recipe="recipe.yaml"):
        self.command("train", recipe, f"output={run}", *overrides)

    def trial(self, folder, choices):
        return Trial(self, folder, choices)

    @property
    def is_root(self):
        return os.geteuid() == 0
