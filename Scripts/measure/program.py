"""Our program, run from outside."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILT = ROOT / ".build/release/layerskip"


def resolved(text):
    """A path given on the command line: commands run in the repository, whatever folder a script was started in."""
    return Path(text).resolve()


class Program:
    def __init__(self, path=BUILT):
        self.path = path

    def run(self, *arguments, **settings):
        """Standard output of a command, as text. Standard error goes to the terminal."""
        command = [str(self.path), *map(str, arguments)]
        settings = {"stdout": subprocess.PIPE} | settings
        return subprocess.run(command, cwd=ROOT, check=True, text=True, **settings).stdout

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--format", "json"))
