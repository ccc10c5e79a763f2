"""The two programs: each measures one figure of one row in a new process."""

import json

from processes import output, watched

PROMPT = "Once upon a time"
TOKENS = 128  # as llama-bench's tg128
PROMPT_TOKENS = 512  # as its pp512


class Ours:
    def __init__(self, program, threads):
        self.program = program
        self.threads = threads

    def measure(self, row, model):
        """The row's figure and further details."""
        return {
            "decode": self.decode, "prefill": self.prefill, "v(8)": self.v8, "start": self.start, "memory": self.memory
        }[row.kind](row, model)  # fmt: skip

    def cost(self, model, *options):
        command = [self.program, "benchmark", "--cost", "--model", model, "--threads", self.threads]
        return json.loads(output([*command, "--format", "json", *options], is_quiet=True))

    def decode(self, row, model):
        cost = self.cost(model, "--parts", "decode", "--rounds", 1, "--depth", row.depth)
        return cost["decode"]["tokens_per_second"], {"share_of_read_speed": cost["decode"]["share_of_read_speed"]}

    def prefill(self, row, model):
        return self.cost(model, "--parts", "prefill", "--rounds", 1)["prefill_tokens_per_second"], {}

    def v8(self, row, model):
        costs = self.cost(model, "--parts", "passes", "--rounds", 3)["passes"]["v"]
        return next(point["cost"] for point in costs if point["tokens"] == 8), {}

    def start(self, row, model):
        return watched(self.generate(model, 1))[0], {}

    def memory(self, row, model):
        """The largest resident size, and what it has in addition to weights and cache."""
        answer = json.loads(output([*self.generate(model, TOKENS), "--format", "json"], is_quiet=True))["statistics"]
        peak = answer["peak_memory_bytes"]
        return peak, {"beside_weights_and_cache": peak - answer["weight_bytes"] - answer["cache_bytes"]}

    def generate(self, model, tokens):
        return [
            self.program, "generate", PROMPT, "--model", model, "--max-tokens", tokens, "--ignore-eos",
            "--threads", self.threads,
        ]  # fmt: skip


class LlamaCpp:
    def __init__(self, folder, threads):
        self.folder = folder
        self.threads = threads

    def measure(self, row, model):
        """The row's figure; None if llama.cpp has none."""
        if row.kind == "decode":
            return self.bench(model, "-p", 0, "-n", TOKENS, "-d", row.depth)
        if row.kind == "prefill":
            return self.bench(model, "-p", PROMPT_TOKENS, "-n", 0)
        if row.kind == "start":
            return watched(self.complete(model, 1))[0]
        if row.kind == "memory":
            return watched(self.complete(model, TOKENS))[1]
        return None

    def bench(self, model, *options):
        command = [self.folder / "llama-bench", "-m", model, "-t", self.threads, "-r", 1, "-o", "jsonl", *options]
        return json.loads(output(command, is_quiet=True).splitlines()[-1])["avg_ts"]

    def complete(self, model, tokens):
        """A command with the least work: no warm-up run, and a cache of 512 positions instead of the whole context."""
        return [
            self.folder / "llama-completion", "-m", model, "-t", self.threads, "-c", 512, "-n", tokens, "-p", PROMPT,
            "--temp", 0, "--ignore-eos", "--no-warmup", "--no-conversation", "--no-display-prompt",
        ]  # fmt: skip
