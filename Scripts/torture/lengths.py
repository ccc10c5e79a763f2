"""Scenarios in which a run gets longer or shorter while it is stopped, killed and resumed in any order."""

import re
import signal

from torture.checks import check_checkpoint, check_clear_error, check_end, metrics, require, state, steps
from torture.scenario import Scenario
from torture.signals import check_stopped

CONSTANT = "optimizer.decay=constant"
LENGTHS = [
    ["steps=60", CONSTANT], ["steps=150", CONSTANT], ["epochs=1.5", CONSTANT],
    ["steps=60", "optimizer.decay_steps=10"], ["steps=100", "optimizer.decay_steps=30"],
    ["steps=100", "optimizer.decay_steps=10"], ["steps=150", "optimizer.decay_steps=25"],
    ["epochs=2", "optimizer.decay_steps=20", "optimizer.decay=linear"],
]
# Checkpoints of a run, which decide how far it can be shortened.
KEEPING = [[], ["checkpoints.keep=1"], ["checkpoints.keep=1000"], ["checkpoints.every=30", "checkpoints.keep=2"]]
SCHEDULE = ["steps", "epochs", "optimizer.decay", "optimizer.decay_steps"]


class Length:
    """A length of a run, and the run that was made at once with it."""

    def __init__(self, bench, recipe, overrides):
        self.overrides = overrides
        name = re.sub("[^a-z0-9.]+", "-", f"{recipe} {' '.join(overrides)}")
        self.reference = bench.folder / f"reference-{name}"
        if not self.reference.exists():
            bench.train(self.reference, *overrides, "checkpoints.every=1", "checkpoints.keep=1000", recipe=recipe)
        self.steps = steps(self.reference)[-1]
        values = self.schedule(state(self.reference / "newest"))
        is_constant = values["optimizer.decay"] == "constant"
        # The steps that do not depend on how many follow.
        self.before = self.steps if is_constant else self.steps - int(values["optimizer.decay_steps"])
        self.values = values

    @staticmethod
    def schedule(content):
        return {key: content["recipe"].get(key) for key in SCHEDULE}


class Lengths:
    """All lengths of a recipe's runs."""

    def __init__(self, bench, recipe):
        self.all = [Length(bench, recipe, overrides) for overrides in LENGTHS]

    def of(self, path):
        """The length that a checkpoint's run had."""
        values = Length.schedule(state(path))
        found = [length for length in self.all if length.values == values]
        require(len(found) == 1, f"{path.name}: expected a length of this scenario, found {values}")
        return found[0]

    def check_intact(self, run):
        """Checks that all checkpoints, also those set aside, equal those of the run made at once."""
        for path in (run / "checkpoints").glob("*step-*"):
            if re.fullmatch("(ended-)?step-[0-9]+", path.name):
                step = int(path.name.rpartition("-")[2])
                check_checkpoint(self.of(path), run, step, with_loss=False, path=path)

    def can_resume(self, run, length):
        """Whether a run can continue with a length: from a checkpoint that both have, or from its start."""
        found = steps(run)
        return not found or any(self.fits(run, step, length) for step in found)

    def fits(self, run, step, length):
        own = self.of(run / "checkpoints" / f"step-{step}")
        return own is length or step <= min(own.before, length.before)


def change_length(recipe, more="", model=None):
    def run(trial):
        bench = trial.bench
        if not (bench.folder / recipe).exists():
            bench.write_recipe(recipe, more, model and model(bench))
        trial.recipe = recipe
        lengths, ends = Lengths(bench, recipe), set()
        length = lengths.all[0]
        for _ in range(trial.random.randint(2, 6)):
            length = trial.random.choice([length, *lengths.all])
            episode(trial, lengths, length, ends)
        # The last length may be one that the run cannot have any more.
        last = trial.random.choice([length for length in lengths.all if lengths.can_resume(trial.run, length)])
        result = trial.start(*last.overrides).wait()
        require(result.code == 0, f"expected the run to resume, found {result.ending}: {result.tail}")
        lengths.check_intact(trial.run)
        check_end(last, trial.run, without_ends(metrics(trial.run), metrics(last.reference), ends))
        return "same bits"
    return run


def episode(trial, lengths, length, ends):
    """Continues the run with a length, until it is killed or stopped at a random moment, or finishes."""
    can_resume = lengths.can_resume(trial.run, length)
    training = trial.start(*length.overrides, *trial.random.choice(KEEPING))
    end = trial.random.choice([signal.SIGKILL, signal.SIGTERM, None])
    if end is not None and can_resume:
        training.sleep(0.03 + trial.moment() * trial.random.choice([0.1, 0.5, 1]))
        training.signal(end)
    result = training.wait()
    if not can_resume:
        check_clear_error(result, length.overrides[0].partition("=")[0].replace("epochs", ""))
    elif result.code == 0:
        ends.add(length.steps)
    elif end is None:
        require(False, f"expected a finished run, found {result.ending}: {result.tail}")
    elif end == signal.SIGTERM and result.code > 0:
        check_stopped(trial, result)
    lengths.check_intact(trial.run)


def without_ends(found, expected, ends):
    """Measurements without the validations at the ends of earlier runs, which the run made at once does not have."""
    validated = {line["step"] for line in expected if "exits" in line}
    return [line for line in found if "exits" not in line or line["step"] in validated or line["step"] not in ends]


def adapted(bench):
    return f"{{start: {bench.reference}/newest}}"


SCENARIOS = [
    Scenario("other length", "a run that is extended, shortened, stopped and killed", change_length("lengths.yaml")),
    Scenario(
        "other length, LoRA", "the same with an adapter",
        change_length("adapter-lengths.yaml", "lora: {rank: 4, alpha: 8}", adapted)),
]
