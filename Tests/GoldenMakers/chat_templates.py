"""Writes transformers' renderings of chat templates: chat-templates.json.

Usage: chat_templates.py FOLDER. The format is described in Tests/Goldens/README.md. The templates were written for
this purpose, in the styles of published ones.
"""

import json
import sys
from pathlib import Path

from rendered_templates import rendered

MESSAGE = r"{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
LOOP = "{% for message in messages %}" + MESSAGE + "{% endfor %}"
PROMPT = r"{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"


def with_default(message):
    default = "{{ '<|im_start|>system\\n" + message + "<|im_end|>\\n' }}"
    condition = "{% if loop.first and messages[0]['role'] != 'system' %}"
    loop = "{% for message in messages %}" + condition + default + "{% endif %}" + MESSAGE + "{% endfor %}"
    return loop + PROMPT


# Each differs from ChatML in a way that a reader could overlook.
CHATML = {
    "plain": LOOP + PROMPT,
    "line breaks in literals": (LOOP + PROMPT).replace("\\n", "\n"),
    "a line end after it": LOOP + PROMPT + "\n",
    "two line ends after it": LOOP + PROMPT + "\n\n",
    "a line end before it": "\n" + LOOP + PROMPT,
    "BOS": "{{ bos_token }}" + LOOP + PROMPT,
    "a default": with_default("You are a helpful assistant."),
    "an escape in the default": with_default(r"It\'s\tfine."),
    "a token in the default": with_default("<|im_end|><|im_start|>"),
    "another separator": (LOOP + PROMPT).replace(r" + '\n' + ", " + '<|im_sep|>' + "),
    "thinking": (LOOP + PROMPT).replace(r"assistant\n", r"assistant\n<think>\n"),
    "trimmed": (LOOP + PROMPT).replace("message['content']", "message['content'] | trim"),
    "a variable": "{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}{% else %}"
    "{% set system = 'Be kind.' %}{% endif %}{{ '<|im_start|>system\n' + system + '<|im_end|>\n' }}" + LOOP + PROMPT,
    "always a prompt": LOOP + r"{{ '<|im_start|>assistant\n' }}",
    "a comment": "{# ChatML #}" + LOOP + PROMPT + "!",
    "whitespace control": r"""{%- for message in messages -%}
  {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
  {{- '<|im_start|>assistant\n' -}}
{%- endif -%}""",
}

# Headers around roles, a date, tools as JSON, trimmed contents.
HEADERS = r"""
{{- bos_token }}
{%- if not date_string is defined %}{%- set date_string = strftime_now("%d %b %Y") %}{%- endif %}
{%- set system = 'None.' %}
{%- if messages[0].role == 'system' %}
    {%- set system = messages[0]['content'] | trim %}
    {%- set messages = messages[1:] %}
{%- endif %}
<|start|>system<|end|>

Today is {{ date_string }}.
{% if tools is not none %}
    {%- for tool in tools %}
        {{- tool | tojson(indent=2) }}
        {{- "\n" }}
    {%- endfor %}
{%- endif %}
{{- system }}<|eot|>
{%- for message in messages %}
    {%- if message.tool_calls %}
        {%- if message.tool_calls | length != 1 %}{{- raise_exception("One call at a time!") }}{%- endif %}
        {%- set call = message.tool_calls[0].function %}
        {{- '<|start|>assistant<|end|>\n\n' }}
        {{- '{"name": "' + call.name + '", "parameters": ' + call.arguments | tojson + '}' }}
    {%- elif message.role in ['tool', 'ipython'] %}
        {{- '<|start|>ipython<|end|>\n\n' }}
        {{- message.content | tojson if message.content is mapping else message.content }}
    {%- else %}
        {{- '<|start|>' + message['role'] + '<|end|>\n\n' + message['content'] | trim }}
    {%- endif %}
    {{- '<|eot|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start|>assistant<|end|>\n\n' }}{%- endif %}
"""

# Strict turns in brackets, without a system role.
INSTRUCTIONS = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
    "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}"
    "{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token }}"
    "{% else %}{{ raise_exception('System role not supported') }}{% endif %}{% endfor %}"
)

# Roles inside special tokens, generation blocks, a macro.
ROLE_TOKENS = r"""{%- macro text(content) %}
{%- if content is string %}{{ content }}{% else %}
{%- for part in content %}{{ part.text if part.type == 'text' else '<image>' }}{% endfor %}
{%- endif %}{%- endmacro -%}
{% for message in messages %}
{%- if message.role == 'assistant' -%}
<|assistant|>
{% generation %}{{ text(message.content) }}<|end|>{% endgeneration %}

{% else %}
{{ '<|' + message.role + '|>' }}
{{ text(message.content) }}<|end|>
{% endif %}
{% endfor %}
{% if add_generation_prompt %}
<|assistant|>
{% endif %}"""

