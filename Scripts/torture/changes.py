"""Scenarios in which a run's inputs change while it is stopped or running."""

import shutil
import signal

from torture.checks import check_clear_error, check_intact, require
from torture.scenario import Scenario

FIXED = [
    ("optimizer.rate", "2e-3"), ("optimizer.warmup", "11"), ("optimizer.decay", "linear"), ("optimizer.beta2", "0.9"),
    ("batch.length", "32"), ("batch.sequences", "5"), ("batch.accumulation", "2"), ("steps", "151"), ("seed", "4"),
    ("dropout.maximum", "0.2"), ("exits.scale", "0.4"), ("exits.curriculum", "all"), ("model.width", "64"),
    ("freeze.embedding", "true"), ("precision", "bf16"),
]
FREE = [["threads=2"], ["checkpoints.every=5"], ["checkpoints.keep=1"], ["checkpoints.every=40", "threads=3"]]


def own_copy(trial, name):
    """Copies a file of the bench, so that the trial may change it."""
    path = trial.folder / name
    shutil.copy(trial.bench.folder / name, path)
    return path


def replace(path, source):
    """Replaces a file by renaming, as a program that rewrites it does."""
    new = path.with_suffix(".new")
    shutil.copy(source, new)
    new.rename(path)


def data_replaced(trial):
    data = own_copy(trial, "train.tokens")
    override = f"data.training={data}"
    trial.stop_midway(override)
    replace(data, trial.bench.folder / "other.tokens")
    check_clear_error(trial.start(override).wait(), "data.training")
    check_intact(trial.bench, trial.run)
    replace(data, trial.bench.folder / "train.tokens")
    trial.finish(override)
    return "clear error"


def data_replaced_while_running(trial):
    """The running trainer keeps the data that it opened; a resumed one must detect the change."""
    data = own_copy(trial, "train.tokens")
    override = f"data.training={data}"
    training = trial.start(override)
    training.sleep(0.05 + trial.moment() * 0.7)
    replace(data, trial.bench.folder / "other.tokens")
    has_begun = trial.newest is not None
    result = training.wait()
    require(result.code == 0, f"expected a finished run, found {result.ending}: {result.tail}")
    replace(data, trial.bench.folder / "train.tokens")
    if not has_begun:  # it may have opened the other data
        return "same bits"
    return trial.finish(override)


def data_truncated(trial):
    """Truncates a file in place while the running trainer has it mapped."""
    data = own_copy(trial, "train.tokens")
    override = f"data.training={data}"
    training = trial.start(override)
    training.sleep(trial.moment())
    size = data.stat().st_size
    with data.open("r+b") as file:
        file.truncate(trial.random.choice([0, size // 2, size - 1]))
    result = training.wait()
    if result.code != 0:
        check_clear_error(result, str(data))
    check_intact(trial.bench, trial.run)
    replace(data, trial.bench.folder / "train.tokens")
    trial.finish(override)
    return "same bits" if result.code == 0 else "clear error"


def tokenizer_replaced(trial):
    tokenizer = own_copy(trial, "tokenizer.json")
    override = f"model.tokenizer={tokenizer}"
    trial.stop_midway(override)
    replace(tokenizer, trial.bench.folder / "other-tokenizer.json")
    check_clear_error(trial.start(override).wait(), "tokenizer")
    check_intact(trial.bench, trial.run)
    trial.finish()  # with the bench's own, which is the same
    return "clear error"


def recipe_changed(trial):
    trial.stop_midway()
    key, value = trial.random.choice(FIXED)
    check_clear_error(trial.start(f"{key}={value}").wait(), key)
    check_intact(trial.bench, trial.run)
    trial.finish()
    return "clear error"


def free_keys_changed(trial):
    """Keys that do not affect the weights may change whenever the run resumes."""
    for _ in range(trial.random.randint(1, 3)):
        training = trial.start(*trial.random.choice(FREE))
        training.sleep(trial.moment())
        training.signal(signal.SIGKILL)
        training.wait()
        check_intact(trial.bench, trial.run)
    return trial.finish(*trial.random.choice(FREE))


SCENARIOS = [
    Scenario("data replaced", "another shard has the name of the training data", data_replaced),
    Scenario("data replaced live", "the same while the trainer runs", data_replaced_while_running),
    Scenario("data truncated", "the training data is cut while the trainer runs", data_truncated),
    Scenario("tokenizer replaced", "another tokenizer has the name of the run's", tokenizer_replaced),
    Scenario("recipe changed", "a key that weights depend on changes", recipe_changed),
    Scenario("free keys changed", "keys change that weights do not depend on", free_keys_changed),
]
