"""Runs the layerskip program."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILT = ROOT / ".build/release/layerskip"


def resolved(text):
    """Makes a path from the command line absolute, because commands run in the repository and scripts in any folder."""
    return Path(text).resolve()


class Program:
    def __init__(self, path=BUILT):
        self.path = path

    def run(self, *arguments, **settings):
        """Standard output of a command, as text. Standard error goes to the terminal."""
        command = [str(self.path), *map(str, arguments)]
        settings = {"stdout": subprocess.PIPE} | settings
        return subprocess.run(command, cwd=ROOT, check=True, text=True, **settings).stdout

    def kernels(self):
        """The name of the kernels that this machine runs."""
        lines = self.run("--version").splitlines()
        return next(line.split()[1] for line in lines if line.startswith("kernels"))

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--format", "json"))
