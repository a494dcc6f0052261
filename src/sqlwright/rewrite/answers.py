"""What a model proposes: its prompt is fitted to what it can read, and its answers are read."""

from __future__ import annotations

from dataclasses import replace

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.model import Model
from sqlwright.prompt import Request, answer_of, render
from sqlwright.rewrite.proposal import Proposal, Rejected
from sqlwright.schema import Schema


def by_model(
    request: Request,
    schema: Schema,
    model: Model,
    *,
    samples: int = 1,
    max_new_tokens: int = 400,
) -> list[Proposal | Rejected]:
    """What a model answers to the request: the greedy answer first, then sampled ones.

    Passages are dropped from the last on until the prompt leaves room for the answer. An answer
    that is no query over this schema comes back as Rejected, with the reason.

    Raises:
        ModelError: if the model cannot answer.
    """
    prompt = fitting_prompt(request, model, max_new_tokens)
    if prompt is None:
        reason = f"the prompt leaves no room in the model's {model.context_tokens} tokens"
        return [Rejected("", "model", reason)]
    found: list[Proposal | Rejected] = []
    answers = model.complete([prompt], max_new_tokens=max_new_tokens, samples=samples)[0]
    for at, completion in enumerate(answers):
        text = answer_of(completion, model.family)
        source = "model" if at == 0 else f"model: sample {at + 1}"
        found.append(read_answer(text, source, schema, request.dialect))
    return found


def fitting_prompt(request: Request, model: Model, max_new_tokens: int) -> str | None:
    """The prompt with as many passages, from the first, as leave room; None if it never fits."""
    for kept in range(len(request.passages), -1, -1):
        prompt = render(replace(request, passages=request.passages[:kept]), model.family)
        if model.count_tokens(prompt) + max_new_tokens <= model.context_tokens:
            return prompt
    return None


def read_answer(text: str, source: str, schema: Schema, dialect: str) -> Proposal | Rejected:
    """The text as a proposal, if it is one read-only query over this schema."""
    try:
        query = sql.read(text, dialect)
        sql.bind(query, schema, dialect)
    except SqlError as error:
        return Rejected(text, source, str(error))
    return Proposal(query, source)
