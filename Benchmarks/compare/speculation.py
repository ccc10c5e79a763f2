"""Speculation in both programs: in each round, all strategies continue the same prompt in turn."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from results import by_round, figure, head, line, spread
from rows import DEFAULT_MODEL, SMOLLM2
from sides import CONTEXT

PROMPTS = Path(__file__).resolve().parent / "prompts"
OURS, THEIRS = "layerskip plain", "llama.cpp plain"

# llama.cpp's n-gram types, which look up the last tokens in the text so far. By default, they look up 12 or 24 tokens and
# draft 48 or more. With these options, they look up 4 and draft up to 8, which suits short texts. ngram-cache has none.
LOOKUPS = {
    "ngram-simple": ["--spec-ngram-simple-size-n", 4, "--spec-ngram-simple-size-m", 8],
    "ngram-map-k": ["--spec-ngram-map-k-size-n", 4, "--spec-ngram-map-k-size-m", 8],
    "ngram-map-k4v": ["--spec-ngram-map-k4v-size-n", 4, "--spec-ngram-map-k4v-size-m", 8],
    "ngram-mod": ["--spec-ngram-mod-n-match", 4, "--spec-ngram-mod-n-min", 1, "--spec-ngram-mod-n-max", 8],
    "ngram-cache": [],
}


def strategies(model, ours, theirs):
    """The name, program and options of every strategy, in the order of a round."""
    # The program has no plain decoding, but a lookup of as many tokens as the context has never drafts.
    yield THEIRS, theirs, ["--spec-type", "ngram-simple", "--spec-ngram-simple-size-n", CONTEXT]
    for name, short in LOOKUPS.items():
        yield f"llama.cpp {name}", theirs, ["--spec-type", name]
        if short:
            yield f"llama.cpp {name}, 4 to 8", theirs, ["--spec-type", name, *short]
    yield "llama.cpp Q4_0 draft", theirs, ["--spec-type", "draft-simple", "-md", theirs.low_bit(model)]
    for name in ours.strategies(model):
        yield f"layerskip {name}", ours, ["--strategy", name]


@dataclass(frozen=True)
class Text:
    model: str
    prompt: str

    @property
    def name(self):
        return f"speculation {self.model} {self.prompt}"

    @property
    def file(self):
        return PROMPTS / f"{self.prompt}.txt"


TEXTS = [Text(model, prompt) for model in (DEFAULT_MODEL, SMOLLM2) for prompt in ("story", "code", "quote")]


@dataclass
class Speculation:
    """A text's rounds and their result."""

    text: Text
    runs: dict = field(default_factory=lambda: defaultdict(list))  # of each strategy, by name

    def add(self, name, continuation):
        """Adds a run. Ends the comparison if layerskip has not written the text of its plain decoding."""
        self.runs[name].append(continuation)
        if name.startswith("layerskip") and continuation.text != self.runs[OURS][0].text:
            raise SystemExit(
                f"compare-llama-cpp: {self.text.name}: expected {name} to write the text of {OURS}, found another one. "
                "Please report this bug; `layerskip verify` finds the first difference"
            )

    def ratios(self, name):
        """The speed compared with llama.cpp's plain decoding in each round."""
        return [run.speed / plain.speed for run, plain in zip(self.runs[name], self.runs[THEIRS])]

    def is_same_text(self, name):
        """Whether all texts are those of the reference."""
        return all(run.text == other.text for run, other in zip(self.runs[name], self.runs[reference(name)]))

    def acceptance(self, name):
        """The share of drafted tokens that were accepted; None if none were drafted."""
        drafted = sum(run.drafted for run in self.runs[name])
        return sum(run.accepted for run in self.runs[name]) / drafted if drafted else None

    def json(self):
        return {"row": self.text.name, "strategies": [self.strategy_json(name) for name in self.runs]}

    def strategy_json(self, name):
        return {
            "strategy": name, "tokens_per_second": [run.speed for run in self.runs[name]], "ratios": self.ratios(name),
            "median_ratio": median(self.ratios(name)), "acceptance_rate": self.acceptance(name),
            "compared_with": reference(name), "is_same_text": self.is_same_text(name),
        }  # fmt: skip

    def table(self):
        headings = [self.text.name, "speed", f"ratio to {THEIRS} by round", "median", "drafts accepted", "text"]
        return "\n".join([head(headings), *(line(self.cells(name)) for name in self.runs)])

    def cells(self, name):
        acceptance, ratios = self.acceptance(name), self.ratios(name)
        return [
            name, figure([run.speed for run in self.runs[name]], "tok/s"), by_round(ratios), spread(ratios),
            "none drafted" if acceptance is None else f"{acceptance:.0%}",
            "" if name == THEIRS else f"{'as' if self.is_same_text(name) else 'differs from'} {reference(name)}",
        ]  # fmt: skip


def reference(name):
    """The strategy that should have written the same text: plain decoding, and for that of layerskip llama.cpp's."""
    return OURS if name.startswith("layerskip") and name != OURS else THEIRS
