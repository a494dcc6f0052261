"""Values that a question names, found in the database: which column holds 'FRANCE'?

Only columns of text, only small tables or a short time, only what stands in the question itself: no
value goes to a model that the question did not bring.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from sqlglot import exp

from sqlwright.database import Database
from sqlwright.errors import DatabaseError
from sqlwright.knowledge.words import stem
from sqlwright.schema import Schema, Table, kind_of

MOST_ROWS = 2_000_000  # of a table that is looked through
MOST_FOUND = 6
_LONGEST = 4  # words of a value
_EACH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Link:
    """A value of the question, as the column of that table spells it.

    Attributes:
        is_part: is it but a word that several values of the column have: COPPER?
    """

    table: str
    column: str
    value: str
    said: str
    is_part: bool = False


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
            for form in _nominatives(part):
                _spell(form, found, text)
    for text in quoted:
        _spell(text.strip(), found)
    for word in words:
        for other in meant(word):
            _spell(other, found, word)
    return found


_ENDINGS = (
    "",
    "а",
    "я",
    "о",
    "е",
    "ь",
    "ы",
    "и",
    "й",
    "ия",
    "ие",
    "ый",
    "ий",
    "ой",
    "ая",
    "яя",
    "ое",
    "ые",
)


def _nominatives(words: Sequence[str]) -> Iterator[str]:
    """What the data may hold for a Russian word, or two, in some other case: Казань for Казани.

    Guesses: every ending that leaves the stem as it is. Only the data say which is a word.
    """
    if len(words) > 2 or not all(_RUSSIAN.fullmatch(word) for word in words):
        return
    if len(words) == 2 and not all(word[0].isupper() for word in words):
        return
    forms = []
    for word in words:
        own = stem(word.lower().replace("ё", "е"))
        kept = word[: len(own)]
        forms.append([kept + end for end in _ENDINGS if stem(own + end) == own])
    for made in product(*forms):
        yield " ".join(made)


_RUSSIAN = re.compile("[А-Яа-яЁё]{4,}")


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


def inner_links(
    question: str, database: Database, schema: Schema, *, seconds: float = 1.5,
    meant: Callable[[str], Iterable[str]] = lambda _: (), known: Sequence[Link] = (),
) -> list[Link]:  # fmt: skip
    """Words of the question that stand inside values of columns that have few: urgent, copper.

    Args:
        known: links whose words need none of these.
    """
    taken = {word.lower() for link in known for word in link.said.split()}
    said = {word.lower(): word for word in _WORD.findall(question) if word.lower() not in taken}
    wanted = {w.lower(): word for word in said.values() for w in (word, *meant(word.lower()))}
    stop = time.monotonic() + seconds
    found: list[Link] = []
    for table in sorted(schema.tables, key=lambda table: table.rows or 0):
        for column in table.columns:
            left = min(_EACH_SECONDS, stop - time.monotonic())
            if left <= 0 or (table.rows or 0) > _MOST_SCANNED:
                return found
            if kind_of(column.type) != "text":
                continue
            values = _few_values(table.name, column.name, database, left)
            for part, value, is_part in _shared_words(values, wanted.keys()):
                found.append(Link(table.name, column.name, value, wanted[part], is_part))
    return found


def _shared_words(
    values: Sequence[str], wanted: Collection[str]
) -> Iterator[tuple[str, str, bool]]:  # fmt: skip
    """The wanted words of which values are made: the only word of one, or a word of several."""
    inside: dict[str, list[str]] = {}
    for value in values:
        parts = {part.lower() for part in _WORD.findall(value)} if _JOINED.search(value) else set()
        for part in parts:
            inside.setdefault(part, []).append(value)
    for part in sorted(inside.keys() & {*wanted}):
        held = inside[part]
        if len(held) > _MOST_SHARED * len(values):
            continue  # of all of them: Supplier#000000001
        if len(held) > 1:
            yield part, next(w for w in _WORD.findall(held[0]) if w.lower() == part), True
        elif len(_WORD.findall(held[0])) == 1:
            yield part, held[0], False


_WORD = re.compile(r"[^\W\d_]{3,}")
_JOINED = re.compile(r"[^\W_][\W_]+[^\W_]")
_MOST_SCANNED = 300_000  # rows of a table of which all values of a column are read
_MOST_SHARED = 0.8  # of the values that have a word: more tell nothing apart
_FEW = 200  # values of such a column
_LONG = 40  # letters of a value that may be a name of a kind


def _few_values(table: str, column: str, database: Database, seconds: float) -> list[str]:
    """The values of a column that has few, none of another one."""
    name = exp.column(exp.to_identifier(column, quoted=True))
    source = exp.to_table(exp.to_identifier(table, quoted=True).sql())
    query = exp.select(name).distinct().from_(source).limit(_FEW + 1)
    try:
        rows = database.rows(query, seconds=seconds, max_rows=_FEW + 1).rows
    except DatabaseError:
        return []
    values = [value for (value,) in rows if isinstance(value, str)]
    if len(values) > _FEW or any(len(value) > _LONG for value in values):
        return []
    return values


def holding(table: str, column: str, values: Sequence[str]) -> exp.Query:
    """The query for those of the values that the column holds."""
    name = exp.column(exp.to_identifier(column, quoted=True))
    inside = exp.In(this=name, expressions=[exp.Literal.string(value) for value in values])
    source = exp.to_table(exp.to_identifier(table, quoted=True).sql())
    return exp.select(name.copy()).distinct().from_(source).where(inside).limit(MOST_FOUND)
