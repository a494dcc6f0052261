"""A record as the token ids that the trainer sees, and which of them are trained on.

Prompt and answer are turned into tokens apart, so no token spans the border; the answer and the end
token are trained on, the prompt is not. Nothing is cut here or later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlwright.data.records import Record, request
from sqlwright.errors import ModelError
from sqlwright.prompt import canonical, render

IGNORED = -100  # what torch's cross entropy leaves out


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of one record; the first `prompt_tokens` of them are not trained on."""

    ids: tuple[int, ...]
    prompt_tokens: int

    @property
    def labels(self) -> list[int]:
        """The ids with the prompt's replaced by IGNORED."""
        return [IGNORED] * self.prompt_tokens + list(self.ids[self.prompt_tokens :])


def encode(record: Record, tokenizer: Any, family: str) -> Encoded:
    """The record's prompt, answer and end token as ids.

    Args:
        tokenizer: a transformers tokenizer; it is not read from disk here.

    Raises:
        ModelError: if the tokenizer has no end token, without which a model never stops.
    """
    if tokenizer.eos_token_id is None:
        raise ModelError("the tokenizer has no end token: a model trained with it would never stop")
    prompt = prompt_ids(render(request(record, family), family), tokenizer, family)
    text = answer_text(record, family)
    answer = tokenizer(text, add_special_tokens=False)["input_ids"]
    return Encoded((*prompt, *answer, tokenizer.eos_token_id), len(prompt))


def encode_all(
    records: Sequence[Record], tokenizer: Any, family: str, limit: int
) -> tuple[list[Encoded], list[int]]:
    """(those that fit `limit` tokens, the places of those that do not), in the order given."""
    fitting: list[Encoded] = []
    too_long: list[int] = []
    for place, record in enumerate(records):
        encoded = encode(record, tokenizer, family)
        if len(encoded.ids) <= limit:
            fitting.append(encoded)
        else:
            too_long.append(place)
    return fitting, too_long


def prompt_ids(prompt: str, tokenizer: Any, family: str) -> list[int]:
    """A prompt's ids, with what the family puts around it: <s>, or the chat template."""
    if family == "chat" and tokenizer.chat_template:
        messages = [{"role": "user", "content": prompt}]
        prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    special = family.startswith("sqlcoder")
    return list(tokenizer(prompt, add_special_tokens=special)["input_ids"])


def answer_text(record: Record, family: str) -> str:
    """The answer as the model of that family should write it, without its end token."""
    if record.task == "check":
        answer = record.output
    elif family == "mini":
        answer = canonical(record.output, record.dialect)
    else:
        answer = record.output.strip().removesuffix(";")
    return {
        "sqlcoder-7b": f"{answer}\n```",  # the prompt ends in an open fence
        "chat": f"```sql\n{answer}\n```",
    }.get(family, answer)
