"""Checks what a disturbed run leaves behind."""

import json
import re
from pathlib import Path


class Failure(Exception):
    """A run that did not end as it must."""


def require(condition, message):
    if not condition:
        raise Failure(message)


def steps(run):
    """The steps of the complete checkpoints of a run, ascending."""
    names = [path.name for path in (run / "checkpoints").glob("step-*")]
    return sorted(int(name[5:]) for name in names if re.fullmatch(r"step-[1-9][0-9]*", name))


def checkpoint(run, step):
    return run / "checkpoints" / f"step-{step}"


def state(path):
    """A checkpoint's state, without keys that may differ: paths, threads, intervals."""
    content = json.loads((path / "state.json").read_text())
    free = ("output", "threads", "data.training", "data.validation", "model.tokenizer")
    content["recipe"] = {
        key: value for key, value in content["recipe"].items()
        if key not in free and not key.startswith("checkpoints.")
    }
    return content


def metrics(run):
    """The lines of metrics.jsonl without times."""
    measured = []
    for line in (run / "metrics.jsonl").read_text(errors="replace").splitlines():
        try:
            content = json.loads(line)
        except ValueError:
            raise Failure(f"metrics.jsonl: expected lines of JSON, found {line[:200]!r}") from None
        measured.append({key: value for key, value in content.items() if key != "tokens_per_second"})
    return measured


def check_checkpoint(bench, run, step, with_loss=True, path=None):
    """Checks a checkpoint of a step, by default the one in its usual place."""
    path, reference = path or checkpoint(run, step), checkpoint(bench.reference, step)
    for name in sorted(file.name for file in reference.iterdir() if file.name != "state.json"):
        require((path / name).exists(), f"{path.name}: expected {name}, found no such file")
        equal = (path / name).read_bytes() == (reference / name).read_bytes()
        require(equal, f"{path.name}/{name}: expected the bytes of the undisturbed run, found others")
    found, expected = state(path), state(reference)
    if not with_loss:  # a run that was stopped saves before it validates
        for content in (found, expected):
            content.pop("validation_loss", None)
    require(found == expected, f"{path.name}/state.json: expected {expected}, found {found}")


def check_intact(bench, run, but=()):
    """Checks that all checkpoints in a folder are complete and equal those of the undisturbed run."""
    for step in steps(run):
        if step not in but:
            check_checkpoint(bench, run, step, with_loss=False)


def check_same_bits(bench, run, with_metrics=True):
    """Checks that a finished run ended as the undisturbed one did, and left nothing else behind."""
    check_intact(bench, run)
    check_end(bench, run, metrics(run) if with_metrics else None)


def check_end(bench, run, found):
    """Checks the last checkpoint of a finished run, its measurements if there are any, and that nothing else is left."""
    require(bench.steps in steps(run), f"expected a checkpoint after step {bench.steps}, found {steps(run)}")
    check_checkpoint(bench, run, bench.steps)
    newest = (run / "newest").resolve()
    require(newest == checkpoint(run, bench.steps).resolve(), f"newest: expected the last step, found {newest}")
    if found is not None:
        expected = metrics(bench.reference)
        first = next((i for i, pair in enumerate(zip(found, expected)) if pair[0] != pair[1]), None)
        require(first is None, f"metrics.jsonl: line {(first or 0) + 1} differs")
        require(len(found) == len(expected), f"metrics.jsonl: expected {len(expected)} lines, found {len(found)}")
    leftovers = [str(path.relative_to(run)) for path in Path(run).rglob("*") if ".partial" in path.name]
    require(not leftovers, f"expected no leftovers, found {leftovers}")


def check_clear_error(result, *words):
    """Checks for an error of one line that says what was expected and found, and contains a word."""
    require(result.code == 1, f"expected an error (exit code 1), found {result.ending}: {result.tail}")
    errors = [line for line in result.errors.splitlines() if line.startswith("error: ")]
    require(len(errors) == 1, f"expected one line of error, found {len(errors)}: {result.tail}")
    require(result.errors.rstrip().endswith(errors[0]), f"expected the error last, found {result.tail}")
    require("expected" in errors[0], f"expected an error that says what was expected, found {errors[0]}")
    require(len(errors[0]) < 600, f"expected a short error, found {len(errors[0])} characters")
    for word in words:
        require(word in errors[0], f"expected an error about {word!r}, found {errors[0]!r}")
