"""What the tokenizers library, whose regular expressions are Oniguruma's, matches: patterns.json."""

import json
import random

from tokenizers import Regex, pre_tokenizers

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
UPPER, LOWER = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}", r"\p{Ll}\p{Lm}\p{Lo}\p{M}"


def cased(end):
    return (rf"[^\r\n\p{{L}}\p{{N}}]?[{UPPER}]*[{LOWER}]+{end}|[^\r\n\p{{L}}\p{{N}}]?[{UPPER}]+[{LOWER}]*{end}")


GPT4O = cased(CONTRACTION) + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
KIMI = (r"[\p{Han}]+|" + cased(CONTRACTION).replace("[" + UPPER + "]", "[" + UPPER + r"&&[^\p{Han}]]").replace(
    "[" + LOWER + "]", "[" + LOWER + r"&&[^\p{Han}]]") + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")

PUBLISHED = [
    LLAMA3, GPT4O, KIMI, cased("") + r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"""
    r"|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?"
    r"|\s*[\r\n]|\s+(?!\S)|\s+",
    r" ?[^(\s|.,!?…。，、।۔،)]+", r"\d{1,3}(?=(?:\d{3})*\b)", r"(?=(\d{3})+(?!\d))", r"\p{N}{1,3}(?=(?:\p{N}{3})*$)",
    r"(?<=\d)(?=(?:\d\d\d)+(?!\d))", r"[^\n]+|[\n]+", r"[一-龥぀-ゟ゠-ヿ]+", r"\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}",
    r"\s?\p{L}+", r"\s?\p{P}+", r"\s+$", r"\w+|[^\w\s]+", r"([\t\n]|    |  )", r"<0x[0-9A-F]{2}>", r"▁+[^▁]*|[^▁]+",
]

SMALL = r"""
a.c|(?m:a.c)|x.y
a\Z|b\z|\Ac
\n$
^.
$
^
(?<=\n)^
\G.
\Gx|a
(?i)a(?-i)b
a(?i)b|c
(?:a(?i)b|c)d
(?i:a(?-i:b)c)
(?x)a\ b | [ c ]
(?mi:A.)
(?im-x:A.)
[a-c&&b-d]
[a-z&&[^aeiou]]
[^a-z&&[aeiou]]
[a-z&&b-y&&[^m]]
[a[bc]x]
[[^a]b]
[^[^a]]
[\p{L}&&[^\p{Han}]]+
[-a]|[b-]
[a\-z]
[a-b-c]
[--/]
[]]|[^]]b
[a\]b]+
a**
a+?b
a??b
a?+b
a*+a
a++b
a{2}+
xa{2}?b
a{,2}?b
a{1,2}?
a{2,}b
a{2,}?b
a{,}
a{}
{
a{x}
x{0}a
(?:ab){2}
(?:ab){1,2}c
(?:ab){0,3}?c
(?:ab)*+a
(?:ab|a)++b
(?:ab|a)+b
\p{^L}+
\P{L}+
\P{^L}+
\pL
\p{ l u }
\p{Lowercase Letter}+
\x41|\x4a|\x{e9}|\u00e9
\0|\07|\x4
\o{101}
\t|\a\e
[\b]
\N+
\O
\R
\R\R
\h+
\H+
\w+
\W+
[\w]+
[^\w]+
\d+|\D
\s+|\S
\b
\b\w
\B.
\bis\b
\j\/\_\é\-
(?#comment)b
(?<name>b)c
(?'name'b)
(?>a*)a
(?>a*)b
(?>a|ab)c
(?>ab|a)c
()*
(a*)*b
(a*)*
(a|b*)*c
(?:a?)*b
(?:a?){2,}b
(?:a??)*?b
(?:)
|a
a|
(|a)+b
[[:alpha:]_]+
[[:^alpha:]]+
[[:alpha]]
[:alpha:]
[[:word:]]+
[[:punct:]]+
[[:upper:]][[:lower:]]*
[[:digit:][:space:]]+
[a-\x63]
[\x61-\x63]
(?<=a|b*)c
(?<=a|bc)d
(?<=a+)d
(?<!ab*)c
(?<!a)b
(?<![a-z])b
(?<=\bab)c
(?<=^a)b
(?<=(?<=a)b)c
(?<=(?:ab){2})c
(?<=é.)f
a(?=b)
a(?!b)
a(?=bc|d)
a(?!bc|d)
(?=.*c)a
(?!.*c)a
(?=a*b)a
(?=[a-m])[^aeiou]
(?:(?=\p{L})[^a-z])+
(?i:'s|'t|'re|'ve|'m|'ll|'d)
(?i:k)
(?i:ss)
(?i:ß)
(?i:ﬁ)
(?i:ffi)
(?i:fi)
(?i:ſ)
(?i:st)
(?i:s+t)
(?i:[s]t)
(?i)ß+
(?i:[ß])
(?i:[^ß])
(?i:[^s]+)
(?i:s(?:s))
(?i:ŉ)
(?i:I)
(?i:i̇)
(?i:İ)
(?i:σ)
(?i:ά|Ω)
(?i:\x{3b1}\x{3b9})
(?i:[a-f])+
(?i:\p{Lu})+
(?i:[\p{Lu}])+
(?i:[[:lower:]])+
(?i:[^[:lower:]])+
(?i:é)
(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])
(?:a|b|cd)+
(?:a+b|a+c)
(?:.*)
.*?b
.+b
[^a]*a
""".strip("\n").split("\n") + ["(?x: a b # comment\n)"]

TEXTS = r"""
abc ABC aBc AbC Abd aBd abd cd Cd
a\nc x\ny a\r\nb\n
aab ab b aaab aaaa xab xb xaab
axxb (ab)[ab]{ab} a{} a{,} a{x} a{2 - -/.] [] ]b
ababab abab ab aba ababc abc c bbc abbc
aad ad bcd bd éxf efx abd abcd
don't DON'T we'll WE'LL they've 're 'RE 'ſ x'ſ 'm'M 'd
ſs ſt st ST ﬆ ﬅ ss SS ß ẞ ſſ sß ßs ﬁ ﬀi ﬃ fﬁ ffi FFI ﬂ
K K k Å å Å σ ς Σ ΣΑΣ ά Ά Ω Ω µ μ ᾳ ΑΙ αι ᾼ ŉ ʼn ʼN
i I ı İ i̇ J ǰ ǅ ǆ Ǆ
Héllo Wörld ñandú naïve É é e\u0301 a\u0308b
x²y³ ¹½¼¾ ٣٤ ४५ Ⅷ ④ 一二三 1234567 12 1234 a1b22c333
中文 ひらがな カタカナ 한국어 日本語text テスト中 ，。！ …、
Привет МИР Ελλάδα שלום مرحبا नमस्ते ไทย
  two   spaces\t\ttabs \u00a0nbsp\u3000ideographic\u2028line\u2029par\u0085nel
\n\n\r\n \n  \r\r\n x \n
!!! ?? ... $5.00 €6 +-=<>^`|~ "q" #tag @x (y) [z] {w} a_b_c __
👍🏽 👨‍👩‍👧 🇩🇪 ☺️ a😀b
u\u200bv\u200cw\u200dx\ufeff
<0x0A> <unk> ▁a▁▁b▁ Ġx \t\x07\x1b\x08\x00
HTTPServer iPhone15Pro XMLHttp ABCdef ÀÉÎõ DžDž ʰʱ ªº
        eight    four  two one
x
""".strip("\n").split("\n")


def texts(random_count=12):
    fixed = [t.encode("ascii", "backslashreplace").decode("unicode_escape") if "\\" in t else t for t in TEXTS]
    generator = random.Random(19)
    alphabet = ["a", "b", "c", "A", "B", "é", "É", "ß", "s", "'", " ", " ", "\n", "\r", "1", "2", "3", ".", "-", "_", "中",
                "ア", "א", "\u0301", "ǅ", "ʰ", "²", "\u3000", "😀", "\u2028", "ſ", "k", "K", "'re", "'LL"]
    return [""] + fixed + ["".join(generator.choices(alphabet, k=generator.randint(5, 60))) for _ in range(random_count)]


def matches(pattern, text):
    """The places of all matches that are not empty, in characters."""
    split = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
    return [place for _, span in split.pre_tokenize_str(text) for place in span]


REFUSED = [
    r"[\w-x]", "[[]", "[a", "(a", "a)", "*a", "+", "a{100001}", "(?=ab)*x", "^*a", r"\b+", r"\u41", r"\g<0>", r"\8", "[z-a]",
    r"[\d-\w]", r"(?<=(?=a)a)b", "(?P<n>b)", "(?|a)", "(?s:a)", "(?a:a)", r"\p{IsL}", r"\p{L&}", r"\p{script=Han}", "[[:foo:]]",
    r"[a-\d]", "\\", "(?(1)a)",
]


def make(output):
    every = texts()
    cases = []
    for pattern in PUBLISHED + SMALL:
        found = {i: m for i, text in enumerate(every) if (m := matches(pattern, text))}
        cases.append({"pattern": pattern, "matches": found})
    for pattern in REFUSED:
        try: Regex(pattern)
        except Exception: continue
        raise AssertionError(f"{pattern} is accepted")
    with open(f"{output}/patterns.json", "w") as file:
        file.write('{"texts": ' + json.dumps(every) + ',\n"refused": ' + json.dumps(REFUSED) + ',\n"cases": [\n')
        file.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]}\n")


if __name__ == "__main__":
    import sys
    make(sys.argv[1])
