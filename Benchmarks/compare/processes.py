"""Runs programs and measures their output, time and memory."""

import os
import subprocess
import time
from pathlib import Path


def output(command, is_quiet=False):
    """A command's standard output. Standard error goes to the terminal; that of a quiet command only if it fails."""
    return finished(command, is_quiet).stdout


def finished(command, is_quiet=True):
    """A command that succeeded, with its standard output and, if it is quiet, its standard error."""
    errors = subprocess.PIPE if is_quiet else None
    try:
        result = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
            encoding="utf-8", errors="replace",  # a text that was cut within a character
        )  # fmt: skip
    except FileNotFoundError as error:
        raise SystemExit(f"compare-llama-cpp: {error.filename} is missing")
    if result.returncode != 0:
        said = result.stderr or ""
        raise SystemExit(f"{said}compare-llama-cpp: {command[0]} failed with exit status {result.returncode}")
    return result


def watched(command):
    """Seconds until a command's first output, and its peak resident memory in bytes, as the system reports it.

    Standard error is discarded, because llama.cpp logs there.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    first = os.read(process.stdout.fileno(), 1)
    seconds = time.perf_counter() - start
    process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode != 0 or not first:
        raise SystemExit(f"compare-llama-cpp: {command[0]} failed with exit status {process.returncode}")
    return seconds, usage.ru_maxrss * 1024


def warm(path):
    """Reads a file once, so that its pages are in memory."""
    with Path(path).open("rb", buffering=0) as file:
        while file.read(1 << 24):
            pass
