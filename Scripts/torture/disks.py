"""Scenarios with disks that are full, too small or read-only."""

import resource
import shutil
import subprocess

from torture.checks import check_clear_error, check_intact, require, steps
from torture.scenario import Scenario, needs_root


def mount(trial, *options):
    """Mounts a file system in the trial's folder."""
    place = trial.folder / "disk"
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", place], check=True)
    trial.undo.append(lambda: subprocess.run(["umount", "-l", place], check=True))
    trial.run = place / "run"
    return place


def full(trial):
    size = trial.random.randint(8, 3000)
    place = mount(trial, f"size={size}k")
    trial.note(f"a disk of {size} KB")
    keep = ["checkpoints.keep=1000"]
    result = trial.start(*keep).wait()
    check_clear_error(result, "No space left on device")
    check_intact(trial.bench, trial.run)
    before = steps(trial.run)
    check_clear_error(trial.start(*keep).wait(), "No space left on device")
    require(set(before) <= set(steps(trial.run)), "expected the checkpoints to stay, found some removed")
    subprocess.run(["mount", "-o", "remount,size=100m", place], check=True)
    trial.finish(*keep)
    return "clear error"


def small_files(trial):
    """Limits the size of files, as a quota does."""
    # Below the size of the largest file, which has the moments of all weights.
    largest = max(path.stat().st_size for path in (trial.bench.reference / "newest").iterdir())
    limit = trial.random.randint(100, largest - 1)
    trial.note(f"files of at most {limit} bytes")

    def restrict():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    # Python ignores SIGXFSZ, and so do its child processes unless it restores the signals.
    training = trial.start(preexec_fn=restrict, restore_signals=False, stderr=subprocess.PIPE)
    training.log.write_bytes(training.process.stderr.read())
    check_clear_error(training.wait(), "File too large")
    check_intact(trial.bench, trial.run)
    trial.finish()
    return "clear error"


def read_only(trial):
    place = mount(trial, "size=50m")
    if trial.random.random() < 0.5:
        trial.stop_midway()
    before = steps(trial.run)
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
    check_clear_error(trial.start().wait(), "Read-only file system")
    require(steps(trial.run) == before, "expected the checkpoints to stay, found others")
    subprocess.run(["mount", "-o", "remount,rw", place], check=True)
    trial.finish()
    return "clear error"


def not_permitted(trial):
    """Trains as a user who may not write to the folder. The program must be in a place where that user can run it."""
    program = trial.folder / "layerskip"
    shutil.copy(trial.bench.program, program)
    program.chmod(0o755)
    if trial.random.random() < 0.5:
        trial.stop_midway()
    else:
        trial.run.mkdir()
    nobody = 65534
    training = trial.start(executable=str(program), user=nobody, group=nobody, extra_groups=[])
    check_clear_error(training.wait(), "Permission denied")
    check_intact(trial.bench, trial.run)
    trial.finish()
    return "clear error"


SCENARIOS = [
    Scenario("full disk", "a disk that fills up at a random moment", full, needs_root),
    Scenario("small files", "a limit on the size of files", small_files),
    Scenario("read-only disk", "a disk that cannot be written, before or within a run", read_only, needs_root),
    Scenario("not permitted", "a folder that belongs to another user", not_permitted, needs_root),
]
