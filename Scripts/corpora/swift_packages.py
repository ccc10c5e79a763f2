"""Gathers the Swift sources and documentation of cloned packages into train/, validation/ and test/.

Usage: swift_packages.py PACKAGES.TXT CLONES OUTPUT
Leaves out what a model should not learn by heart: files that occur twice, generated files, files over 200 KB.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True

import sources

GENERATED_NAMES = (".pb.swift", ".grpc.swift")
LICENCE_NAMES = re.compile(r"(?i)^(licen[cs]e|copying|notice)")
LICENCES = [  # the first whose words occur in the text; two-clause BSD asks for the notice, three-clause forbids more
    ("Apache-2.0", "Apache License"),
    ("MIT", "Permission is hereby granted, free of charge"),
    ("BSD-2-Clause", "Redistribution and use in source and binary forms"),
]


def files(folder):
    """Paths below a folder, in an order of their own, links and hidden folders left out."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(parent, name)
            if name.endswith((".swift", ".md")) and not os.path.islink(path):
                yield path


def is_wanted(path, content):
    if path.endswith(GENERATED_NAMES) or "/generated/" in path.lower():
        return False
    return sources.is_wanted(content)


def licence(clone):
    """The names and the text of a package's licence files."""
    names = sorted(name for name in os.listdir(clone) if LICENCE_NAMES.match(name))
    texts = [open(os.path.join(clone, name), encoding="utf-8").read() for name in names]
    text = "\n\n".join(texts)
    found = [title for title, words in LICENCES if words in " ".join(text.split())]
    if not found:
        sys.exit(f"{clone}: expected a licence known to this script, found none")
    return found[0], text


def main(list_path, clones, output):
    seen = set()
    rows = []
    os.makedirs(os.path.join(output, "licences"))
    for line in open(list_path, encoding="utf-8"):
        if line.startswith("#"):
            continue
        split, package, version = line.split()
        clone = os.path.join(clones, f"{package}-{version}")
        count = size = 0
        for path in files(clone):
            content = open(path, "rb").read()
            digest = hashlib.sha256(content).digest()
            if digest in seen or not is_wanted(path, content):
                continue
            seen.add(digest)
            target = os.path.join(output, split, package, os.path.relpath(path, clone))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copyfile(path, target)
            count += 1
            size += len(content)
        name, text = licence(clone)
        with open(os.path.join(output, "licences", package.replace("/", "-") + ".txt"), "w", encoding="utf-8") as file:
            file.write(text)
        commit = subprocess.check_output(["git", "-C", clone, "rev-parse", "HEAD"], text=True).strip()
        rows.append((split, package, version, commit, name, count, size))

    with open(os.path.join(output, "attribution.md"), "w", encoding="utf-8") as file:
        file.write("# Where this text comes from\n\nEach package's licence is in licences/.\n\n")
        file.write("| split | package | version | commit | licence | files | bytes |\n|---|---|---|---|---|---|---|\n")
        for split, package, version, commit, name, count, size in rows:
            link = f"[{package}](https://github.com/{package})"
            file.write(f"| {split} | {link} | {version} | {commit} | {name} | {count} | {size} |\n")
    for split in ("train", "validation", "test"):
        own = [row for row in rows if row[0] == split]
        print(
            f"swift, {split}: {len(own)} packages, {sum(row[5] for row in own)} files, "
            f"{sum(row[6] for row in own) / 1e6:.2f} MB",
            file=sys.stderr,
        )


main(*sys.argv[1:])
