"""Values that a question names, found in the database: which column holds 'FRANCE'?

Only columns of text, only small tables or a short time, only what stands in the question itself: no
value goes to a model that the question did not bring.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from sqlwright.database import Database
from sqlwright.errors import DatabaseError
from sqlwright.schema import Schema, Table, kind_of

MOST_ROWS = 2_000_000  # of a table that is looked through
MOST_FOUND = 6
_LONGEST = 4  # words of a value
_EACH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Link:
    """A value of the question, as the column of that table spells it."""

    table: str
    column: str
    value: str
    said: str


def spans(
    question: str, meant: Callable[[str], Iterable[str]] = lambda _: ()
) -> dict[str, str]:  # fmt: skip
    """What in the question may be a value: every way to spell it, and how the question did.

    Args:
        meant: other words for one word, such as those of the other language.
    """
    quoted = re.findall(r"['\"«“]([^'\"»”]{1,60})['\"»”]", question)
    pieces = re.findall(r"[\w#@&.+\-/]+", question)
    words = [word.strip(".,-") or word for word in pieces]
    found: dict[str, str] = {}
    for length in range(_LONGEST, 0, -1):
        for start in range(len(words) - length + 1):
            part = words[start : start + length]
            text = " ".join(part)
            if length == 1 and not _may_be_value(text):
                continue
            _spell(text, found)
    for text in quoted:
        _spell(text.strip(), found)
    for word in words:
        for other in meant(word):
            _spell(other, found, word)
    return found


def _may_be_value(word: str) -> bool:
    if word.isdigit():
        return False
    return len(word) > 2 or (word.isupper() and word.isalpha() and word not in ("I", "A"))


def _spell(text: str, found: dict[str, str], said: str = "") -> None:
    for spelling in (text, text.upper(), text.lower(), text.title(), text.capitalize()):
        found.setdefault(spelling, said or text)


def links(
    question: str, database: Database, schema: Schema, *, seconds: float = 3.0,
    meant: Callable[[str], Iterable[str]] = lambda _: (), most: int = MOST_FOUND,
) -> list[Link]:  # fmt: skip
    """The columns that hold a value of the question; longer values first, none inside another.

    Args:
        meant: other words for one word of the question.
        most: links that are returned.
    """
    said = spans(question, meant)
    if not said:
        return []
    stop = time.monotonic() + seconds
    found: list[Link] = []
    for table in sorted(schema.tables, key=lambda table: table.rows or 0):
        if time.monotonic() > stop or (table.rows or 0) > MOST_ROWS:
            break
        found += _in_table(table, said, database, min(_EACH_SECONDS, stop - time.monotonic()))
    found.sort(key=lambda link: -len(link.value))
    kept: list[Link] = []
    for link in found:
        inside = any(link.said != other.said and link.said in other.said for other in kept)
        if not inside:
            kept.append(link)
    return kept[:most]


def _in_table(
    table: Table, said: dict[str, str], database: Database, seconds: float
) -> Iterator[Link]:  # fmt: skip
    for column in table.columns:
        if kind_of(column.type) != "text" or seconds <= 0:
            continue
        query = holding(table.name, column.name, list(said))
        try:
            rows = database.rows(query, seconds=seconds, max_rows=MOST_FOUND).rows
        except DatabaseError:
            continue  # too slow, or not to be read: the question goes on without it
        for (value,) in rows:
            if isinstance(value, str) and value in said:
                yield Link(table.name, column.name, value, said[value])


def holding(table: str, column: str, values: Sequence[str]) -> exp.Query:
    """The query for those of the values that the column holds."""
    name = exp.column(exp.to_identifier(column, quoted=True))
    inside = exp.In(this=name, expressions=[exp.Literal.string(value) for value in values])
    source = exp.to_table(exp.to_identifier(table, quoted=True).sql())
    return exp.select(name.copy()).distinct().from_(source).where(inside).limit(MOST_FOUND)
