"""The rows of the comparison: what each measures, on which model, and its target."""

from dataclasses import dataclass

SMOLLM2 = "SmolLM2 Q4_1"
DEFAULT_MODEL = "default model"
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Row:
    """A measurement and its target. `kind` says what is measured and what `owed` is: a ratio to llama.cpp for decode,
    prefill and start, the cost of our pass for v(8), our bytes in addition to weights and cache for memory."""

    kind: str
    model: str
    owed: float
    depth: int = 0

    @property
    def name(self):
        return f"{self.kind} {self.model}" + (f" at depth {self.depth}" if self.depth else "")


ROWS = [
    Row("decode", "1B Q8_0", 1.5),
    Row("decode", "1B Q4_0", 1.4),
    Row("decode", SMOLLM2, 1.8),
    Row("decode", "100M Q8_0", 1.3),
    Row("decode", "100M Q4_0", 1.5),
    Row("decode", "25M Q8_0", 2.5),
    Row("decode", "25M Q4_0", 1.5),
    Row("decode", "1B BF16", 1.05),
    Row("decode", "100M BF16", 1.1),
    Row("decode", SMOLLM2, 1.8, depth=4096),
    Row("prefill", "1B Q8_0", 3),
    Row("prefill", "1B Q4_0", 2),
    Row("prefill", "1B BF16", 1.3),
    Row("prefill", SMOLLM2, 3),
    Row("v(8)", "1B Q8_0", 1.25),
    Row("v(8)", "1B Q4_0", 1.5),
    Row("v(8)", "1B BF16", 1.4),
    Row("v(8)", "100M Q8_0", 1.4),
    Row("v(8)", SMOLLM2, 1.6),
    Row("v(8)", "25M Q8_0", 1.9),
    Row("start", "1B Q8_0", 1),
    Row("memory", "1B Q8_0", 60 * MEGABYTE),
]
