"""Writes transformers' results for SmolLM2-135M-Instruct, dequantized to float32: smollm2.json, smollm2-*.bin.

Usage: smollm2.py MODEL.gguf LLAMA-TOKENIZE FOLDER. The pages are read from FOLDER/pages; llama.cpp's
tokenizer turns text into ids. The formats are described in Tests/Goldens/README.md.
"""

import ast
import json
import subprocess
import sys
from pathlib import Path

import torch

import gguf_models

EXITS = [15, 25, 30]
GREEDY = 32
SAMPLED_IDS = [769 * i for i in range(64)]  # spread over the 49,152 tokens

PROMPTS = {
    "english": "The capital of France is",
    "swift": """\
struct Point {
    var x: Double
    var y: Double

    func distance(to other: Point) -> Double {
        let dx = other.x - x
        let dy = other.y - y
        return""",
}
FULL_ROW = "english"  # this prompt's last row is stored whole


def tokenize(program, model, text):
    output = subprocess.run(
        [program, "-m", model, "--stdin", "--ids", "--no-bos", "--no-escape", "--no-parse-special", "--log-disable"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    return ast.literal_eval(output.stdout.decode().strip())


def prompt(model, name, tokens, folder):
    logits = gguf_models.logits(model, tokens)
    positions = sorted({0, 1, len(tokens) // 2, len(tokens) - 2, len(tokens) - 1})
    description = {
        "name": name,
        "text": PROMPTS[name],
        "tokens": tokens,
        "positions": positions,
        "logits": [[float(logits[p, i]) for i in SAMPLED_IDS] for p in positions],
        "greedy": gguf_models.greedy(model, tokens, GREEDY, margin=0.005),
    }
    if name == FULL_ROW:
        file = f"smollm2-{name}-last.bin"
        gguf_models.write_floats(folder / file, logits[-1])
        description["last_row"] = file
    return description


def page(model, path, tokens):
    """Mean negative log-likelihood of tokens[1...], with the final norm and the head after that many layers."""
    exits = []
    with torch.no_grad():
        states = model(torch.tensor([tokens]), output_hidden_states=True)
        for layers in EXITS:
            if layers == model.config.num_hidden_layers:
                logits = states.logits[0]  # transformers stores the last hidden state after the norm
            else:
                logits = model.lm_head(model.model.norm(states.hidden_states[layers]))[0]
            losses = torch.nn.functional.cross_entropy(logits[:-1].double(), torch.tensor(tokens[1:]))
            exits.append({"layers": layers, "mean_nll": float(losses)})
    return {"file": f"pages/{path.name}", "tokens": tokens, "exits": exits}


def main():
    path, tokenizer, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    torch.set_num_threads(2)
    model = gguf_models.load(path)
    pages = [folder / "pages" / name for name in ("english.txt", "swift.txt", "markdown.md")]
    goldens = {
        "sampled_ids": SAMPLED_IDS,
        "prompts": [prompt(model, name, tokenize(tokenizer, path, text), folder) for name, text in PROMPTS.items()],
        "pages": [page(model, file, tokenize(tokenizer, path, file.read_text())) for file in pages],
    }
    paris = tokenize(tokenizer, path, " Paris")[0]
    if goldens["prompts"][0]["greedy"][0] != paris:
        raise SystemExit("the capital of France is no longer Paris: the model was loaded wrongly")
    (folder / "smollm2.json").write_text(json.dumps(goldens) + "\n")
    for result in goldens["pages"]:
        print(result["file"], len(result["tokens"]), result["exits"], file=sys.stderr)


if __name__ == "__main__":
    main()
