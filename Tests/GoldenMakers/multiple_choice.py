"""Writes transformers' losses of multiple-choice items for SmolLM2-135M-Instruct in float32: multiple-choice.json.

Usage: multiple_choice.py MODEL.gguf LLAMA-TOKENIZE FOLDER. Context and choice are joined and scored as
lm-evaluation-harness does (`_encode_pair` and `acc`, `acc_norm` of its task.py): white space at the end of the context
goes to the choice, a choice is what the tokens of both together have after those of the context, and `acc_norm` divides
by the choice's length, here in bytes. llama.cpp's tokenizer turns text into ids. The format is described in
Tests/Goldens/README.md.
"""

import json
import sys
from pathlib import Path

import torch

import gguf_models
from smollm2 import EXITS, tokenize

ITEMS = [
    ("The capital of France is", ["London", "Paris", "Berlin", "Madrid"], 1),
    ("Question: Which gas do plants take in?\nAnswer:", ["carbon dioxide", "oxygen", "helium"], 0),
    ("Water freezes at", ["0 degrees Celsius", "50 degrees Celsius", "a very high temperature of several suns"], 0),
    ("A man sits down at a piano. He", ["begins to play.", "swims across the lake.", "turns", "eats the stadium."], 0),
    ("The opposite of hot is ", ["cold", "warm", "spicy"], 0),
    ("func add(_ a: Int, _ b: Int) -> Int {\n   ", ["return a + b", "return a - b", "print(\"hello\")"], 0),
    ("She drank a cup of", ["café au lait", "stone", "tea"], 2),
    ("Two plus two is four. Three plus three is", ["six", "seven hundred and twelve", "two"], 0),
]


def encode_pair(program, path, context, continuation):
    spaces = len(context) - len(context.rstrip())
    if spaces:
        continuation = context[-spaces:] + continuation
        context = context[:-spaces]
    whole = tokenize(program, path, context + continuation)
    return whole, len(tokenize(program, path, context))


def losses(model, whole, start):
    """The loss of whole[start...] together, with the final norm and the head after that many layers."""
    with torch.no_grad():
        states = model(torch.tensor([whole]), output_hidden_states=True)
        result = []
        for layers in EXITS:
            if layers == model.config.num_hidden_layers:
                logits = states.logits[0]
            else:
                logits = model.lm_head(model.model.norm(states.hidden_states[layers]))[0]
            rows = logits[start - 1 : -1].double()
            result.append(float(torch.nn.functional.cross_entropy(rows, torch.tensor(whole[start:]), reduction="sum")))
    return result


def argmax(values):
    return max(range(len(values)), key=lambda index: values[index])


def main():
    path, tokenizer, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    torch.set_num_threads(2)
    model = gguf_models.load(path)
    items = []
    for context, choices, answer in ITEMS:
        pairs = [encode_pair(tokenizer, path, context, " " + choice) for choice in choices]
        by_choice = [losses(model, tokens, start) for tokens, start in pairs]
        by_exit = [list(column) for column in zip(*by_choice)]
        items.append(
            {
                "question": context,
                "choices": choices,
                "answer": answer,
                "tokens": [tokens for tokens, _ in pairs],
                "start": pairs[0][1],
                "losses": by_exit,
                "likeliest": [argmax([-loss for loss in row]) for row in by_exit],
                "likeliest_per_byte": [
                    argmax([-loss / len(choice.encode()) for loss, choice in zip(row, choices)]) for row in by_exit
                ],
            }
        )
        print(context, items[-1]["likeliest"], items[-1]["likeliest_per_byte"], file=sys.stderr)
    (folder / "multiple-choice.json").write_text(json.dumps({"exits": EXITS, "items": items}) + "\n")


if __name__ == "__main__":
    main()
