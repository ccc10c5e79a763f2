"""Scenarios that change the process's surroundings: a second process, descriptors, the clock, its folder."""

import os
import shutil
import signal
import subprocess

from torture.checks import check_clear_error, check_intact, check_same_bits, require
from torture.scenario import Scenario

CLOCK = r"""
// Makes every clock jump now and then, by up to a day in either direction.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    static _Thread_local unsigned calls;
    static long offset;
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int status = real(clock, time);
    if (++calls % 5 == 0) offset = (long)(rand() % 172801) - 86400;
    if (calls % 7 == 0) { time->tv_sec = 0; time->tv_nsec = 0; return status; }
    time->tv_sec += offset;
    return status;
}
"""


def second_trainer(trial):
    first = trial.start()
    while first.is_running and not (trial.run / "metrics.jsonl").exists():
        first.sleep(0.002)
    first.sleep(trial.moment() / 2)
    first.signal(signal.SIGSTOP)  # so that it is there while the second one tries
    if first.is_running:
        check_clear_error(trial.start().wait(), str(trial.run))
    first.signal(signal.SIGCONT)
    result = first.wait()
    require(result.code == 0, f"expected the first trainer to finish, found {result.ending}: {result.tail}")
    return trial.finish()


def clock_jumps(trial):
    source, library = trial.folder / "clock.c", trial.folder / "clock.so"
    source.write_text(CLOCK)
    subprocess.run(
        [shutil.which("clang") or shutil.which("cc"), "-O1", "-shared", "-fPIC", "-o", library, source], check=True)
    training = trial.start(env=os.environ | {"LD_PRELOAD": str(library)})
    if trial.random.random() < 0.5:
        training.sleep(trial.moment())
        training.signal(signal.SIGKILL)
        training.wait()
        training = trial.start(env=os.environ | {"LD_PRELOAD": str(library)})
    result = training.wait()
    require(result.code == 0, f"expected a finished run, found {result.ending}: {result.tail}")
    return trial.finish()


def needs_compiler(bench):
    return None if shutil.which("clang") or shutil.which("cc") else "it needs a C compiler"


def closed_descriptors(trial):
    closed = trial.random.choice([[0], [1], [2], [1, 2], [0, 1, 2]])
    trial.note(f"descriptors {closed} are closed")

    def close():
        for descriptor in closed:
            os.close(descriptor)

    first = trial.start(preexec_fn=close)
    first.sleep(trial.moment())
    first.signal(signal.SIGKILL)
    first.wait()
    check_intact(trial.bench, trial.run)
    result = trial.start(preexec_fn=close).wait()
    # A message that cannot be written does not fail the run, but a result that cannot be printed may.
    require(result.code in ((0, 1) if 1 in closed else (0,)), f"expected a finished run, found {result.ending}")
    # Before a resumed run removes lines that do not belong there.
    check_same_bits(trial.bench, trial.run)
    return trial.finish()


def closed_pipe(trial):
    """Closes the pipe that progress is written to: `train 2>&1 | head -1`."""
    reader, writer = os.pipe()
    training = trial.start(stdout=writer, stderr=writer)
    os.close(writer)
    training.sleep(trial.moment())
    os.close(reader)
    result = training.wait()
    require(result.code in (0, 1), f"expected a finished run, found {result.ending}")
    return trial.finish()


def removed_folder(trial):
    """Removes the run's folder while the trainer works in it."""
    training = trial.start()
    while training.is_running and not (trial.run / "metrics.jsonl").exists():
        training.sleep(0.002)
    training.sleep(trial.moment() * 0.8)
    was_running = training.is_running
    # In one step: removing file after file would race with the trainer.
    trial.run.rename(trial.folder / "removed")
    shutil.rmtree(trial.folder / "removed")
    result = training.wait()
    if was_running and result.code != 0:
        check_clear_error(result, str(trial.run))
    trial.finish()
    return "clear error" if result.code != 0 else "same bits"


def removed_parts(trial):
    """Removes parts of a stopped run's folder. The remaining parts suffice to resume or to start again."""
    trial.stop_midway()
    part = trial.random.choice(["newest", "best", "report.html", "checkpoints", "metrics.jsonl"])
    trial.note(f"{part} is removed")
    path = trial.run / part
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
    return trial.finish(with_metrics=part != "metrics.jsonl")


SCENARIOS = [
    Scenario("second trainer", "another trainer in the same folder", second_trainer),
    Scenario("clock jumps", "clocks that jump by up to a day, and stand at zero", clock_jumps, needs_compiler),
    Scenario("closed descriptors", "standard streams that are closed", closed_descriptors),
    Scenario("closed pipe", "a reader of the progress that goes away", closed_pipe),
    Scenario("removed folder", "the run's folder is removed within the run", removed_folder),
    Scenario("removed parts", "links, report, metrics or checkpoints are removed between runs", removed_parts),
]
