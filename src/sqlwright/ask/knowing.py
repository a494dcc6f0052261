"""What a model is told beside the question: the tables that matter, what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlwright import sql
from sqlwright.ask.glossary import Asked, described, glossary, read_question, score
from sqlwright.ask.values import Link, links
from sqlwright.data.asked_passages import ROOM, value_line
from sqlwright.database import Database
from sqlwright.errors import SqlError
from sqlwright.knowledge.joins import between
from sqlwright.knowledge.passages import Hit
from sqlwright.knowledge.poison import why_suspicious
from sqlwright.knowledge.search import Index
from sqlwright.prompt import compact_schema
from sqlwright.schema import Schema, Table

_HITS = 14
_LETTERS = {"mini": 1200, "chat": 24_000}  # of the tables in the prompt
_PASSAGES = {"mini": ROOM, "chat": 6000}
_NEIGHBOR = 0.4  # of a table's points go to those that foreign keys join with it


@dataclass(frozen=True, slots=True)
class Known:
    """What goes into the prompt, and where it comes from."""

    tables: tuple[Table, ...]
    lines: tuple[str, ...]
    hits: tuple[Hit, ...]
    links: tuple[Link, ...]


def find_known(
    question: str, database: Database, knowledge: Index | None, family: str, seconds: float = 3.0,
    linked: Sequence[Link] | None = None,
) -> Known:  # fmt: skip
    """Tables, passages and values for the question.

    Args:
        seconds: for looking up values, where `linked` does not bring them.

    A passage that reads like an order to a model is left out. Past queries are shown where they
    read nothing but tables that are shown too.
    """
    schema = database.schema
    hits = tuple(knowledge.search(question, limit=_HITS)) if knowledge is not None else ()
    trusted = [h for h in hits if not why_suspicious(f"{h.passage.title}\n{h.passage.text}")]
    asked = read_question(question)
    about = described(schema, (h.passage for h in trusted))
    if linked is None:
        linked = links(question, database, schema, seconds=seconds)
    points = {
        table.name.lower(): score(table, about[table.name.lower()], asked)
        + 4.0 * any(link.table == table.name for link in linked)
        + 1.5 * any(table.name.lower() in h.passage.tables for h in trusted[:4])
        for table in schema.tables
    }
    tables = choose_tables(schema, points, _room(_LETTERS, family))
    names = {table.name.lower() for table in tables}
    shown = tuple(link for link in linked if link.table.lower() in names and not link.is_part)
    lines = [value_line(link.table, link.column, link.value) for link in shown]
    lines += glossary(_best_first(tables, points), about, asked)
    lines += _told(trusted, asked, names, database.dialect, schema)
    return Known(tables, _fitting(lines, _room(_PASSAGES, family)), hits, shown)


def _room(rooms: dict[str, int], family: str) -> int:
    return rooms.get(family, rooms["chat"])


def choose_tables(schema: Schema, points: dict[str, float], letters: int) -> tuple[Table, ...]:
    """The tables to show, in the schema's order: by points, with what joins them, while they fit.

    What a foreign key leads to from a good table is worth something too: a question need not name
    the table that it counts through.
    """
    graph = _graph(schema)
    worth = {
        name: own + _NEIGHBOR * max((points[near] for near in graph[name]), default=0.0)
        for name, own in points.items()
    }
    chosen: list[str] = []
    for table in _best_first(schema.tables, worth):
        every = {*chosen, table.name.lower(), *between(graph, [*chosen, table.name.lower()])}
        if chosen and len(compact_schema(_in_order(schema, every))) > letters:
            continue
        chosen = [*chosen, *sorted(every - {*chosen})]
    return _in_order(schema, {*chosen})


def _in_order(schema: Schema, names: set[str]) -> tuple[Table, ...]:
    return tuple(table for table in schema.tables if table.name.lower() in names)


def _graph(schema: Schema) -> dict[str, frozenset[str]]:
    near: dict[str, set[str]] = {table.name.lower(): set() for table in schema.tables}
    for table in schema.tables:
        for key in table.foreign_keys:
            here, there = table.name.lower(), key.table.lower()
            if there in near and there != here:
                near[here].add(there)
                near[there].add(here)
    return {name: frozenset(others) for name, others in near.items()}


def _best_first(tables: Sequence[Table], points: dict[str, float]) -> list[Table]:
    return sorted(tables, key=lambda table: -points[table.name.lower()])


def _told(
    hits: Sequence[Hit], asked: Asked, names: set[str], dialect: str, schema: Schema
) -> list[str]:  # fmt: skip
    """Sentences of documents that share words with the question, and past queries like it."""
    found = []
    for hit in hits:
        passage = hit.passage
        if passage.tables and not {*passage.tables} <= names:
            continue
        if passage.kind == "query" and _is_readable(passage.text, dialect, schema):
            found.append(passage.text)
        elif passage.kind == "document" and "\n- `" not in f"\n{passage.text}":
            sentences = " ".join(passage.text.split()).split(". ")
            kept = [s.rstrip(".") for s in sentences if len(_shared(s, asked)) > 1]
            found += [". ".join(kept) + "."] if kept else []
    return found


def _shared(text: str, asked: Asked) -> frozenset[str]:
    from sqlwright.knowledge.words import words

    return frozenset(words(text)) & asked.all


def _is_readable(text: str, dialect: str, schema: Schema) -> bool:
    try:
        sql.bind(sql.read(text, dialect), schema, dialect)
    except SqlError:
        return False
    return True


def _fitting(lines: Sequence[str], room: int) -> tuple[str, ...]:
    kept = []
    for line in lines:
        if len(line) <= room:
            room -= len(line)
            kept.append(line)
    return tuple(kept)
