"""Writes requests to a chat model, in JSON Lines, for training a model on its own answers.

Usage: chat_prompts.py ENGLISH PYTHON OUTPUT
ENGLISH and PYTHON are the corpora of these names. The requests are of eight kinds: stories, questions, translations,
code, edits of code, summaries, extraction, and lists. Words, sentences, paragraphs and functions come from the
corpora's splits, so a held-out request has a held-out text where it has one. The same corpora give the same files.
"""

import ast
import json
import os
import random
import re
import sys

COUNTS = {"train": 8000, "validation": 320, "test": 320}
CHARACTERS = """a fox|an old clockmaker|two sisters|a lighthouse keeper|a robot|a young baker|a lost dog|a river spirit|
a bus driver|an astronaut|a shy dragon|a librarian|a gardener|a magician|a fisherman|a student|a detective|a painter|
a snail|a king without a crown|a nurse|a mail carrier|a tiny whale|a street musician""".replace("\n", "").split("|")
DEEDS = """learns to trust|finds a map|misses the last train|builds a boat|forgets a promise|meets an old friend|
opens a shop|hears a strange sound|wins a contest|breaks a valuable vase|moves to the city|helps a stranger|
discovers a garden|writes a letter|loses the way home|repairs a bridge|wakes up a hundred years later|saves a village|
keeps a secret|plants a forest""".replace("\n", "").split("|")
LANGUAGES = ["French", "Spanish", "German", "Italian"]
TASKS = """returns the largest number in a list|counts the vowels of a string|reverses the words of a sentence|
checks whether a number is prime|merges two sorted lists|removes duplicates from a list|
computes the factorial of a number|converts Celsius to Fahrenheit|finds the longest word in a text|
sums the digits of a number|flattens a nested list|reads a CSV file and returns its rows|
counts how often each word occurs|sorts dictionaries by a key|computes the greatest common divisor of two numbers|
generates the first n Fibonacci numbers|validates an email address|groups anagrams|rotates a matrix by ninety degrees|
finds the second smallest element|parses a date|computes the median of a list|checks whether brackets are balanced|
searches a sorted list for a value|writes a dictionary to a JSON file|splits a list into chunks|
finds the common elements of two lists|transposes a matrix|computes a moving average|
counts the lines of a file""".replace("\n", "").split("|")
PROGRAMMING = ["Python", "Python", "JavaScript", "Swift", "Java", "C"]
EXTRACTED = [
    "List all numbers in this text, each with the sentence in which it stands.",
    "Which technical terms does this text use? List them.",
    "List the names of all commands, functions or options in this text.",
    "Quote the sentence that says what this text is about.",
]
SUMMARIES = [
    "Summarize this text in two sentences.",
    "What is this text about? Answer in one paragraph.",
    "Give the three most important points of this text.",
]
QUESTIONS = [
    'What does the word "{}" mean?',
    "What is {} used for?",
    "Explain {} to a child.",
    "What is the history of {}?",
    "How does {} work?",
    "Why is {} important?",
    "Describe {} in a few sentences.",
]
LISTS = [
    "List five things that have to do with {}.",
    "Name ten examples of {}, one per line.",
    "Give me a numbered list of tips about {}.",
    "Make a table of three kinds of {} with a short description of each.",
]
EDITS = [
    "Add a docstring to this function. Answer with the whole code.",
    "Add comments to this code. Answer with the whole code.",
    "Rename the function to `process`. Answer with the whole code.",
    "Add type annotations to this function. Answer with the whole code.",
]


def pages(corpus, split):
    for parent, folders, names in os.walk(os.path.join(corpus, split)):
        folders.sort()
        for name in sorted(names):
            yield open(os.path.join(parent, name), encoding="utf-8").read()


class Material:
    """What requests of a split are made of."""

    def __init__(self, english, python, split):
        glosses = "".join(pages(english, "train/wordnet-base")).splitlines()
        # A tenth of WordNet is for each of the held-out splits.
        place = {"train": range(2, 10), "validation": [0], "test": [1]}[split]
        glosses = [gloss for number, gloss in enumerate(glosses) if number % 10 in place]
        self.words = [gloss.split(":")[0].split(",")[0] for gloss in glosses if len(gloss.split(":")[0]) < 60]
        self.words = [word for word in self.words if word.islower()]
        self.sentences = [
            sentence[0].upper() + sentence[1:].rstrip(".") + "."
            for gloss in glosses
            for sentence in re.findall(r'"([a-z][^"]{25,120})"', gloss)
        ]
        self.paragraphs = [
            text
            for page in pages(english, split)
            for paragraph in page.split("\n\n")
            if 300 < len(text := " ".join(paragraph.split())) < 900 and text[0].isupper() and text.endswith(".")
        ]
        self.functions = [source for page in pages(python, split) for source in functions(page)]


def functions(page):
    """Short functions at the top of a source."""
    try:
        members = ast.parse(page).body
    except SyntaxError:
        return
    for member in members:
        if (
            isinstance(member, ast.FunctionDef)
            and 4 <= member.end_lineno - member.lineno <= 16
            and not ast.get_docstring(member)
        ):
            yield ast.get_source_segment(page, member)


def request(kind, material, chance):
    if kind == "story":
        who, deed, thing = chance.choice(CHARACTERS), chance.choice(DEEDS), chance.choice(material.words)
        return f"Write a short story about {who} who {deed} and a {thing}."
    if kind == "question":
        return chance.choice(QUESTIONS).format(chance.choice(material.words))
    if kind == "translation":
        return f"Translate into {chance.choice(LANGUAGES)}: {chance.choice(material.sentences)}"
    if kind == "code":
        language, task, word = chance.choice(PROGRAMMING), chance.choice(TASKS), chance.choice(material.words)
        return f"Write a {language} function that {task}. Call it `{word.replace(' ', '_')}`."
    if kind == "code edit":
        return f"{chance.choice(EDITS)}\n\n```\n{chance.choice(material.functions)}\n```"
    if kind == "summary":
        return f"{chance.choice(SUMMARIES)}\n\n{chance.choice(material.paragraphs)}"
    if kind == "extraction":
        return f"{chance.choice(EXTRACTED)}\n\n{chance.choice(material.paragraphs)}"
    return chance.choice(LISTS).format(chance.choice(material.words))


KINDS = ["story", "question", "translation", "code", "code edit", "summary", "extraction", "list"]


def main(english, python, output):
    os.makedirs(output)
    seen = set()
    for split, count in COUNTS.items():
        material = Material(english, python, split)
        chance = random.Random(split)
        with open(os.path.join(output, split + ".jsonl"), "w", encoding="utf-8") as file:
            written = 0
            while written < count:
                kind = KINDS[written % len(KINDS)]
                text = request(kind, material, chance)
                if text in seen:
                    continue
                seen.add(text)
                file.write(json.dumps({"kind": kind, "messages": [{"role": "user", "content": text}]}) + "\n")
                written += 1
        print(f"chat, {split}: {count} requests", file=sys.stderr)
    with open(os.path.join(output, "attribution.md"), "w", encoding="utf-8") as file:
        file.write(
            "# Where this text comes from\n\nRequests contain words and passages of the corpora english/ and python/. "
            "See their attribution.md.\n"
        )


main(*sys.argv[1:])
