"""Greedy texts by transformers, plainly and with drafts by an early exit (assistant_early_exit).

Arguments: a model folder, threads, exit layer, draft length, tokens per text. Each line of standard input is a list of
token ids, a prompt; each line of output has, for "plain" and "drafted", the tokens and the seconds that they took, and
how many drafts there were and how many were accepted. A first text, not reported, warms everything up.
"""

import json
import sys
import time

import torch
import transformers
from transformers.generation import candidate_generator

folder, threads, exit_layer, draft_length, count = sys.argv[1], *map(int, sys.argv[2:])
torch.set_num_threads(threads)
transformers.logging.set_verbosity_error()
model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
settings = model.generation_config
settings.num_assistant_tokens, settings.num_assistant_tokens_schedule = draft_length, "constant"
settings.assistant_confidence_threshold = 0.0
settings.eos_token_id = None  # all texts have the same length

drafted = accepted = 0
update = candidate_generator.EarlyExitCandidateGenerator.update_candidate_strategy


def counting(self, input_ids, scores, num_matches):
    global drafted, accepted
    drafted += scores.shape[1] - 1
    accepted += int(num_matches)
    return update(self, input_ids, scores, num_matches)


candidate_generator.EarlyExitCandidateGenerator.update_candidate_strategy = counting


def text(ids, **options):
    start = time.perf_counter()
    with torch.inference_mode():
        found = model.generate(ids, do_sample=False, max_new_tokens=count, min_new_tokens=count, **options)
    return {"tokens": found[0, ids.shape[1] :].tolist(), "seconds": time.perf_counter() - start}


is_warm = False
for line in sys.stdin:
    ids = torch.tensor([json.loads(line)])
    if not is_warm:
        text(ids), text(ids, assistant_early_exit=exit_layer)
        is_warm = True
    drafted = accepted = 0
    result = {"plain": text(ids), "drafted": text(ids, assistant_early_exit=exit_layer)}
    print(json.dumps(result | {"drafts": drafted, "accepted": accepted}), flush=True)
