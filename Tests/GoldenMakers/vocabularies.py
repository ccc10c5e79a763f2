"""Writes the vocabularies that Hugging Face's tokenizers learn from the pages (vocabulary-*.json), and the pages' ids
(vocabularies.json).

Usage: vocabularies.py FOLDER. The formats are described in Tests/Goldens/README.md.
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

SIZE = 700
SPECIAL = ["<|endoftext|>", "<|im_start|>"]


def pre_tokenizer(name):
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    if name == "gpt-2":
        return byte_level
    return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level])


def main(folder):
    pages = {path.name: path.read_bytes().decode() for path in sorted((folder / "pages").iterdir())}
    ids = {}
    for name in ["gpt-2", "smollm"]:
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizer(name)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=SIZE,
            min_frequency=2,
            special_tokens=SPECIAL,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        tokenizer.train_from_iterator(pages.values(), trainer)
        tokenizer.save(str(folder / f"vocabulary-{name}.json"), pretty=False)
        ids[name] = {page: tokenizer.encode(text).ids for page, text in pages.items()}
    (folder / "vocabularies.json").write_text(json.dumps(ids) + "\n")


main(Path(sys.argv[1]))
