"""Questions with their queries: what mini learns the task `write` from, and records of a database.

Over invented schemas whose words are known, or over a team's own with the words of its names and
comments. A question stands in the instruction; the query's place in the request is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from sqlwright import sql
from sqlwright.data import asked_joined, asked_more, asked_single
from sqlwright.data.asked_passages import ROOM, passages_for, value_line
from sqlwright.data.asked_single import Shape
from sqlwright.data.asked_subject import Asked, Asking
from sqlwright.data.records import Record, template_of
from sqlwright.data.told import Told, told_of, topical_schema
from sqlwright.errors import SqlError
from sqlwright.prompt import Request, compact_schema
from sqlwright.schema import Schema, Table, write_ddl

SHAPES: dict[Shape, int] = {
    asked_single.count: 12,
    asked_single.listing: 16,
    asked_single.aggregate: 11,
    asked_single.top: 9,
    asked_single.grouped: 9,
    asked_more.most_common: 3,
    asked_more.distinct: 4,
    asked_more.lookup: 4,
    asked_more.by_year: 3,
    asked_more.share: 3,
    asked_more.compared: 3,
    asked_more.above_average: 3,
    asked_more.defined: 4,
    asked_more.extreme_date: 2,
    asked_joined.count_of: 10,
    asked_joined.figure_of: 7,
    asked_joined.listing_of: 8,
    asked_joined.per_parent: 8,
    asked_joined.top_parent: 6,
    asked_joined.related: 7,
    asked_joined.more_than: 4,
    asked_joined.per_trait_of_parent: 5,
    asked_joined.chained: 5,
}
_DIALECTS = ("", "sqlite", "sqlite", "sqlite", "postgres", "postgres", "duckdb")


def invent_asked(told: Told, rng: Random, language: str, dialect: str) -> Asked | None:
    """A question over the schema with its query in no dialect; None where the draw did not fit."""
    shape = rng.choices(tuple(SHAPES), weights=tuple(SHAPES.values()))[0]
    return shape(Asking(told, language, dialect, rng))


def invent_question(rng: Random, schema: Schema | None = None) -> tuple[Request, str] | None:
    """A request of the task `write` with its answer, for a training from nothing.

    Args:
        schema: to ask about; a fresh one with known words if None.
    """
    told = topical_schema(rng) if schema is None else told_of(schema)
    language, dialect = rng.choice(("en", "ru")), rng.choice(_DIALECTS)
    asked = next(
        (a for _ in range(6) if (a := invent_asked(told, rng, language, dialect))), None
    )  # fmt: skip
    if asked is None:
        return None
    answer = _spelled(asked.sql, dialect)
    if answer is None:
        return None
    passages = passages_for(asked, told, language, rng)
    question = _as_typed(asked, passages, rng)
    passages += _examples(told, rng, language, dialect)
    rng.shuffle(passages)
    kept = [text for text in passages if len(text) <= ROOM]
    if len(kept) < len(passages):
        return None  # what is left out might be what the question needs
    tables = compact_schema(_shown_tables(asked, told, rng))
    return Request("write", question, "", tables, tuple(kept), dialect), answer


def _spelled(text: str, dialect: str, *, pretty: bool = False) -> str | None:
    """The query as the dialect has it; None where a name of the schema is a word of the dialect."""
    try:
        return sql.write(sql.read(text, dialect), dialect, pretty=pretty)
    except SqlError:
        return None


def _as_typed(asked: Asked, passages: Sequence[str], rng: Random) -> str:
    """The question, its values in small letters where a passage tells how they are spelled."""
    question = asked.question
    for thing, trait, value, _ in asked.linked:
        told = value_line(thing.table.name, trait.name, value) in passages
        if told and question.count(value) == 1 and len(value) > 2 and rng.random() < 0.5:
            question = question.replace(value, rng.choice((value.lower(), value.title())))
    return question


def _examples(told: Told, rng: Random, language: str, dialect: str) -> list[str]:
    """Past queries of others with their questions as comments."""
    found = []
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 3])):
        other = invent_asked(told, rng, rng.choice((language, "en", "ru")), dialect)
        text = _spelled(other.sql, dialect, pretty=rng.random() < 0.3) if other else None
        if other is not None and text is not None:
            found.append(f"-- {other.question}\n{text}")
    return found


def _shown_tables(asked: Asked, told: Told, rng: Random) -> list[Table]:
    """The tables of the prompt: all of a small schema, or those that are read and a few others."""
    used = [thing.table.name for thing in asked.things]
    tables = list(told.schema.tables)
    if rng.random() < 0.55:
        others = [t.name for t in tables if t.name not in used]
        kept = {*used, *rng.sample(others, min(len(others), rng.choice([0, 0, 1, 2, 3])))}
        tables = [table for table in tables if table.name in kept]
    if rng.random() < 0.3:
        rng.shuffle(tables)
    return tables


def record_for(
    schema: Schema,
    rng: Random,
    *,
    dialect: str,
    values: Mapping[str, Sequence[str]] | None = None,
    passages_for: Callable[[str], Sequence[str]] | None = None,
) -> Record | None:
    """A record of the task `write` over a team's own database; None where the draw did not fit.

    Args:
        values: known values of text columns, by `table.column` in lower case.
        passages_for: what stands in the context, given the question.
    """
    language = rng.choice(("en", "ru"))
    asked = invent_asked(told_of(schema, values), rng, language, dialect)
    if asked is None:
        return None
    try:
        answer = sql.write(sql.read(asked.sql, dialect), dialect)
        sql.bind(sql.read(answer, dialect), schema, dialect)
    except SqlError:
        return None
    return Record(
        instruction=asked.question,
        input="",
        output=answer,
        task="write",
        dialect=dialect,
        schema=write_ddl(schema, dialect, [thing.table for thing in asked.things]),
        context=tuple(passages_for(asked.question)) if passages_for else (),
        source="invented question",
        checked="it binds to the schema",
        template=template_of(answer, dialect),
    )
