"""Writes 500 conversations, and which of their tokens are an assistant's: conversations.jsonl and chat-masks.json.

Usage: chat_masks.py FOLDER. The format is described in Tests/Goldens/README.md.

For templates to which this script adds {% generation %}, the masks are transformers' `return_assistant_tokens_mask`.
For the others, they follow from the difference of transformers' renderings with and without each answer.
"""

import json
import random
import sys
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

import chat_templates as styles
from rendered_templates import rendered

SPECIAL = ["<|im_start|>", "<|im_end|>", "<|eot|>", "<|start|>", "<|end|>", "<|assistant|>", "<|user|>", "<|system|>"]
WORDS = (
    "the a cat dog bird house river night day seven three what why how is are was runs sleeps over under Köln naïve 日本 "
    "🙂 x=1 print(x) return"
).split(" ")


def conversations(count=500):
    numbers = random.Random(26)

    def text():
        words = [numbers.choice(WORDS) for _ in range(numbers.randint(1, 8))]
        words[0] = numbers.choice(["", "", "", " ", "\n", "\t"]) + words[0]
        for index in range(1, len(words)):
            words[index] = numbers.choice([" ", " ", " ", " ", "\n", "\n\n", "  ", ", "]) + words[index]
        return "".join(words) + numbers.choice(["", "", ".", "?", "\n", " "])

    for number in range(count):
        messages = [{"role": "system", "content": text()}] if number % 3 == 0 else []
        for _ in range(numbers.randint(1, 4)):
            messages.append({"role": "user", "content": text()})
            answer = {"role": "assistant", "content": text()}
            if number % 5 == 1 and numbers.random() < 0.6:
                answer["reasoning_content"] = text()
            messages.append(answer)
        if number % 10 == 9:
            messages.append({"role": "user", "content": text()})
        yield messages


def tokenizer(texts):
    result = Tokenizer(models.BPE())
    result.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    result.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=sorted(alphabet), show_progress=False)
    result.train_from_iterator(texts, trainer)
    result.add_special_tokens(["<s>", "</s>", *SPECIAL])
    return result


MARKED_TURN = (
    "{{'<|im_start|>' + message['role'] + '\\n'}}{% if message['role'] == 'assistant' %}{% generation %}"
    "{{ message['content'] + '<|im_end|>' }}{% endgeneration %}{% else %}{{ message['content'] + '<|im_end|>' }}"
    "{% endif %}{{ '\\n' }}"
)
# The renderings must not depend on the date.
HEADERS = styles.HEADERS.replace("{{- bos_token }}", "{{- bos_token }}{%- set date_string = '26 Jul 2024' %}")
MARKED_HEADERS = HEADERS.replace(
    "{{- '<|start|>' + message['role'] + '<|end|>\\n\\n' + message['content'] | trim }}\n    {%- endif %}\n"
    "    {{- '<|eot|>' }}",
    "{{- '<|start|>' + message['role'] + '<|end|>\\n\\n' }}\n        {%- if message.role == 'assistant' %}"
    "{%- generation %}{{- message['content'] | trim + '<|eot|>' }}{%- endgeneration %}"
    "{%- else %}{{- message['content'] | trim + '<|eot|>' }}{%- endif %}\n    {%- endif %}",
)
assert MARKED_HEADERS != HEADERS
MARKED_INSTRUCTIONS = styles.INSTRUCTIONS.replace(
    "{{ message['content'] + eos_token }}",
    "{% generation %}{{ message['content'] + eos_token }}{% endgeneration %}")
assert MARKED_INSTRUCTIONS != styles.INSTRUCTIONS
MARKED_REASONING = styles.REASONING.replace(
    "{{- '<|im_start|>assistant\\n' }}\n        {%- if loop", "{{- '<|im_start|>assistant\\n' }}{%- generation %}\n        {%- if loop"
).replace(
    "{{- content + '<|im_end|>\\n' }}\n    {%- elif", "{{- content + '<|im_end|>' }}{%- endgeneration %}{{- '\\n' }}\n    {%- elif")
