"""Scenarios that damage the newest checkpoint."""

import json
import shutil

from torture.checks import check_clear_error, check_intact, require, steps
from torture.scenario import Scenario

WEIGHTS = ["model.safetensors", "optimizer.safetensors"]


def damaged(harm, falls_back=True):
    """A scenario in which `harm` changes the newest checkpoint and returns a word that the message must contain.

    A run continues from the checkpoint before the damaged one, if there is one, and sets the damaged one aside. If not
    `falls_back`, an error is right, too: the damage may look like a change of the recipe.
    """
    def run(trial):
        trial.stop_midway()
        path = trial.newest
        has_earlier = len(steps(trial.run)) > 1
        word = harm(trial, path)
        result = trial.start().wait()
        if has_earlier and (falls_back or result.code == 0):
            require(result.code == 0, f"expected the run to fall back, found {result.ending}: {result.tail}")
            notes = [line for line in result.errors.splitlines() if "this checkpoint is not used" in line]
            found = result.errors[:600]
            require(len(notes) == 1 and word in notes[0], f"expected a note about {word!r}, found {found}")
            aside = path.with_name(f"damaged-{path.name}")
            require(aside.is_dir(), f"expected {aside.name}, found no such folder")
            shutil.rmtree(aside)
            return trial.finish()
        check_clear_error(result, word)
        check_intact(trial.bench, trial.run, but=[int(path.name[5:])])
        # The user decides what to do; here, to continue without it.
        shutil.rmtree(path)
        trial.finish()
        return "clear error"
    return run


def truncate(trial, path):
    file = path / trial.random.choice([*WEIGHTS, "config.json"])
    size = trial.random.randrange(file.stat().st_size)
    trial.note(f"{file.name} is cut to {size} bytes")
    with file.open("r+b") as content:
        content.truncate(size)
    return file.name


def remove(trial, path):
    file = path / trial.random.choice([*WEIGHTS, "config.json", "state.json"])
    trial.note(f"{file.name} is removed")
    file.unlink()
    return file.name


def flip(trial, file, first, last):
    content = bytearray(file.read_bytes())
    position = trial.random.randrange(first, last)
    bit = trial.random.randrange(8)
    trial.note(f"bit {bit} of byte {position} of {file.name} is flipped")
    content[position] ^= 1 << bit
    file.write_bytes(content)
    return file.name


def flip_weight(trial, path):
    """Flips a bit of a number, which only a checksum can detect."""
    file = path / trial.random.choice(WEIGHTS)
    size = file.stat().st_size
    header = int.from_bytes(file.read_bytes()[:8], "little")
    return flip(trial, file, 8 + header, size)


def flip_length(trial, path):
    return flip(trial, path / trial.random.choice(WEIGHTS), 0, 8)


def bad_state(trial, path):
    file = path / "state.json"
    text = file.read_text()
    kind = trial.random.choice(["empty", "cut", "place", "step", "recipe", "format", "no object"])
    trial.note(f"state.json: {kind}")
    if kind == "empty":
        file.write_text("")
    elif kind == "cut":
        file.write_text(text[:trial.random.randrange(1, len(text) - 2)])
    elif kind == "no object":
        file.write_text(trial.random.choice(["[]", "null", "\0" * 100, "{}", "[" * 5000]))
    else:
        state = json.loads(text)
        if kind == "place":
            state["place"][trial.random.choice(["epoch", "index"])] = trial.random.choice([-1, 2**63 - 1, 10**6])
        elif kind == "step":
            state["step"] = trial.random.choice([-1, 0, state["step"] + 1, 2**63 - 1])
        elif kind == "format":
            state["format"] = 99
        else:
            state["recipe"] = trial.random.choice([{}, {"steps": "40"}, {"unknown": "1"}, 7])
        file.write_text(json.dumps(state))
    return "state.json" if kind != "recipe" else ""


SCENARIOS = [
    Scenario("truncated checkpoint", "a file of the newest checkpoint is cut", damaged(truncate)),
    Scenario("missing file", "a file of the newest checkpoint is missing", damaged(remove)),
    Scenario("flipped weight bit", "a bit of the newest checkpoint's numbers is flipped", damaged(flip_weight)),
    Scenario("flipped length bit", "a bit of a header's length is flipped", damaged(flip_length)),
    Scenario("bad state", "state.json is empty, cut or has impossible numbers", damaged(bad_state, falls_back=False)),
]
