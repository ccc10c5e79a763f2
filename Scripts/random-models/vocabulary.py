"""A byte-level BPE vocabulary of any size, without a corpus: the bytes, then words spelled letter by letter."""

from itertools import islice
from string import ascii_lowercase

SPECIAL = ["<s>", "</s>"]


def byte_alphabet():
    """GPT-2's printable character for each byte: its own if it is printable, else the next one from U+0100 on."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


def merges(space):
    """Endless pairs to merge: a letter after a space or a letter, then one more after each of those, and so on."""
    beginnings = [space, *ascii_lowercase]
    while True:
        longer = []
        for beginning in beginnings:
            for letter in ascii_lowercase:
                yield beginning, letter
                longer.append(beginning + letter)
        beginnings = longer


def vocabulary(size):
    """`size` tokens, special ones last, and the merges that form the tokens that are not bytes."""
    alphabet = byte_alphabet()
    pairs = list(islice(merges(alphabet[ord(" ")]), size - len(alphabet) - len(SPECIAL)))
    return alphabet + ["".join(pair) for pair in pairs] + SPECIAL, pairs