assert MARKED_REASONING.count("generation %}") == 2 + styles.REASONING.count("generation %}")

MARKED = {
    "ChatML": "{% for message in messages %}" + MARKED_TURN + "{% endfor %}" + styles.PROMPT,
    "headers": MARKED_HEADERS,
    "instructions": MARKED_INSTRUCTIONS,
    "role tokens": styles.ROLE_TOKENS,
    "reasoning": MARKED_REASONING,
}
UNMARKED = {
    **{name: styles.CHATML[name] for name in ("plain", "BOS", "a default", "trimmed", "whitespace control")},
    "headers": HEADERS,
    "instructions": styles.INSTRUCTIONS,
    "reasoning": styles.REASONING,
    "thinking prompt": styles.CHATML["thinking"],
}


def marked(fast, template, messages):
    try:
        result = fast.apply_chat_template(
            messages, chat_template=template, tokenize=True, return_dict=True, return_assistant_tokens_mask=True)
    except Exception as error:
        assert "roles must alternate" in str(error).lower() or "not supported" in str(error), error
        return None
    mask = list(result["assistant_masks"])
    return [(list(result["input_ids"]), mask)] if any(mask) else []


def unmarked(plain, template, messages):
    def text(count, prompt=False):
        return rendered(template, messages[:count], add_generation_prompt=prompt)

    texts = []
    current = text(len(messages))
    if "error" in current:
        return None
    current, spans = current["text"], []
    for index in reversed([i for i, message in enumerate(messages) if message["role"] == "assistant"]):
        without, through = text(index, True)["text"], text(index + 1)["text"]
        if not through.startswith(without):
            return None
        if not current.startswith(through):
            texts.insert(0, (current, spans))
            current, spans = through, []
        spans.append((len(without), len(through)))
    texts.insert(0, (current, spans))
    result = []
    for text, spans in texts:
        encoding = plain.encode(text, add_special_tokens=False)
        mask = [int(any(a < end and b > start for start, end in spans)) for a, b in encoding.offsets]
        if any(mask):
            result.append((encoding.ids, mask))
    return result


def digest(hash, texts):
    def add(byte):
        nonlocal hash
        hash = (hash ^ byte) * 0x100000001B3 % 2**64

    if texts is None:
        add(255)
        return hash
    for ids, mask in texts:
        for token, is_answer in zip(ids, mask, strict=True):
            add(token % 256)
            add(token // 256)
            add(is_answer)
        add(254)
    return hash


def main(folder):
    chats = list(conversations())
    with open(folder / "conversations.jsonl", "w", encoding="utf-8") as file:
        for messages in chats:
            file.write(json.dumps({"messages": messages}, ensure_ascii=False, separators=(",", ":")) + "\n")
    plain = tokenizer([message["content"] for messages in chats for message in messages])
    fast = PreTrainedTokenizerFast(tokenizer_object=plain, bos_token="<s>", eos_token="</s>")
    cases = []
    for kind, templates, masks in (
        ("marked", MARKED, lambda template, messages: marked(fast, template, messages)),
        ("unmarked", UNMARKED, lambda template, messages: unmarked(plain, template, messages)),
    ):
        for name, template in templates.items():
            hash = 0xCBF29CE484222325
            all_texts = [masks(template, messages) for messages in chats]
            for texts in all_texts:
                hash = digest(hash, texts)
            first = next((index for index, texts in enumerate(all_texts) if texts), None)
            cases.append({
                "name": f"{name}, {kind}", "template": template, "digest": f"{hash:016x}",
                "refused": sum(texts is None for texts in all_texts),
                "divided": sum(len(texts or []) > 1 for texts in all_texts),
                "first": first,
                "example": [{"ids": ids, "mask": mask} for ids, mask in all_texts[first]] if first is not None else [],
            })
    with open(folder / "chat-masks.json", "w", encoding="utf-8") as file:
        json.dump({"tokenizer": json.loads(plain.to_str()), "cases": cases}, file, ensure_ascii=False, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
