"""Writes tiny tokenizers that each use one feature of tokenizer.json, with the ids and decoded texts of Hugging Face's
tokenizers (tokenizer-files.json).

Usage: tokenizer_files.py FOLDER. The format is described in Tests/Goldens/README.md.
"""

import copy
import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

MARK = "\u2581"
TEXTS = [
    "", "a", " a", "ab ab", "  ab  ba ", "abba<x>ab", "ab <x> ba<y>", "a<y>\n\n b", "word words word", "AB É é e\u0301",
    "ba\tba\nab", "zq\U0001F600z", "<x><x>", "ab12 3a", "a.b, a!", f"a{MARK}b", "\u3000a\u3000<x>\u3000b", "ﬁ",
]


def token(number, content, **flags):
    return {"id": number, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": False} | flags


def bpe(pieces, merges, **members):
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    return {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
            "vocab": vocabulary, "merges": [list(merge) for merge in merges]} | members


def tokenizer(model, **members):
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
            "pre_tokenizer": None, "post_processor": None, "decoder": None, "model": model} | members


LETTERS = ["<unk>", *"abdorswei<>xy123AB.,!", "\u00e9", "\u0301", "\u00c9", " ", "\n", MARK]
MERGES = [("a", "b"), ("b", "a"), ("ab", "ba"), ("w", "o"), ("wo", "r"), ("wor", "d"), (MARK, "ab"), (MARK, MARK)]
PIECES = LETTERS + [left + right for left, right in MERGES]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
PLAIN = bpe(PIECES, MERGES)
UNKNOWN = bpe(PIECES, MERGES, unk_token="<unk>")
BACK = bpe(PIECES + BYTES, MERGES, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
UNIGRAM = {"type": "Unigram", "unk_id": 0, "byte_fallback": False, "vocab": [
    ["<unk>", 0.0], [MARK, -2.0], ["a", -2.5], ["b", -2.6], ["ab", -3.0], [MARK + "ab", -3.5], ["ba", -3.1], ["abba", -5.0],
    ["word", -4.0], ["wor", -4.5], ["d", -5.0], ["s", -5.5], ["!", -6.0]]}


def kind(name, **members):
    return {"type": name} | members


def sequence(key, *parts):
    return kind("Sequence", **{key: list(parts)})


def replace(pattern, content):
    return kind("Replace", pattern={"String": pattern}, content=content)


def metaspace(**members):
    return kind("Metaspace", replacement=MARK, **members)


SPACES = [kind("Prepend", prepend=MARK), replace(" ", MARK)]
TEXT = [replace(MARK, " "), kind("ByteFallback"), kind("Fuse")]
STRIP = kind("Strip", content=" ", start=1, stop=0)
LEGACY = {"normalizer": sequence("normalizers", *SPACES), "decoder": sequence("decoders", *TEXT, STRIP)}
X = token(100, "<x>", special=True)


def split(behavior, invert=False, **pattern):
    return kind("Split", pattern=pattern, behavior=behavior, invert=invert)


CASES = {
    "characters": tokenizer(PLAIN),
    "unknown": tokenizer(UNKNOWN),
    "unknown-fused": tokenizer(UNKNOWN | {"fuse_unk": True}),
    "ignore-merges": tokenizer(UNKNOWN | {"ignore_merges": True}, pre_tokenizer=kind("WhitespaceSplit")),
    "legacy": tokenizer(BACK, added_tokens=[X], **LEGACY),
    "metaspace-first": tokenizer(BACK, added_tokens=[X], pre_tokenizer=metaspace(prepend_scheme="first", split=False),
                                 decoder=sequence("decoders", *TEXT, STRIP)),
    "metaspace-split": tokenizer(UNKNOWN, added_tokens=[X], pre_tokenizer=metaspace(), decoder=metaspace()),
    "metaspace-never": tokenizer(UNKNOWN, pre_tokenizer=metaspace(prepend_scheme="never"),
                                 decoder=metaspace(prepend_scheme="never")),
    "metaspace-old": tokenizer(UNKNOWN, pre_tokenizer=metaspace(add_prefix_space=True, str_rep=MARK)),
    "lstrip": tokenizer(PLAIN, added_tokens=[X | {"lstrip": True}], decoder=kind("Fuse")),
    "rstrip": tokenizer(PLAIN, added_tokens=[X | {"rstrip": True}, token(101, "<y>", lstrip=True, rstrip=True)]),
    "single-word": tokenizer(PLAIN, added_tokens=[token(100, "word", single_word=True)], decoder=kind("Fuse")),
    "normalized": tokenizer(PLAIN, added_tokens=[token(100, "AB", normalized=True), token(101, "<x>")],
                            normalizer=kind("Lowercase"), decoder=kind("Fuse")),
    "normalized-prefix": tokenizer(BACK, added_tokens=[token(100, "ab", normalized=True)], **LEGACY),
    "nfc": tokenizer(PLAIN, normalizer=sequence("normalizers", kind("NFC"))),
    "nfkd-strip-accents": tokenizer(PLAIN, normalizer=sequence("normalizers", kind("NFKD"), kind("StripAccents"))),
    "strip": tokenizer(PLAIN, normalizer=kind("Strip", strip_left=True, strip_right=False)),
    "empty-sequences": tokenizer(PLAIN, normalizer=sequence("normalizers"), pre_tokenizer=sequence("pretokenizers")),
    "split-regex": tokenizer(PLAIN, pre_tokenizer=sequence(
        "pretokenizers", split("MergedWithNext", Regex=r"\s+(?=\S)"), sequence("pretokenizers", kind("Digits", individual_digits=False)))),
    "split-removed": tokenizer(PLAIN, pre_tokenizer=split("Removed", String="a")),
    "split-inverted": tokenizer(PLAIN, pre_tokenizer=split("Isolated", True, Regex="[ab]+")),
    "punctuation": tokenizer(PLAIN, pre_tokenizer=sequence("pretokenizers", kind("Whitespace"), kind("Punctuation", behavior="Isolated"))),
    "delimiter": tokenizer(PLAIN, pre_tokenizer=kind("CharDelimiterSplit", delimiter="b")),
    "unigram": tokenizer(UNIGRAM, pre_tokenizer=metaspace(prepend_scheme="always", split=True), decoder=metaspace()),
    "unigram-single-word": tokenizer(UNIGRAM, added_tokens=[token(8, "word", single_word=True, special=True)],
                                     pre_tokenizer=metaspace(), decoder=metaspace()),
    "unigram-byte-added": tokenizer(
        UNIGRAM | {"byte_fallback": True, "vocab": UNIGRAM["vocab"] + [[byte, -9.0] for byte in BYTES]},
        added_tokens=[token(0, "<0xC3>", special=True), token(0, "<0x41>")], decoder=sequence("decoders", *TEXT)),
    "byte-added": tokenizer(BACK, added_tokens=[token(0, "<0x9F>", special=True), token(0, "<0xF0>")],
                            decoder=sequence("decoders", *TEXT)),
    "metaspace-literal-spaces": tokenizer(
        PLAIN, added_tokens=[token(100, " a"), token(101, MARK + "x"), token(102, "x" + MARK, special=True)],
        decoder=metaspace(prepend_scheme="first")),
    "no-type": tokenizer({key: value for key, value in UNIGRAM.items() if key != "type"}),
    "gaps": tokenizer(PLAIN | {"vocab": {piece: 3 * number for number, piece in enumerate(PIECES)}}),
    "gaps-and-new": tokenizer(
        PLAIN | {"vocab": {piece: number + 1 for number, piece in enumerate(PIECES)}}, added_tokens=[X, token(7, "<y>")]),
    "byte-level": tokenizer(
        bpe(["a", "b", "\u0120", "\u00c3", "\u00a9", "ab", "\u0120a", "\u0120ab"], [("a", "b"), ("\u0120", "ab")]),
        normalizer=kind("NFC"), pre_tokenizer=kind("ByteLevel", add_prefix_space=True, trim_offsets=True, use_regex=True),
        decoder=kind("ByteLevel", add_prefix_space=True, trim_offsets=True, use_regex=True), added_tokens=[X, token(9, "\u00e9b")]),
}


def main(folder):
    cases = []
    for name, content in CASES.items():
        content = copy.deepcopy(content)
        library = Tokenizer.from_str(json.dumps(content))
        texts = []
        for text in TEXTS:
            ids = library.encode(text, add_special_tokens=False).ids
            texts.append({"text": text, "ids": ids, "decoded": library.decode(ids, skip_special_tokens=False)})
        cases.append({"name": name, "tokenizer": json.dumps(content, ensure_ascii=False), "texts": texts})
    text = json.dumps(cases, ensure_ascii=False, indent=0, separators=(",", ":"))
    (folder / "tokenizer-files.json").write_text(text + "\n", encoding="utf-8")


main(Path(sys.argv[1]))
