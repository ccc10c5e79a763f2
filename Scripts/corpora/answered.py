"""Adds the answers of `layerskip generate --prompts` to their conversations, and writes these in JSON Lines.

Usage: answered.py ANSWERS ...
Answers that were cut off by --max-tokens are kept: without its end, a conversation is still the model's text.
"""

import json
import sys

for path in sys.argv[1:]:
    for line in open(path, encoding="utf-8"):
        record = json.loads(line)
        answer = {"role": "assistant", "content": record["completion"]}
        if record["completion"]:
            print(json.dumps({"messages": record["messages"] + [answer]}, ensure_ascii=False))
