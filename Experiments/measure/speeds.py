"""Measures the speedup from drafts, and how many of them are accepted."""

import statistics
import sys

from measure.kept import kept

TEMPERATURES = {"greedy": 0, "at 0.8": 0.8}
ALONE = "exits alone"
SOURCES = {"all sources": [], ALONE: ["--no-draft-lookup", "--draft-quantize", "none"]}


def benchmark(program, model, prompts, tokens, rounds, temperature, *arguments):
    """Runs a benchmark and returns the row of `auto`. The command fails if a text differs from plain decoding's."""
    report = program.json(
        "benchmark", "--model", model, "--prompts", prompts, "--strategy", "auto", "--max-tokens", tokens, "--rounds",
        rounds, "--temperature", temperature, *arguments)  # fmt: skip
    return next(row for row in report["strategies"] if row["name"] == "auto")


def speeds(program, model, prompts, tokens, rounds, keep, exits):
    """Returns rows of `auto` by source with temperature, and by kind of text.

    `prompts` are files by kind, whose prompts are continued by up to `tokens` tokens each. `exits` are the layers that
    draft; without any, only all other sources do. What was measured in so many rounds is kept in files that begin with
    `keep`.
    """
    found = {}
    for way, temperature in TEMPERATURES.items():
        for source, arguments in SOURCES.items():
            if exits:
                arguments = ["--exit-layer", ",".join(map(str, exits)), *arguments]
            elif source == ALONE:
                continue
            file = keep.with_name(f"{keep.name}-{source.replace(' ', '-')}-{temperature}-{rounds}-rounds.json")
            rows = kept(file, lambda: {
                kind: benchmark(program, model, path, tokens, rounds, temperature, *arguments)
                for kind, path in prompts.items()
            })  # fmt: skip
            if source == ALONE and not any(any(row["drafted_by_position"]) for row in rows.values()):
                sys.exit(f"{model}: expected drafts by exits {exits}, found none")
            found[f"{source}, {way}"] = rows
    return found


def speed_table(found, medians={}):
    """A column for each set of rows, a row for each kind of text, and one for each of `medians`, kinds by label."""
    lines = ["| | " + " | ".join(found) + " |", "|---|" + "---|" * len(found)]
    for kind in next(iter(found.values())):
        spreads = [rows[kind]["speedup"] for rows in found.values()]
        cells = [f"{s['median']:.2f}x ({s['min']:.2f} to {s['max']:.2f})" for s in spreads]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    for label, members in medians.items():
        values = [statistics.median(rows[kind]["speedup"]["median"] for kind in members) for rows in found.values()]
        lines.append(f"| **{label}** | " + " | ".join(f"**{value:.2f}x**" for value in values) + " |")
    return "\n".join(lines)


def plain_speeds(found):
    """Returns the lowest and the highest speed of plain decoding in the measurements, in tokens per second."""
    rows = [row for rows in found.values() for row in rows.values()]
    plain = [row["decode_tokens_per_second"] / row["speedup"]["median"] for row in rows]
    return min(plain), max(plain)


def acceptance_table(found):
    """Returns the share of drafts accepted at each position, with exits alone."""
    places = range(4)
    lines = ["| | " + " | ".join(f"position {place + 1}" for place in places) + " |", "|---|" + "---|" * len(places)]
    for way in TEMPERATURES:
        rows = found[f"{ALONE}, {way}"].values()
        cells = []
        for place in places:
            drafted = sum(sum(row["drafted_by_position"][place : place + 1]) for row in rows)
            accepted = sum(sum(row["accepted_by_position"][place : place + 1]) for row in rows)
            cells.append(f"{accepted / drafted:.1%}" if drafted else "none drafted")
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
