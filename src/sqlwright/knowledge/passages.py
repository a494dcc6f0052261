"""What knowledge is made of: a passage, quotable and with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["table", "document", "query", "standard", "example"]
KINDS: tuple[Kind, ...] = ("table", "document", "query", "standard", "example")
# those that hold SQL: they are searched for by the query that they begin with
SPOKEN_IN_SQL: tuple[Kind, ...] = ("query", "example")


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of knowledge about a database.

    Attributes:
        kind: `table` describes one table, `document` is a section of a page, `query` a past query
            with the comment that says what it is for, `standard` one rule of the house, `example`
            advice that was accepted.
        title: the table's name, the section's heading path, or what the query is for.
        text: what to quote; of a query its comment and then its SQL; of an example the same of the
            original query, a semicolon, and then what it became and its verdict.
        source: `file:line`, or `table orders` for what the database itself says.
        tables: names of the tables that it is about, in lower case.
        fingerprint: of a query that parses, what its near copies share; of an example that of its
            original query; else empty.
        time: the ISO 8601 date or time (UTC) of what it comes from: when a file was changed, a
            logged query ran last, a database was read; empty where that is not known.
        database: name of the database or schema that it speaks of; empty where it speaks of none.
    """

    kind: Kind
    title: str
    text: str
    source: str
    tables: tuple[str, ...] = ()
    fingerprint: str = ""
    time: str = ""
    database: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found, and why.

    Attributes:
        score: 1 of what is there for certain, by its name or by a foreign key; of others the sum of
            what their ranks added, below 1. Tables and others are ranked apart and then woven, so
            scores need not fall from one hit to the next.
        why: the reason, for a person.
        ranks: of what was ranked, each voice that found it, its rank there from 1, and what that
            added to the score.
    """

    passage: Passage
    score: float
    why: str
    ranks: tuple[tuple[str, int, float], ...] = ()
