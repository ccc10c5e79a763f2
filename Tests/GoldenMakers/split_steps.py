"""How pre-tokenizers of the tokenizers library split texts: split-steps.json."""

import json
import random
import sys

import patterns
from tokenizers import Tokenizer, models


def byte_level(prefix=False, splits=True):
    return {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": splits}


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def metaspace(scheme, splits):
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": splits}


def digits(individually):
    return {"type": "Digits", "individual_digits": individually}


def punctuation(behavior):
    return {"type": "Punctuation", "behavior": behavior}


BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
RAW = byte_level(False, False)
QWEN35 = patterns.LLAMA3.replace("{1,3}", "").replace(r"?\p{L}+", r"?[\p{L}\p{M}]+").replace(
    r"[^\s\p{L}\p{N}]+", r"[^\s\p{L}\p{M}\p{N}]+")
DEEPSEEK_V3 = [split(r"\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"), split(patterns.PUBLISHED[5])]
ASIAN = "[一-龥ࠀ-一가-\ud7ff]+"
DEEPSEEK_LETTERS = (
    "\\s?["
    "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝ"
    "Ὗ-\u1f7dᾀ-ᾴᾶ-ᾼ\u1fbeῂ-ῄῆ-ῌῐ-\u1fd3ῖ-\u1fdbῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u2126ℨ\u212a-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳ"
    "Ꙁ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃"
    "]+")

# Those with hand-written scanners in layerskip first.
STEPS = [
    [byte_level()], [digits(True), byte_level()], [split(patterns.LLAMA3), RAW],
    [split(patterns.LLAMA3.replace("{1,3}", "")), RAW], [split(QWEN35), RAW], [split(patterns.GPT4O), RAW],
    [split(patterns.PUBLISHED[3]), RAW], DEEPSEEK_V3 + [RAW],
    [split("[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split(ASIAN), digits(True), RAW],
    [split(r"[\r\n]"), split(DEEPSEEK_LETTERS), split("\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+"), split(r"\s+$"), split(ASIAN),
     digits(True), RAW],
    [split(patterns.KIMI), RAW],
    [punctuation("Contiguous"), byte_level(), digits(False), split("[0-9][0-9][0-9]")],
    [byte_level(True, True)], [byte_level(True, False)], [RAW], [digits(True), byte_level(True, True)], [digits(False), RAW],
    [digits(False)], [{"type": "Whitespace"}], [{"type": "WhitespaceSplit"}], [{"type": "Whitespace"}, RAW],
    [{"type": "WhitespaceSplit"}, byte_level(True, False)], [{"type": "CharDelimiterSplit", "delimiter": "_"}],
    [metaspace("first", False), digits(True)], [split(" ", "MergedWithPrevious", kind="String")],
    [split("'s", kind="String"), RAW], [split(".", "MergedWithNext", kind="String")], [split("", kind="String")],
    [split(r"\s+$"), RAW], [{"type": "WhitespaceSplit"}, metaspace("first", True)],
    [split("a", "Removed"), metaspace("first", True)], [digits(True), metaspace("always", True)],
]
STEPS += [[metaspace(scheme, splits)] for scheme in ("always", "first", "never") for splits in (True, False)]
STEPS += [[punctuation(behavior)] for behavior in BEHAVIORS]
STEPS += [[split(pattern, behavior, invert)] for behavior in BEHAVIORS for invert in (False, True)
          for pattern in [r"\s", r"[\s\d]+", r"\w+", "b*", r"(?=\p{Lu})"]]


def texts():
    generator = random.Random(20)
    alphabet = ["a", "b", "Zu", "HTTP", "don't", "'LL", "'s", "'ſ", "é", "É", "ß", " ", " ", " ", "\n", "\r\n", "\t", "1", "23", "456", ".",
                "!?", "/", "-", "_", "$", "`", "|", "中文", "ア", "א", "\u0301", "ǅ", "ʰ", "²", "٣", "½", "\u3000", "\u00a0", "🦙",
                "\u2028", "▁", "\u166d", "\U00011de0", "\u0295", "\u200d"]
    return patterns.texts(0) + ["".join(generator.choices(alphabet, k=generator.randint(2, 40))) for _ in range(20)]


def make(output):
    every = texts()
    lines = []
    for steps in STEPS:
        tokenizer = Tokenizer(models.BPE())
        file = json.loads(tokenizer.to_str())
        file["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": steps}
        split_by = Tokenizer.from_str(json.dumps(file)).pre_tokenizer
        words = [[word for word, _ in split_by.pre_tokenize_str(text)] for text in every]
        lines.append(json.dumps({"steps": steps, "words": words}, ensure_ascii=False, separators=(",", ":")))
    with open(f"{output}/split-steps.json", "w") as file:
        file.write('{"texts": ' + json.dumps(every) + ',\n"cases": [\n' + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    make(sys.argv[1])
