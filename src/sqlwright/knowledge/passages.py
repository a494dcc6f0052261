"""What knowledge is made of: a passage, quotable and with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["table", "document", "query", "standard"]
KINDS: tuple[Kind, ...] = ("table", "document", "query", "standard")


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of knowledge about a database.

    Attributes:
        kind: `table` describes one table, `document` is a section of a page, `query` a past query
            with the comment that says what it is for, `standard` one rule of the house.
        title: the table's name, the section's heading path, or what the query is for.
        text: what to quote; of a query its comment and then its SQL.
        source: `file:line`, or `table orders` for what the database itself says.
        tables: names of the tables that it is about, in lower case.
        fingerprint: of a query that parses, what its near copies share; else empty.
    """

    kind: Kind
    title: str
    text: str
    source: str
    tables: tuple[str, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found, its score (only the order means something) and the reason."""

    passage: Passage
    score: float
    why: str
