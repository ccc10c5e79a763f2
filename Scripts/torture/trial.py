"""One disturbed training: its processes, its folder, its random choices."""

import signal
import subprocess
import time

from torture.checks import Failure, check_same_bits, checkpoint, steps

TIMEOUT = 120


class Result:
    """How a process ended."""

    def __init__(self, code, errors):
        self.code = code
        self.errors = errors

    @property
    def ending(self):
        return f"signal {signal.Signals(-self.code).name}" if self.code < 0 else f"exit code {self.code}"

    @property
    def tail(self):
        return " | ".join(self.errors.strip().splitlines()[-4:])[-800:]


class Training:
    """A running trainer. Its standard error goes to a file, so that it never waits for a reader."""

    def __init__(self, trial, command, **settings):
        self.trial = trial
        self.log = trial.folder / f"log-{len(trial.trainings)}"
        self.command = command
        settings = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL} | settings
        with self.log.open("wb") as log:
            settings = {"stderr": log} | settings
            self.process = subprocess.Popen(command, cwd=trial.bench.folder, start_new_session=True, **settings)

    def signal(self, number):
        if self.process.poll() is None:
            self.trial.note(f"{signal.Signals(number).name} to trainer {self.log.name}")
            self.process.send_signal(number)

    def sleep(self, seconds):
        """Waits until a moment of the run, or its end."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass

    @property
    def is_running(self):
        return self.process.poll() is None

    def wait(self):
        try:
            code = self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure(f"expected an end, found none after {TIMEOUT} s") from None
        result = Result(code, self.log.read_text(errors="replace"))
        self.trial.note(f"{self.log.name}: {result.ending}: {result.tail}")
        for word in ["Fatal error", "Backtrace", "crashed", "fatalError"]:
            if word in result.errors:
                raise Failure(f"expected no crash, found {result.ending}: {result.errors[:600]}")
        return result


class Trial:
    def __init__(self, bench, folder, choices):
        self.bench = bench
        self.folder = folder
        self.random = choices
        self.run = folder / "run"
        self.recipe = "recipe.yaml"
        self.trainings = []
        self.notes = []
        self.undo = []

    def note(self, text):
        self.notes.append(text)

    def history(self):
        return "\n".join(f"    {note}" for note in self.notes)

    def start(self, *overrides, before=(), **settings):
        """Starts, or resumes, the run."""
        command = [*before, str(self.bench.program), "train", self.recipe, f"output={self.run}", *overrides]
        self.note("train " + " ".join(command[len(before) + 2:]))
        training = Training(self, command, **settings)
        self.trainings.append(training)
        return training

    def moment(self):
        """A random moment of a run, in seconds."""
        return self.random.uniform(0, self.bench.seconds)

    def stop_midway(self, *overrides):
        """Trains until about the middle and is then killed; at least one checkpoint exists."""
        training = self.start(*overrides)
        deadline = time.monotonic() + TIMEOUT
        wanted = self.random.randint(1, 4)
        while training.is_running and time.monotonic() < deadline:
            if len(steps(self.run)) >= min(wanted, 3):
                break
            time.sleep(0.002)
        training.signal(signal.SIGKILL)
        training.wait()
        if self.newest is None:
            raise Failure("expected a checkpoint, found none")

    @property
    def newest(self):
        """The newest checkpoint's folder; None if there is none."""
        return next((checkpoint(self.run, step) for step in reversed(steps(self.run))), None)

    def finish(self, *overrides, with_metrics=True):
        """Resumes the run to its end, which must equal that of the undisturbed run."""
        result = self.start(*overrides).wait()
        if result.code != 0:
            raise Failure(f"expected the run to resume, found {result.ending}: {result.tail}")
        check_same_bits(self.bench, self.run, with_metrics)
        return "same bits"

    def clean_up(self):
        for training in self.trainings:
            if training.is_running:
                training.process.kill()
                training.process.wait()
        for undo in reversed(self.undo):
            undo()
