"""A row's rounds and their result."""

from dataclasses import dataclass, field
from statistics import median

from rows import MEGABYTE

SHARE_OWED = 0.85  # of the read speed: a decode row with this share reaches its target, whatever its ratio


@dataclass
class Result:
    row: object
    decode: object = None  # for v(8): the result of the same model's decode row, where it was run
    ours: list = field(default_factory=list)
    theirs: list = field(default_factory=list)  # None if llama.cpp has no figure
    details: list = field(default_factory=list)

    def add(self, ours, theirs, details):
        self.ours.append(ours)
        self.theirs.append(theirs)
        self.details.append(details)

    @property
    def ratios(self):
        """How many times as good layerskip is in each round: more tokens per second, or fewer seconds or bytes."""
        more_is_better = self.row.kind in ("decode", "prefill")
        pairs = [(ours, theirs) for ours, theirs in zip(self.ours, self.theirs) if theirs is not None]
        return [ours / theirs if more_is_better else theirs / ours for ours, theirs in pairs]

    @property
    def share(self):
        """The share of the read speed in the same seconds; decode only."""
        return self.detail("share_of_read_speed")

    def detail(self, key):
        values = [details[key] for details in self.details if key in details]
        return median(values) if values else None

    @property
    def is_met(self):
        if self.row.kind == "v(8)":
            return median(self.ours) <= self.row.owed and (self.decode is None or self.decode.is_met)
        if self.row.kind == "memory":
            return self.detail("beside_weights_and_cache") <= self.row.owed
        return self.is_met_by_ratio or (self.share or 0) >= SHARE_OWED

    @property
    def is_met_by_ratio(self):
        return bool(self.ratios) and median(self.ratios) >= self.row.owed

    @property
    def verdict(self):
        """Whether the row reaches its target. A row that reaches it only by its share says so, because slow memory
        alone raises the share. v(8) also requires the decode row's target: a slow single token makes v(8) small."""
        if self.row.kind == "v(8)" and median(self.ours) <= self.row.owed and not self.is_met:
            return "no: its decode row misses its target"
        if self.row.kind == "v(8)" and self.is_met and self.decode is None:
            return "yes, if its decode row reaches its target"
        by_share_only = self.share is not None and self.is_met and not self.is_met_by_ratio
        return "by read speed only" if by_share_only else "yes" if self.is_met else "no"

    def json(self):
        return {
            "row": self.row.name, "ours": self.ours, "llama_cpp": self.theirs, "ratios": self.ratios,
            "median_ratio": median(self.ratios) if self.ratios else None, "details": self.details,
            "owed": self.row.owed, "met": self.is_met, "verdict": self.verdict,
        }  # fmt: skip

    def cells(self):
        """The cells of the row in the table."""
        ratios = self.ratios
        unit = {"decode": "tok/s", "prefill": "tok/s", "start": "s", "memory": "MB", "v(8)": ""}[self.row.kind]
        if self.row.kind == "memory":
            beside = f"{self.detail('beside_weights_and_cache') / MEGABYTE:.0f} MB in addition to weights and cache"
            owed = f"{self.row.owed / MEGABYTE:.0f} MB"
        else:
            beside = f"{self.share:.0%} of read speed" if self.share is not None else ""
            owed = f"{self.row.owed:g}" + ("" if self.row.kind == "v(8)" else "x")
        return [
            self.row.name, *(figure(values, unit) for values in (self.ours, self.theirs)),
            by_round(ratios), spread(ratios or self.ours),
            beside, owed, self.verdict,
        ]  # fmt: skip


HEADINGS = ["", "layerskip", "llama.cpp", "ratio by round", "median", "", "target", "reached"]


def figure(values, unit):
    if values[0] is None:
        return ""
    value = median(values) / (MEGABYTE if unit == "MB" else 1)
    return f"{value:.{1 if value >= 20 else 2}f} {unit}".rstrip()


def by_round(ratios):
    return " ".join(f"{ratio:.2f}" for ratio in ratios)


def spread(values):
    return f"**{median(values):.2f}** ({min(values):.2f} to {max(values):.2f})"


def head(cells):
    return f"{line(cells)}\n{line(['---'] * len(cells))}"


def line(cells):
    return "| " + " | ".join(cells) + " |"
