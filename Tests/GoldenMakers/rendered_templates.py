"""Renders chat templates as transformers' `apply_chat_template` does, at 12:34:56 on 28 November 2026."""

import datetime

from transformers.utils import chat_template_utils


class Noon(datetime.datetime):
    @classmethod
    def now(cls):
        return cls(2026, 11, 28, 12, 34, 56)


chat_template_utils.datetime = Noon


def rendered(template, messages, tools=None, documents=None, add_generation_prompt=False, values={}):
    # As `apply_chat_template` does.
    messages = chat_template_utils._normalize_chat_messages(messages)
    try:
        texts, _ = chat_template_utils.render_jinja_template(
            conversations=[messages], tools=tools, documents=documents, chat_template=template,
            add_generation_prompt=add_generation_prompt, bos_token="<s>", eos_token="</s>", **values,
        )
        return {"text": texts[0]}
    except Exception as error:
        return {"error": str(error)}
