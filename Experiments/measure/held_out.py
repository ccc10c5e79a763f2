"""Swift sources of held-out packages, which no model is trained on."""

import json
import sys

from measure.program import ROOT

PROMPT_LENGTH = 600  # characters


def texts(split):
    """The sources of a split (validation or test) that are long enough to be continued, in the order of their paths."""
    folder = ROOT / ".cache/corpora/swift" / split
    found = [path.read_text() for path in sorted(folder.rglob("*.swift"))]
    if not found:
        sys.exit(f"{folder}: expected Swift sources, found none; please run Scripts/prepare-corpora")
    return [text for text in found if len(text) > 2 * PROMPT_LENGTH]


def sample(items, count):
    """`count` of the items, evenly spread."""
    count = min(count, len(items))
    return [items[place * len(items) // count] for place in range(count)]


def write_text(split, share, path):
    """Writes every `share`-th source to one file."""
    path.write_text("\n".join(texts(split)[::share]))
    return path


def from_a_third(text):
    """The text from the first line break after its first third: code, because files begin with licences and imports."""
    return text[text.index("\n", len(text) // 3) + 1 :] if "\n" in text[len(text) // 3 :] else text


def write_prompts(split, count, path, start=lambda text: text):
    """Writes the first characters of `count` sources, or of `start(source)`, as JSON Lines."""
    prompts = [start(text)[:PROMPT_LENGTH] for text in sample(texts(split), count)]
    path.write_text("".join(json.dumps({"prompt": prompt}) + "\n" for prompt in prompts))
    return path
