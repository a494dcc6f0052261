"""What a model proposes: its prompt is fitted to what it can read, and its answers are read."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.model import LocalModel, Model
from sqlwright.prompt import Request, answer_of, render
from sqlwright.restricted import Names
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
    if is_restricted(model):
        names = [names_for(request, schema)]
        answers = model.complete([prompt], max_new_tokens, samples, names=names)[0]
    else:
        answers = model.complete([prompt], max_new_tokens=max_new_tokens, samples=samples)[0]
    for at, completion in enumerate(answers):
        text = answer_of(completion, model.family)
        source = "model" if at == 0 else f"model: sample {at + 1}"
        found.append(read_answer(text, source, schema, request.dialect))
    return found


def is_restricted(model: Model) -> bool:
    """Is it mini, held here? A larger model spells names well, and may say more than SQL."""
    return isinstance(model, LocalModel) and model.family == "mini"


def names_for(request: Request, schema: Schema) -> Names:
    """What an answer to the request may name: the tables shown, and the words of the query."""
    shown = {line.partition("(")[0].lower() for line in request.schema_text.splitlines()}
    columns = {
        table.name: tuple(column.name for column in table.columns)
        for table in schema.tables
        if table.name.lower() in shown
    }
    others = frozenset(re.findall(r"[^\W\d]\w*", request.query))
    # what it writes from nothing has no aliases; a standard of the house may ask for some
    return Names(columns, others, aliases=request.task != "write")


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
