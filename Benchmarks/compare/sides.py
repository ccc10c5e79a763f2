"""The two programs: each measures one figure of one row, or continues a prompt, in a new process."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from peer import compiled
from processes import finished, output, watched

PROMPT = "Once upon a time"
TOKENS = 128  # as llama-bench's tg128
PROMPT_TOKENS = 512  # as its pp512
CONTEXT = 1024  # of texts with speculation
SEED = 1  # of continuations, if they are sampled
TEXT_TOKENS = 256  # generated in them: a lookup needs text that can repeat itself


@dataclass
class Continuation:
    """A prompt with generated text. Neither line breaks at its ends nor a character that is cut off count."""

    text: str
    speed: float  # tokens per second, without the prompt
    drafted: int
    accepted: int

    def __post_init__(self):
        self.text = self.text.strip("\n\N{REPLACEMENT CHARACTER}")


class Ours:
    def __init__(self, program, threads, temperature):
        self.program = program
        self.threads = threads
        self.temperature = temperature  # of continuations

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
        return watched(self.generate(model, 1, PROMPT))[0], {}

    def memory(self, row, model):
        """The largest resident size, and what it has in addition to weights and cache."""
        statistics = self.answer(model, TOKENS, PROMPT)["statistics"]
        peak = statistics["peak_memory_bytes"]
        return peak, {"beside_weights_and_cache": peak - statistics["weight_bytes"] - statistics["cache_bytes"]}

    def strategies(self, model):
        """The strategies that this program has for the model."""
        usage = output([self.program, "generate", "--help"])
        names = re.search(r"--strategy <strategy>.*?\(values: (.*?)\)", usage, re.DOTALL)[1].replace(",", " ").split()
        has_exit = json.loads(output([self.program, "inspect", model, "--format", "json"]))["exit_layer"] is not None
        return ["plain", *["self-speculative"] * has_exit, *["auto"] * ("auto" in names)]

    def continuation(self, model, prompt, *options):
        sampling = ["--temperature", self.temperature, "--seed", SEED]
        answer = self.answer(model, TEXT_TOKENS, "--prompt-file", prompt, *sampling, *options)
        text = prompt.read_text().removesuffix("\n") + answer["text"]
        statistics = answer["statistics"]
        speed = statistics["decode_tokens_per_second"]
        return Continuation(text, speed, statistics["drafted"], statistics["accepted"])

    def answer(self, model, tokens, *arguments):
        return json.loads(output([*self.generate(model, tokens, *arguments), "--format", "json"], is_quiet=True))

    def generate(self, model, tokens, *arguments):
        return [
            self.program, "generate", *arguments, "--model", model, "--max-tokens", tokens, "--ignore-eos",
            "--threads", self.threads,
        ]  # fmt: skip


class LlamaCpp:
    def __init__(self, folder, threads, temperature):
        self.folder = folder
        self.threads = threads
        self.temperature = temperature  # of continuations

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

    def continuation(self, model, prompt, *options):
        folders = ["common", "examples/speculative-simple"]
        run = finished([
            compiled("speculative_text", self.folder, folders, ["llama-common"]), "-m", model, "-t", self.threads,
            "-c", CONTEXT, "-f", prompt, "--no-escape", "--temp", self.temperature, "--seed", SEED, "--ignore-eos",
            "-n", TEXT_TOKENS - 1,  # it stops when it exceeds this
            *options,
        ])  # fmt: skip
        found = re.search(r"decoded .*speed: *([\d.]+).*n_drafted *= (\d+).*n_accept *= (\d+)", run.stderr, re.DOTALL)
        speed, drafted, accepted = found.groups()
        return Continuation(run.stdout, float(speed), int(drafted), int(accepted))

    def low_bit(self, model):
        """The model in Q4_0, to draft with; made again if the model has changed."""
        model = Path(model)
        file = self.folder.parents[1] / "drafts" / f"{model.stem}.Q4_0.gguf"
        if not file.exists() or file.stat().st_mtime < model.stat().st_mtime:
            file.parent.mkdir(exist_ok=True)
            partial = file.with_suffix(".partial")
            output([self.folder / "llama-quantize", "--allow-requantize", model, partial, "Q4_0"], is_quiet=True)
            partial.replace(file)
        return file
