"""Makes a program of a problem and what a model wrote for it, and runs it."""

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile

SANDBOX = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sandbox.py")
# Where the body of a function has ended (Chen et al., arXiv 2107.03374, section 2.3).
ENDS = ["\nclass", "\ndef", "\n#", "\nif", "\nprint"]
FENCE = re.compile(r"```[^\n]*\n(.*?)(?:\n```|\Z)", re.DOTALL)


def from_completion(problem, completion):
    """The prompt and the function's body that continues it, without what follows the body."""
    ends = [completion.find(end) for end in ENDS if end in completion]
    return problem["prompt"] + completion[: min(ends, default=len(completion))]


def from_chat(problem, answer):
    """The function in an answer's first block of code that has it, after the prompt's lines before the function."""
    name = problem["entry_point"]
    blocks = FENCE.findall(answer) or [answer]
    code = next((block for block in blocks if re.search(rf"^def {re.escape(name)}\b", block, re.MULTILINE)), None)
    if code is None:
        return problem["prompt"] + blocks[0]
    head = re.split(rf"^def {re.escape(name)}\b", problem["prompt"], maxsplit=1, flags=re.MULTILINE)[0]
    return head + code


def run(problem, code, seconds, byte_count):
    """Runs the problem's tests on a program: "passed", or the reason why not."""
    program = f"{code}\n{problem['test']}\ncheck({problem['entry_point']})\n"
    token = secrets.token_hex(16)
    reading, writing = os.pipe()
    # A file, because the limit of a file's size holds for it too.
    with tempfile.TemporaryDirectory(prefix="human-eval.") as folder, tempfile.TemporaryFile() as messages:
        task = {"program": program, "token": token, "folder": folder, "seconds": seconds, "bytes": byte_count}
        environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        start = f"import os, runpy; os.dup2({writing}, 3); runpy.run_path({SANDBOX!r}, run_name='__main__')"
        child = subprocess.Popen(
            [sys.executable, "-I", "-c", start], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=messages,
            env=environment, pass_fds=[writing], start_new_session=True)
        os.close(writing)
        try:
            child.communicate(json.dumps(task).encode(), timeout=seconds)
            has_ended = True
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            has_ended = False
        messages.seek(max(0, messages.tell() - 4096))
        last = messages.read().decode(errors="replace").strip().split("\n")[-1]
    with os.fdopen(reading, "rb") as verdict:
        written = verdict.read(len(token) + 1)
    if last.startswith("sandbox:"):
        raise RuntimeError(last)
    if not has_ended:
        return "timed out"
    if written == token.encode():
        return "passed"
    return f"failed: {last or f'ended with code {child.returncode}'}"[:300]
