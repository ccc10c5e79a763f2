"""Which characters the sets of the tokenizers library's regular expressions have: unicode-sets.json."""

import json
import sys

from tokenizers import Regex, pre_tokenizers

PROPERTIES = """L N M P S Z C Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cn LC Alphabetic
Uppercase Lowercase White_Space Math Hex_Digit ASCII_Hex_Digit ID_Start ID_Continue XID_Start XID_Continue Emoji
Emoji_Presentation Emoji_Modifier Emoji_Modifier_Base Ideographic Unified_Ideograph Dash Extender Variation_Selector
Join_Control Quotation_Mark Pattern_White_Space Radical Case_Ignorable Grapheme_Base Grapheme_Extend Sentence_Terminal
Any Assigned ASCII Alnum Alpha Blank Cntrl Digit Graph Print Punct Space Upper XDigit Word Lower Inherited Arabic
Armenian Bengali Bopomofo Cherokee Coptic Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul
Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Oriya Sinhala Syriac Tamil Telugu Thaana
Thai Tibetan""".split()
BRACKETS = "alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit".split()
OTHERS = [r"\s", r"\S", r"\w", r"\W", r"[\w]", r"[^\w]", r"\d", r"\h", ".", r"(?i:\p{Lu})", r"(?i:[^s])",
          r"(?i:[^[:lower:]])", r"[\p{L}&&[^\p{Han}]]"]
TEXT = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF)


def ranges(text):
    found = []
    for c in sorted(set(map(ord, text))):
        if found and found[-1][1] == c - 1: found[-1][1] = c
        else: found.append([c, c])
    return found


def summary(pattern):
    split = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
    found = ranges("".join(piece for piece, _ in split.pre_tokenize_str(TEXT)))
    checksum = 0
    for first, last in found: checksum = (checksum * 31 + first * 7 + last) % 2**32
    return [sum(last - first + 1 for first, last in found), len(found), checksum]


def make(output):
    patterns = [rf"\p{{{name}}}" for name in PROPERTIES] + [f"[[:{name}:]]" for name in BRACKETS] + OTHERS
    with open(f"{output}/unicode-sets.json", "w") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(p)}: {summary(p)}" for p in patterns) + "\n}\n")


if __name__ == "__main__":
    make(sys.argv[1])
