"""Writes the English text of Debian packages to train/, validation/ and test/, one file per page or dictionary.

Usage: debian_english.py LIST DOWNLOADS OUTPUT
LIST names a split and a package on each line. DOWNLOADS has each package as PACKAGE.deb. Text comes from pages in HTML,
sources in reStructuredText, a dictionary in dictd's format, and WordNet's glosses.
"""

import gzip
import os
import re
import subprocess
import sys
import tempfile
from html.parser import HTMLParser

BLOCKS = {"p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "pre", "tr", "div"}
SKIPPED = {"script", "style", "head", "nav", "table"}  # tables of contents and of links are no prose
TRANSLATION = re.compile(r"\.(?!en\.)[a-z]{2}(_[A-Z]{2})?\.html$")
SHORTEST = 500  # characters of a page


class Page(HTMLParser):
    """The paragraphs of a page."""

    def __init__(self):
        super().__init__()
        self.parts, self.skipping, self.preformatted = [], 0, 0

    def handle_starttag(self, tag, attributes):
        self.skipping += tag in SKIPPED
        self.preformatted += tag == "pre"
        if tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag):
        self.skipping = max(0, self.skipping - (tag in SKIPPED))
        self.preformatted = max(0, self.preformatted - (tag == "pre"))
        if tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data):
        if not self.skipping:
            self.parts.append(data if self.preformatted else re.sub(r"\s+", " ", data))

    @staticmethod
    def text(html):
        page = Page()
        page.feed(html)
        page.close()
        lines = "".join(page.parts).replace("¶", "")
        return re.sub(r"[ \t]*\n\s*\n\s*", "\n\n", lines).strip() + "\n"


def glosses(folder):
    """WordNet's synsets as "word, word: definition; "example"", a part of speech per file."""
    for part in ("adj", "adv", "noun", "verb"):
        lines = []
        for line in open(f"{folder}/usr/share/wordnet/data.{part}", encoding="utf-8"):
            if line.startswith("  "):  # the licence
                continue
            synset, gloss = line.split(" | ", 1)
            fields = synset.split()
            words = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
            words = [re.sub(r"\((a|p|ip)\)$", "", word).replace("_", " ") for word in words]
            lines.append(f"{', '.join(words)}: {gloss.strip()}")
        yield f"{part}.txt", "\n".join(lines) + "\n"


def pages(package, folder):
    """(name, text) of each page of an unpacked package."""
    if package == "wordnet-base":
        yield from glosses(folder)
        return
    paths = []
    for parent, folders, names in os.walk(folder):
        folders.sort()
        paths += [path for name in sorted(names) if not os.path.islink(path := os.path.join(parent, name))]
    has_sources = any(path.endswith(".rst.txt") for path in paths)
    for path in paths:
        name = os.path.relpath(path, folder)
        if path.endswith(".dict.dz"):
            yield name.removesuffix(".dict.dz") + ".txt", gzip.open(path, "rt", encoding="utf-8").read()
        elif path.endswith(".rst.txt"):
            yield name, open(path, encoding="utf-8").read()
        elif path.endswith(".html") and not has_sources and not TRANSLATION.search(path):
            yield name + ".txt", Page.text(open(path, encoding="utf-8", errors="replace").read())


def main(list_path, downloads, output):
    rows, seen = [], set()
    for line in open(list_path, encoding="utf-8"):
        if line.startswith("#"):
            continue
        split, package = line.split()
        archive = os.path.join(downloads, package + ".deb")
        version = subprocess.check_output(["dpkg-deb", "--field", archive, "Version"], text=True).strip()
        count = size = 0
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["dpkg-deb", "--extract", archive, folder], check=True)
            for name, text in pages(package, folder):
                if len(text) < SHORTEST or text in seen:
                    continue
                seen.add(text)
                target = os.path.join(output, split, package, name.replace("/", "-"))
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "w", encoding="utf-8") as file:
                    file.write(text)
                count += 1
                size += len(text.encode())
            licence = os.path.join(output, "licences", package + ".txt")
            os.makedirs(os.path.dirname(licence), exist_ok=True)
            copyright = os.path.join(folder, f"usr/share/doc/{package}/copyright")
            with open(licence, "w", encoding="utf-8") as file:
                file.write(open(copyright, encoding="utf-8", errors="replace").read())
        if not count:
            sys.exit(f"{package} {version}: expected text, found none")
        rows.append((split, package, version, count, size))
    with open(os.path.join(output, "attribution.md"), "w", encoding="utf-8") as file:
        file.write("# Where this text comes from\n\nDebian packages. The licence of each is in licences/.\n\n")
        file.write("| split | package | version | pages | bytes |\n|---|---|---|---|---|\n")
        file.writelines(f"| {' | '.join(map(str, row))} |\n" for row in rows)
    for split, package, _, count, size in rows:
        print(f"english, {split}: {package}, {count} pages, {size / 1e6:.2f} MB", file=sys.stderr)


main(*sys.argv[1:])
