"""Programs of ours that use llama.cpp's libraries."""

from pathlib import Path

from processes import output


def compiled(name, binaries, folders=(), libraries=()):
    """The program of a C++ file in this folder, compiled if it is missing or older than the file.

    `binaries` is the folder that Scripts/build-llama-cpp prints. `folders` of llama.cpp's source have further headers.
    """
    source, work = Path(__file__).resolve().with_name(f"{name}.cpp"), binaries.parents[1]
    program = work / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        headers = [f"-I{work}/source/{folder}" for folder in ("include", "ggml/include", *folders)]
        linked = [f"-l{library}" for library in (*libraries, "llama", "ggml", "ggml-base")]
        options = [*headers, source, "-o", program, f"-L{binaries}", *linked, f"-Wl,-rpath,{binaries}"]
        output(["c++", "-std=c++17", "-O2", "-Wall", "-Wextra", *options])
    return program
