"""Questions about one database as records: with its values, run on it, and told what is known.

Of the database only frequent values of columns that have few are read, and whether a query returns
anything; no row goes into a record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from sqlwright import sql
from sqlwright.data.asked_passages import ROOM
from sqlwright.data.records import Record, schema_text, template_of
from sqlwright.database import Database
from sqlwright.errors import DatabaseError, QueryTimeout
from sqlwright.knowledge.masking import personal
from sqlwright.knowledge.poison import why_suspicious
from sqlwright.prompt import compact_schema
from sqlwright.schema import Schema, Table, kind_of, write_ddl

RUN_SECONDS = 5.0
_ROOMS = (0, 300, 600, ROOM)  # letters of passages: a model must answer with few and with many
_LETTERS = 1200  # of the tables in a prompt, as `ask` shows them to mini
_MOST_LETTERS = 2100  # of a record: with more it may not fit 1,024 tokens
_NOTHING = (None, 0)  # what a figure is, in a row of its own, where no row passes


@dataclass(frozen=True, slots=True)
class Known:
    """What a model is told beside a question: the tables shown to it, and passages."""

    tables: tuple[Table, ...]
    passages: tuple[str, ...]


def read_values(database: Database, *, seconds: float = 60.0) -> dict[str, tuple[str, ...]]:
    """Frequent values of text columns that have few, by `table.column` in lower case.

    Those that look personal, or like an order to a model, are left out.

    Raises:
        DatabaseError: if the catalog cannot be read.
    """
    schema = database.schema
    facts = database.facts(schema, seconds=seconds)
    found = {}
    for table in schema.tables:
        for column in table.columns:
            held = facts.of(table.name, column.name).values if _is_text(column.type) else ()
            kept = tuple(v for v in held if personal(v) == v and why_suspicious(v) is None)
            if kept:
                found[f"{table.name}.{column.name}".lower()] = kept
    return found


def _is_text(type_text: str) -> bool:
    return kind_of(type_text) == "text"


def run_answer(record: Record, database: Database, seconds: float = RUN_SECONDS) -> Record | None:
    """The record with what running its answer showed; None where the database refuses it.

    An answer that finds nothing is kept: people ask for what is not there, too.
    """
    query = sql.read(record.output, record.dialect)
    try:
        rows = database.rows(query, seconds=seconds, max_rows=2).rows
    except QueryTimeout:
        return replace(record, checked=f"{record.checked}; it runs longer than {seconds:g} s")
    except DatabaseError:
        return None
    finds = len(rows) > 1 or any(value not in _NOTHING for row in rows for value in row)
    return replace(record, checked=f"it runs on the database and finds {_FOUND[finds]}")


_FOUND = {True: "something", False: "nothing there"}


def told(
    record: Record, schema: Schema, known_for: Callable[[str], Known] | None, rng: Random
) -> Record:
    """The record with tables and passages of those that a model would be told beside its question.

    The tables that the answer reads always stand among them. A past query that is the answer does
    not stand among the passages: a model would learn to copy it.

    Args:
        known_for: what `ask` tells beside a question; without it there are no passages, and the
            other tables are drawn.
    """
    needed = sql.tables_of(sql.read(record.output, record.dialect), schema)
    known = known_for(record.instruction) if known_for else Known((), ())
    is_drawn = known_for is None or rng.random() < 0.5
    others = _some(schema, needed, rng) if is_drawn else known.tables
    names = {table.name.lower() for table in (*others, *needed)}
    shown = [table for table in schema.tables if table.name.lower() in names]
    record = replace(record, schema=write_ddl(schema, record.dialect, shown))
    lines = [t for t in known.passages if template_of(t, record.dialect) != record.template]
    return with_passages(record, lines, rng.choice(_ROOMS))


def with_passages(record: Record, passages: Sequence[str], letters: int = ROOM) -> Record:
    """The record with those of the passages for which there is room, none of them cut."""
    tables = schema_text(record.schema, record.dialect, "mini")
    own = (record.instruction, record.input, record.output, tables)
    room = min(letters, _MOST_LETTERS - sum(map(len, own)))
    kept = []
    for text in passages:
        if len(text) <= room:
            room -= len(text)
            kept.append(text)
    return replace(record, context=tuple(kept))


def _some(schema: Schema, needed: Sequence[Table], rng: Random) -> tuple[Table, ...]:
    """Other tables beside those that are needed: all of a small schema now and then, or a few."""
    if len(compact_schema(schema.tables)) <= _LETTERS and rng.random() < 0.4:
        return schema.tables
    names = {table.name for table in needed}
    others = [table for table in schema.tables if table.name not in names]
    return tuple(rng.sample(others, min(len(others), rng.choice((0, 0, 1, 2, 3)))))


def values_in(
    words: Mapping[str, str], values: Mapping[str, Sequence[str]], tables: Sequence[Table]
) -> list[tuple[str, str, str]]:
    """(table, column, value) of the known values that the question names.

    Args:
        words: what in the question may be a value, as a column may spell it.
        values: as `read_values` found them.
        tables: those that are shown.
    """
    return [
        (table.name, column.name, value)
        for table in tables
        for column in table.columns
        for value in values.get(f"{table.name}.{column.name}".lower(), ())
        if value in words
    ]
