"""Scenarios with signals at random moments."""

import re
import signal
import time

from torture.checks import check_intact, require, steps
from torture.scenario import Scenario


def kill(trial):
    """Kills the run several times, each time at a random moment of the rest, also while it resumes."""
    for _ in range(trial.random.randint(1, 5)):
        training = trial.start()
        training.sleep(trial.moment() * trial.random.choice([0.05, 0.5, 1]))
        training.signal(signal.SIGKILL)
        training.wait()
        check_intact(trial.bench, trial.run)
    return trial.finish()


def check_stopped(trial, result):
    """Checks that a run that was asked to stop has a checkpoint of the step that it names."""
    if result.code == 0:
        require(trial.bench.steps in steps(trial.run), "expected a finished run, found no last checkpoint")
        return
    require(result.code == 1, f"expected exit code 1, found {result.ending}: {result.tail}")
    found = re.search(r"error: stopped (after step (\d+) of|before the first step)", result.errors)
    require(found, f"expected an error that names the step, found {result.tail}")
    if found.group(2):
        newest = steps(trial.run)[-1:]
        require(newest == [int(found.group(2))], f"expected a checkpoint of the named step, found {newest}")


def polite(number):
    def run(trial):
        for _ in range(trial.random.randint(1, 4)):
            training = trial.start()
            training.sleep(0.05 + trial.moment() * trial.random.choice([0.1, 1]))  # once the program is there
            training.signal(number)
            check_stopped(trial, training.wait())
            check_intact(trial.bench, trial.run)
        return trial.finish()
    return run


def stop_and_continue(trial):
    training = trial.start()
    for _ in range(trial.random.randint(1, 6)):
        training.sleep(trial.moment() / 6)
        training.signal(signal.SIGSTOP)
        time.sleep(trial.random.uniform(0, 0.3))
        training.signal(signal.SIGCONT)
    result = training.wait()
    require(result.code == 0, f"expected a finished run, found {result.ending}: {result.tail}")
    return trial.finish()


def storm(trial):
    """Sends many signals in a row; the second of a kind may end the program at once."""
    for _ in range(trial.random.randint(1, 3)):
        training = trial.start()
        training.sleep(0.05 + trial.moment())
        for _ in range(trial.random.randint(2, 6)):
            training.signal(trial.random.choice(
                [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGSTOP, signal.SIGCONT, signal.SIGPIPE]))
            time.sleep(trial.random.choice([0, 0.001, 0.02]))
        training.signal(signal.SIGCONT)
        training.wait()
        check_intact(trial.bench, trial.run)
    return trial.finish()


SCENARIOS = [
    Scenario("SIGKILL", "kill -9 at random moments, also while resuming", kill),
    Scenario("SIGTERM", "a polite stop: a checkpoint, then the same bits", polite(signal.SIGTERM)),
    Scenario("SIGHUP", "a terminal that closes: as SIGTERM", polite(signal.SIGHUP)),
    Scenario("SIGINT", "Ctrl-C: as SIGTERM", polite(signal.SIGINT)),
    Scenario("SIGSTOP", "stopped and continued, as by a laptop that sleeps", stop_and_continue),
    Scenario("signal storm", "several signals within milliseconds", storm),
]