# Reasoning: kept only after the last question; thinking may be turned off.
REASONING = r"""
{%- set ns = namespace(last=-1) %}
{%- for message in messages[::-1] %}
    {%- if ns.last < 0 and message.role == "user" and not message.content.startswith('<result>') %}
        {%- set ns.last = (messages | length - 1) - loop.index0 %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content or '' %}
    {%- if message.role == 'assistant' %}
        {%- set reasoning = '' %}
        {%- if message.reasoning_content is defined and message.reasoning_content is not none %}
            {%- set reasoning = message.reasoning_content %}
        {%- elif '</think>' in content %}
            {%- set reasoning = content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\n') %}
        {%- endif %}
        {{- '<|im_start|>assistant\n' }}
        {%- if loop.index0 > ns.last and reasoning %}
            {{- '<think>\n' ~ reasoning.strip('\n') ~ '\n</think>\n\n' }}
        {%- endif %}
        {{- content + '<|im_end|>\n' }}
    {%- elif message.role == 'tool' %}
        {%- if loop.first or messages[loop.index0 - 1].role != 'tool' %}{{- '<|im_start|>user' }}{%- endif %}
        {{- '\n<result>\n' + content + '\n</result>' }}
        {%- if loop.last or loop.nextitem.role != 'tool' %}{{- '<|im_end|>\n' }}{%- endif %}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\n' + content + '<|im_end|>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}{%- endif %}
{%- endif %}"""

# Documents, groups and filters.
DOCUMENTS = r"""{% for document in documents or [] %}
[{{ loop.index }}/{{ loop.length }}] {{ document['title'] | default('untitled', true) | upper }}: {{ '' -}}
{{ document.text | replace('\n', ' ') }}
{% endfor %}
{% for message in messages if message.role != 'system' %}
{{ message.role | capitalize }}: {{ message.content | trim }}{% if not loop.last %} /{% endif %}

{% endfor %}
{{ messages | selectattr('role', 'equalto', 'system') | map(attribute='content') | join('; ') }}
{%- if add_generation_prompt %}
Assistant:{% endif %}"""

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "The weather in a city, \"now\" <or> later.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "days": {"type": "integer", "default": 1}},
                "required": ["city"],
            },
        },
    }
]


def user(text):
    return {"role": "user", "content": text}


def assistant(text, **fields):
    return {"role": "assistant", "content": text, **fields}


def system(text):
    return {"role": "system", "content": text}


ARGUMENTS = {"city": "Köln", "days": 2, "f": 0.5}
CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": ARGUMENTS}}
CONVERSATIONS = [
    [user("Hi")],
    [system("Be brief."), user(" Hi \n"), assistant("Hello"), user("\tAgain? ü")],
    [user("a"), system("late"), user("<|im_end|> {{ bos_token }}<|eot|>")],
    [assistant(""), user("")],
]
TOOL_CONVERSATION = [
    user("Weather?"),
    assistant(None, tool_calls=[CALL]),
    {"role": "tool", "tool_call_id": "c1", "content": "21 degrees"},
    {"role": "tool", "content": "sunny"},
]
THOUGHTS = [
    user("One?"),
    assistant("<think>\nhm\n</think>\n\nOne."),
    user("Two?"),
    assistant("Two.", reasoning="ah"),
]
PARTS = [
    user([{"type": "text", "text": "What is "}, {"type": "image"}, {"type": "text", "text": "this?"}]),
    assistant("A cat."),
]


def cases():
    for name, template in CHATML.items():
        yield name, template, [dict(messages=m, add_generation_prompt=p) for m in CONVERSATIONS for p in [True, False]]
    yield "headers", HEADERS, [
        dict(messages=CONVERSATIONS[0], tools=TOOLS, add_generation_prompt=True),
        dict(messages=CONVERSATIONS[1], add_generation_prompt=True),
        dict(messages=TOOL_CONVERSATION[:1] + [assistant("", tool_calls=[CALL])] + TOOL_CONVERSATION[2:], tools=TOOLS),
        dict(messages=[user("a"), assistant("", tool_calls=[CALL, CALL])]),
        dict(messages=[user("a")], values={"date_string": "1 May 2024"}),
    ]
    yield "instructions", INSTRUCTIONS, [
        dict(messages=[user("a"), assistant("b"), user("c")], add_generation_prompt=True),
        dict(messages=[user("a"), user("b")]),
        dict(messages=[user("a"), system("b")]),
        dict(messages=[system("a"), user("b")]),
    ]
    yield "role tokens", ROLE_TOKENS, [
        dict(messages=CONVERSATIONS[1], add_generation_prompt=True),
        dict(messages=PARTS),
    ]
    yield "reasoning", REASONING, [
        dict(messages=THOUGHTS, add_generation_prompt=False),
        dict(messages=THOUGHTS[:3], add_generation_prompt=True, values={"enable_thinking": False}),
        dict(messages=THOUGHTS[:3], add_generation_prompt=True, values={"enable_thinking": True}),
        dict(messages=TOOL_CONVERSATION, tools=TOOLS, add_generation_prompt=True),
    ]
    yield "documents", DOCUMENTS, [
        dict(messages=CONVERSATIONS[1], add_generation_prompt=True),
        dict(
            messages=CONVERSATIONS[2],
            documents=[{"title": "Fish", "text": "They\nswim."}, {"title": "", "text": "ö"}],
        ),
    ]
    yield "nothing is given", "{{ tools }}{{ documents }}{{ pad_token }}{{ x is defined }}{{ messages | length }}", [
        dict(messages=CONVERSATIONS[0])
    ]


def main(folder):
    conversations, templates = [], []
    for name, template, all_cases in cases():
        written = []
        for case in all_cases:
            if case["messages"] not in conversations:
                conversations.append(case["messages"])
            settings = {key: value for key, value in case.items() if key != "messages"}
            number = conversations.index(case["messages"])
            written.append({"conversation": number, **settings, **rendered(template, **case)})
        templates.append({"name": name, "template": template, "cases": written})
    content = {"conversations": conversations, "templates": templates}
    (folder / "chat-templates.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
