"""Reads the metrics of a training run."""

import json


class Run:
    """A run's seconds, steps, tokens and validations: pairs of the seconds until then and the losses by exit.

    Seconds are those that training steps took, without validations.
    """

    def __init__(self, folder):
        self.seconds, self.steps, self.tokens, self.validations = 0.0, 0, 0, []
        for line in (folder / "metrics.jsonl").read_text().splitlines():
            entry = json.loads(line)
            if "exits" in entry:
                self.validations.append((self.seconds, {exit["exit"]: exit["loss"] for exit in entry["exits"]}))
            elif "tokens_per_second" in entry:
                # `tokens` counts from the run's start.
                self.seconds += (entry["tokens"] - self.tokens) / entry["tokens_per_second"]
                self.steps, self.tokens = entry["step"], entry["tokens"]
