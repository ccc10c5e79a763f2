"""Learns a vocabulary with Hugging Face's tokenizers, and compares its merges and its ids of the corpus with ours.

Usage: tokenizers_twin.py FOLDER TOKENIZER.JSON SHARD. prepare-data made the shard from the folder.
"""

import array
import json
import os
import struct
import sys
import time

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

ENDINGS = (".swift", ".md")


def files(folder):
    """Paths in the order in which prepare-data reads them."""
    for name in sorted(os.listdir(folder), key=os.fsencode):
        path = os.path.join(folder, name)
        if name.startswith("."):
            continue
        if os.path.isdir(path):
            yield from files(path)
        elif name.endswith(ENDINGS):
            yield path


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def learn(texts, size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=2,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return json.loads(tokenizer.to_str())["model"]


def documents(shard):
    """Each document's ids, without end-of-text, from a shard with ids of two bytes."""
    content = open(shard, "rb").read()
    token_count, document_count = struct.unpack_from("<QQ", content, 32)
    ids = array.array("H", content[64 : 64 + 2 * token_count])
    table = (64 + 2 * token_count + 7) // 8 * 8
    starts = [struct.unpack_from("<Q", content, table + 16 * index)[0] for index in range(document_count)]
    for start, end in zip(starts, starts[1:] + [token_count]):
        yield ids[start : end - 1].tolist()


def main(folder, path, shard):
    texts = [text for text in map(read, files(folder)) if text]
    ours = json.load(open(path, encoding="utf-8"))["model"]
    start = time.time()
    theirs = learn(texts, len(ours["vocab"]))
    seconds = time.time() - start
    merges = [[list(merge) for merge in model["merges"]] for model in (ours, theirs)]
    if merges[0] != merges[1] or ours["vocab"] != theirs["vocab"]:
        place = next(i for i, pair in enumerate(zip(*merges)) if pair[0] != pair[1])
        sys.exit(f"merge {place}: expected {merges[1][place]}, found {merges[0][place]}")
    print(f"{len(ours['vocab'])} tokens: all {len(merges[0])} merges are equal (theirs took {seconds:.1f} s)")

    reader = Tokenizer.from_file(path)
    count = 0
    for index, (text, ids) in enumerate(zip(texts, documents(shard), strict=True)):
        if reader.encode(text).ids != ids:
            sys.exit(f"document {index} in {shard}: the ids differ")
        count += len(ids)
    print(f"{len(texts)} documents: all {count} ids are equal")


main(*sys.argv[1:])
