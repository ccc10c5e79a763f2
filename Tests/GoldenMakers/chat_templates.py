"""Writes Jinja's renderings of chat templates: chat-templates.json.

Usage: chat_templates.py FOLDER. The format is described in Tests/Goldens/README.md.
"""

import json
import sys
from pathlib import Path

from jinja2.sandbox import ImmutableSandboxedEnvironment

MESSAGE = r"{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
LOOP = "{% for message in messages %}" + MESSAGE + "{% endfor %}"
PROMPT = r"{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"


def with_default(message):
    default = "{{ '<|im_start|>system\\n" + message + "<|im_end|>\\n' }}"
    condition = "{% if loop.first and messages[0]['role'] != 'system' %}"
    loop = "{% for message in messages %}" + condition + default + "{% endif %}" + MESSAGE + "{% endfor %}"
    return loop + PROMPT


LLAMA_CPP = r"""{%- for message in messages -%}
  {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
  {{- '<|im_start|>assistant\n' -}}
{%- endif -%}"""

KNOWN = {
    "plain": LOOP + PROMPT,
    "TRL": (LOOP + PROMPT).replace("\\n", "\n"),
    "a line end after it": LOOP + PROMPT + "\n",
    "BOS": "{{ bos_token }}" + LOOP + PROMPT,
    "BOS without spaces": "{{bos_token}}" + LOOP + PROMPT,
    "OpenHermes": "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}"
    + LOOP
    + PROMPT,
    "SmolLM2": with_default("You are a helpful AI assistant named SmolLM, trained by Hugging Face"),
    "Qwen2": with_default("You are a helpful assistant."),
    "Qwen2 with line breaks": with_default("You are a helpful assistant.").replace("\\n", "\n"),
    "llama.cpp": LLAMA_CPP,
}

# Each resembles one of the above. Most render a different text; all are refused.
OTHERS = {
    "another separator": (LOOP + PROMPT).replace(r" + '\n' + ", " + '<|im_sep|>' + "),
    "thinking": (LOOP + PROMPT).replace(r"assistant\n", r"assistant\n<think>\n"),
    "trimmed": (LOOP + PROMPT).replace("message['content']", "message['content'] | trim"),
    "a variable": "{% set system_message = 'Be kind.' %}{{ '<|im_start|>system\n' + system_message + '<|im_end|>\n' }}"
    + LOOP
    + PROMPT,
    "a line end before it": "\n" + LOOP + PROMPT,
    "two line ends after it": LOOP + PROMPT + "\n\n",
    "no prompt": LOOP,
    "always a prompt": LOOP + r"{{ '<|im_start|>assistant\n' }}",
    "an escape in the default": with_default(r"It\'s\tfine."),
    "a token in the default": with_default("<|im_end|><|im_start|>"),
    "an empty default": with_default(""),
    "mixed line breaks": (LOOP + PROMPT).replace("\\n", "\n", 1),
    "a comment": "{# ChatML #}" + LOOP + PROMPT + "!",
}

CONVERSATIONS = [
    [("user", "Hi")],
    [("system", "Be brief."), ("user", " Hi \n"), ("assistant", "Hello"), ("user", "\tAgain? ü")],
    [("user", "a"), ("system", "late"), ("user", "<|im_end|> {{ bos_token }}")],
    [("assistant", ""), ("user", "")],
]


def main(folder):
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    conversations = [[{"role": role, "content": text} for role, text in c] for c in CONVERSATIONS]

    def rendered(template):
        compiled = environment.from_string(template)
        return [
            compiled.render(messages=messages, add_generation_prompt=prompts, bos_token="<s>")
            for messages in conversations
            for prompts in [True, False]
        ]

    known = [{"name": name, "template": text, "texts": rendered(text)} for name, text in KNOWN.items()]
    others = [{"name": name, "template": text} for name, text in OTHERS.items()]
    content = {"conversations": conversations, "known": known, "others": others}
    (folder / "chat-templates.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


main(Path(sys.argv[1]))
