"""Gathers the Python sources of packages, without their tests, into train/, validation/ and test/.

Usage: python_packages.py LIST DOWNLOADS OUTPUT
LIST names a split and a package with its version on each line. DOWNLOADS/PACKAGE has the package's only wheel. The
standard library of the interpreter that runs this is one more package for training.
"""

import glob
import os
import re
import sys
import sysconfig
import zipfile

sys.dont_write_bytecode = True

import sources

SKIPPED = re.compile(
    r"(^|/)(tests?|testing|_?vendor(ed)?|site-packages|dist-packages|locale|idlelib|lib2to3)/|(^|/)test_|_pb2\.py$"
)


def wheel(path):
    """(name, content) of each file of a wheel, and its licences."""
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            yield name, archive.read(name)


def standard_library():
    folder = sysconfig.get_paths()["stdlib"]
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            if name.endswith(".py") and not os.path.islink(path):
                yield os.path.relpath(path, folder), open(path, "rb").read()


def is_wanted(name, content):
    return name.endswith(".py") and not SKIPPED.search(name) and sources.is_wanted(content)


def packages(list_path, downloads):
    """(split, package, its files)"""
    for line in open(list_path, encoding="utf-8"):
        if line.startswith("#"):
            continue
        split, package = line.split()
        name = package.partition("==")[0]
        yield split, package, wheel(*glob.glob(os.path.join(downloads, name, "*.whl")))
    yield "train", f"python=={sys.version.split()[0]}", standard_library()


def main(list_path, downloads, output):
    seen, rows = set(), []
    os.makedirs(os.path.join(output, "licences"))
    for split, package, files in packages(list_path, downloads):
        count = size = 0
        for name, content in files:
            if re.search(r"(?i)\.dist-info/(licenses/)?(licen[cs]e|copying|notice|authors)[^/]*$", name):
                with open(os.path.join(output, "licences", package.partition("==")[0] + ".txt"), "ab") as file:
                    file.write(content + b"\n")
            if content in seen or not is_wanted(name, content):
                continue
            seen.add(content)
            target = os.path.join(output, split, package.partition("==")[0], name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(content)
            count += 1
            size += len(content)
        if not count:
            sys.exit(f"{package}: expected Python sources, found none")
        rows.append((split, package, count, size))
        print(f"python, {split}: {package}, {count} files, {size / 1e6:.2f} MB", file=sys.stderr)
    with open(os.path.join(output, "attribution.md"), "w", encoding="utf-8") as file:
        file.write(
            "# Where this text comes from\n\nPackages of PyPI, with their licences in licences/, and the standard library "
            "of Python (PSF licence).\n\n| split | package | files | bytes |\n|---|---|---|---|\n"
        )
        file.writelines(f"| {' | '.join(map(str, row))} |\n" for row in rows)


main(*sys.argv[1:])
