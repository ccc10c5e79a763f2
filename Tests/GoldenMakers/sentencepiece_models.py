"""Writes tiny SentencePiece models with what SentencePiece makes of difficult texts (sentencepiece.json), and what
Hugging Face's tokenizers make of them with the same vocabularies and tables (unigram.json, normalizers.json).

Usage: sentencepiece_models.py FOLDER. The formats are described in Tests/Goldens/README.md.
"""

import base64
import io
import json
import random
import sys
import tempfile
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

CORPUS = [
    "The quick brown fox jumps over the lazy dog, and then it jumps again.",
    "New York is a city; the newest of the new towns is not.",
    "1 + 1 = 2, 10 * 10 = 100 and 3.14159 is nearly a third of ten.",
    "Éric a mangé du pâté à la fête; c'était délicieux.",
    "東京は日本の首都です。 京都は古い都です。",
    "let total = items.map { $0.price * $0.count }.reduce(0, +)",
] * 20
RULES = {
    "ﬁ": "fi", "①": "1", "\u3000": " ", "\t": " ", "\n": " ", "\u00a0": " ", "\u200b": "", "Ａ": "A", "½": " 1/2",
    "e\u0301": "é", "ｶ": "カ", "ｶﾞ": "ガ", "…": "...", "\u0344": "\u0308\u0301", "한": "\u1112\u1161\u11ab",
}  # fmt: skip
SYMBOLS = ["<sep>", "<se", "New York", "▁is", "ing", "a  b", "ﬁ"]
TEXTS = [
    "", " ", "  ", "a", " a", "a ", "  The  quick   brown  ", "New York is new.", "New York<sep>New York", "<se<sep>p",
    "<s>Hello</s><unk>", "<0x41><0x0A>", "a▁b ▁ c", "▁", "▁▁the", "ﬁne ﬁ\u0301sh ①②", "Ａ\u3000ｶﾞ ｶ", "half ½ a…",
    "\u200b", "\u200b \u200b", " \u3000\t\n\u00a0x\u00a0", "e\u0301e\u0301 é", "x\u0344y", "한국 한\u0301", "🙂🙂 grinning🙂",
    "東京は 京都です", "a  b a b a  b", "jumping being", "\r\nx\r\n\r\ny", "1000000 + 3.14159", "0" * 60, "the" * 30, "...." * 9,
    "\u0600a \u200d b", "$0.price*$1.count", "Éric\u00ad mangé", "\ufeffBOM", "\ufffd\uffff", "ALL CAPS and Ünïcödé",
]  # fmt: skip
MODELS = {
    "unigram": {},
    "unigram-bytes": {"byte_fallback": True, "remove_extra_whitespaces": False},
    "unigram-symbols": {"user_defined_symbols": SYMBOLS, "control_symbols": ["<ctl>"]},
    "unigram-suffix": {"treat_whitespace_as_suffix": True, "unk_surface": "?"},
    "unigram-joined": {"split_by_whitespace": False, "add_dummy_prefix": False},
    "bpe": {"model_type": "bpe"},
    "bpe-bytes": {"model_type": "bpe", "byte_fallback": True, "remove_extra_whitespaces": False, "split_digits": True},
    "bpe-symbols": {"model_type": "bpe", "user_defined_symbols": SYMBOLS, "pad_id": 0, "unk_id": 3, "bos_id": -1},
    "bpe-suffix": {"model_type": "bpe", "treat_whitespace_as_suffix": True, "remove_extra_whitespaces": False},
    "bpe-joined": {"model_type": "bpe", "split_by_whitespace": False, "add_dummy_prefix": False},
}


def train(options):
    model = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
        for source, target in RULES.items():
            rules.write("\t".join(" ".join("%X" % ord(c) for c in text) for text in (source, target)) + "\n")
        rules.flush()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(CORPUS), model_writer=model, normalization_rule_tsv=rules.name, minloglevel=2,
            character_coverage=0.99, hard_vocab_limit=False, num_threads=1,
            **dict({"vocab_size": 400 if options.get("byte_fallback") else 150, "model_type": "unigram"}, **options),
        )  # fmt: skip
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    proto.normalizer_spec.normalization_rule_tsv = ""
    return proto


def random_texts():
    source = random.Random(1)
    parts = [*TEXTS, *" .,0az▁", *RULES, *SYMBOLS]
    return ["".join(source.choice(parts)[:12] for _ in range(source.randint(2, 7))) for _ in range(40)]


def sentencepiece_golden(proto, texts):
    model = proto.SerializeToString()
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    ids = [processor.encode(text) for text in texts]
    return {
        "model": base64.b64encode(model).decode(),
        "normalized": [processor.normalize(text) for text in texts],
        "ids": ids,
        "decoded": [processor.decode(row) for row in ids],
    }


def unigram_golden(proto, texts):
    """The model as a tokenizer.json, as transformers converts it, and its ids."""
    pieces = [(piece.piece, piece.score) for piece in proto.pieces]
    unknown = next(id for id, piece in enumerate(proto.pieces) if piece.type == 2)
    tokenizer = Tokenizer(models.Unigram(pieces, unknown, proto.trainer_spec.byte_fallback))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap),
        normalizers.Strip(left=False, right=True),
        normalizers.Replace(Regex(" {2,}"), "▁"),
    ])  # fmt: skip
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.add_special_tokens([piece.piece for piece in proto.pieces if piece.type in (2, 3)])
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    decoded = [tokenizer.decode(row, skip_special_tokens=False) for row in ids]
    return {"tokenizer": tokenizer.to_str(), "ids": ids, "decoded": decoded}


def normalizers_golden(proto, texts):
    table = proto.normalizer_spec.precompiled_charsmap
    steps = {
        "lowercase": normalizers.Lowercase(),
        "strip": normalizers.Strip(),
        "strip-right": normalizers.Strip(left=False, right=True),
        "strip-accents": normalizers.StripAccents(),
        "prepend": normalizers.Prepend("▁"),
        "replace-text": normalizers.Replace("a", "aa"),
        "replace-empty": normalizers.Replace(Regex("b*"), "-"),
        "replace-regex": normalizers.Replace(Regex(" {2,}|(?<=e)x?"), "_"),
        "precompiled": normalizers.Precompiled(table),
    }
    texts = texts + ["\u1e9e\u0130 ΑΣ ς", "\u2028a\u0085\u1680", "n\u0303o\u0488\u0903", "\u1cf2\u1df6", "xexexx", "bbabb"]
    outputs = {name: [step.normalize_str(text) for text in texts] for name, step in steps.items()}
    return {"table": base64.b64encode(table).decode(), "texts": texts, "outputs": outputs}


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")


def main(folder):
    protos = {name: train(options) for name, options in MODELS.items()}
    texts = TEXTS + random_texts()
    every = {name: sentencepiece_golden(proto, texts) for name, proto in protos.items()}
    write(folder / "sentencepiece.json", {"texts": texts, "models": every})
    names = ["unigram", "unigram-bytes"]
    write(folder / "unigram.json", {"texts": texts, "tokenizers": {n: unigram_golden(protos[n], texts) for n in names}})
    write(folder / "normalizers.json", normalizers_golden(protos["unigram"], texts))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
