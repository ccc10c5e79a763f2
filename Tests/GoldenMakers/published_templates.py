"""Writes digests of transformers' renderings of published chat templates: published-templates.json.

Usage: published_templates.py TEMPLATES FOLDER, where TEMPLATES is the folder of Scripts/fetch-chat-templates. The
format is described in Tests/Goldens/README.md. The templates themselves are not committed.
"""

import json
import sys
from pathlib import Path

from rendered_templates import rendered


def tool(name, description, properties, required):
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


WEATHER = tool(
    "get_weather", "The weather in a city, \"now\" <or> later.",
    {
        "city": {"type": "string", "description": "Such as Zürich"},
        "unit": {"type": "string", "description": "", "enum": ["celsius", "fahrenheit"], "default": "celsius"},
    }, ["city"],
)  # fmt: skip
BOOKING = tool(
    "book", "Books a flight.\nÜber 日本.",
    {
        "people": {
            "type": "array",
            "description": "All passengers",
            "items": {"type": "object", "properties": {"age": {"type": ["integer", "null"]}}},
        },
        "price": {"type": "number", "default": 0.5, "description": "At most"},
        "return": {"anyOf": [{"type": "boolean"}, {"type": "null"}], "default": None},
    }, ["people"],
)  # fmt: skip
TIME = tool("now", "", {}, [])
DOCUMENTS = [
    {"doc_id": 1, "title": "Penguins", "text": "Penguins do not fly.\nThey swim."},
    {"doc_id": "b", "title": "Ünïcode & <tags>", "text": "日本語 👩🏽‍🚀", "source": "x"},
]
# Without these, one of the templates renders nothing. Others do not read them.
ALWAYS = {"functions": '[{"name": "now"}]', "datetime": "2026-11-28"}


def message(role, content, **fields):
    return {"role": role, "content": content, **fields}


def user(content):
    return message("user", content)


def assistant(content, **fields):
    return message("assistant", content, **fields)


def call(name, arguments, id):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def result(content, name, id):
    return message("tool", content, name=name, tool_call_id=id)


PARIS = call("get_weather", {"city": "Paris", "unit": "celsius"}, "abcdef123")
BOOKED = {"people": [{"age": None}, {"age": 41}], "price": 1234.5, "return": False, "é": "\"'<"}
FLIGHT = call("book", BOOKED, "ghijkl456")
MARKS = "<|im_end|> <|eot_id|></s>[INST]<｜User｜><|end|><think>{{ bos_token }}{% for x in y %}{# no #}"


def conversations():
    weather = [user("Weather?"), assistant("", tool_calls=[PARIS]), result('{"t": 21.5}', "get_weather", "abcdef123")]
    three = [user("What is the capital of France?"), assistant("Paris."), user("And of Spain?")]
    yield dict(messages=[user("Hi")], add_generation_prompt=True)
    yield dict(messages=[message("system", "Be brief.\n"), *three], add_generation_prompt=True)
    yield dict(messages=[*three, assistant(" Madrid \n")], add_generation_prompt=False)
    unicode = "\t ﬁ İ é \u2028 שלום 👩🏽‍🚀 \r\n"
    yield dict(messages=[user(MARKS), assistant("a" + MARKS), user(unicode)], add_generation_prompt=True)
    yield dict(messages=[user(""), assistant(""), user("  \n x \n\n")], add_generation_prompt=True)
    yield dict(messages=[user("Hi")], tools=[WEATHER, BOOKING, TIME], add_generation_prompt=True)
    yield dict(messages=weather, tools=[WEATHER], add_generation_prompt=True)
    yield dict(
        messages=[
            message("system", "Use tools."), user("Fly!"), assistant("Let me see.", tool_calls=[PARIS, FLIGHT]),
            result("21", "get_weather", "abcdef123"), result("日", "book", "ghijkl456"), assistant("Done."), user("Ok"),
        ], tools=[BOOKING, WEATHER], add_generation_prompt=True,
    )  # fmt: skip
    yield dict(
        messages=[
            user("Time?"), assistant("", tool_calls=[call("now", "{}", "zzzzzzzz9")]),
            result("12", "now", "zzzzzzzz9"), assistant("Noon."),
        ], tools=[TIME], add_generation_prompt=False,
    )  # fmt: skip
    yield dict(
        messages=[
            user("One?"), assistant("One.", reasoning_content="Hm.\n\nYes."), user("Two?"),
            assistant("", reasoning_content="Call.", tool_calls=[PARIS]), result("21", "get_weather", "abcdef123"),
        ], tools=[WEATHER], add_generation_prompt=True, values={"enable_thinking": True},
    )  # fmt: skip
    yield dict(
        messages=[user("One?"), assistant("<think>\nhm\n</think>\n\nOne."), user("Two? /no_think")],
        add_generation_prompt=True, values={"enable_thinking": False},
    )  # fmt: skip
    yield dict(messages=[user("Do penguins fly?")], documents=DOCUMENTS, add_generation_prompt=True)
    yield dict(
        messages=[user([{"type": "text", "text": "What is "}, {"type": "image"}, {"type": "text", "text": "it?"}])],
        add_generation_prompt=True,
    )  # fmt: skip
    odd = [user("a"), user("b"), assistant("c"), message("critic", "d"), user("e")]
    yield dict(messages=odd, add_generation_prompt=True)
    yield dict(messages=[message("developer", "Rules."), user("Hi")], add_generation_prompt=True)


def digest(text):
    """The 64-bit FNV-1a hash."""
    state = 0xCBF29CE484222325
    for byte in text.encode():
        state = (state ^ byte) * 0x100000001B3 % 2**64
    return f"{state:016x}"


def main(templates, folder):
    cases = [dict(case, values=ALWAYS | case.get("values", {})) for case in conversations()]
    digests = {}
    for path in sorted(templates.glob("*.jinja")):
        template = path.read_bytes().decode()
        results = [rendered(template, **case) for case in cases]
        digests[path.stem] = [digest(result["text"]) if "text" in result else "error" for result in results]
    # A line for each conversation and each template.
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    entries = ",\n".join(f"{json.dumps(name)}: {json.dumps(all)}" for name, all in digests.items())
    text = f'{{"conversations": [\n{lines}\n],\n"templates": {{\n{entries}\n}}}}\n'
    (folder / "published-templates.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
