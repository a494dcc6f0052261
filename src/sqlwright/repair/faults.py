"""What is wrong with a text first: the parser's stop, a name, or what the engine says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from sqlglot import exp

from sqlwright import sql
from sqlwright.allowed import why_forbidden
from sqlwright.errors import SqlError
from sqlwright.repair.elsewhere import elsewhere, no_counterpart
from sqlwright.repair.foreign import Foreign, foreign
from sqlwright.repair.full_joins import full_join, why_not_apart
from sqlwright.repair.ground import Ground
from sqlwright.repair.kinds import wrong_kinds
from sqlwright.repair.names import Unknown, unknown_names
from sqlwright.repair.pieces import Piece, at_offset, closing, pieces_of
from sqlwright.repair.spelling import nearest
from sqlwright.repair.sqlite_dates import sqlite_dates
from sqlwright.repair.strict import Loose, loose
from sqlwright.repair.vocabulary import KEYWORD_SET, WRITES
from sqlwright.schema import Schema

Stage = Literal["syntax", "function", "foreign", "name", "engine"]
#: How near a text is to running: what the search prefers where edits cost alike.
LEFT = {"syntax": 1.0, "function": 0.5, "foreign": 0.4, "name": 0.4, "engine": 0.3}


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that keeps a text from running."""

    stage: Stage
    message: str
    at: int  # the offset in the text
    query: exp.Query | None = None
    unknown: tuple[Unknown, ...] = ()
    foreign: Foreign | None = None
    loose: Loose | None = None


def why_not_repaired(text: str, dialect: str) -> str | None:
    """Why the text is none that may be repaired: several statements, or one that writes."""
    pieces = pieces_of(text, dialect)
    if not pieces:
        return "the text holds no SQL: give one SELECT query"
    first = pieces[0].upper
    near = nearest(first, (*WRITES, "SELECT", "WITH"), 0.25)
    if near and near[0][1] in WRITES and near[0][0] <= 1.0 and len(pieces) > 1:
        first = near[0][1]
    if first in WRITES and not (len(pieces) > 1 and pieces[1].is_mark(".", ",")):
        return f"the statement is {first}, not a query: only one read-only query is repaired"
    for one, other in pairwise(pieces):
        if one.is_mark(";") and other.is_word(*WRITES, "SELECT", "WITH"):
            return "the text holds several statements: give each query by itself"
    return None


def syntax_fault(text: str, dialect: str) -> Fault | None:
    """What stops the parser, or what it forgives and engines do not."""
    found = sql.parsed(text, dialect)
    pieces = pieces_of(text, dialect)
    if isinstance(found, sql.Stop):
        if found.message.startswith("nested too deeply"):
            return Fault("engine", "the query is nested too deeply to be read: simplify it", 0)
        at = _within(text, pieces, found.at, dialect)
        return Fault("syntax", _told(text, pieces, at), at)
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        return Fault("syntax", "it is not one query", _second(pieces, text))
    if (strict := loose(pieces, dialect)) is not None:
        at = pieces[min(strict.at, len(pieces) - 1)].start
        return Fault("syntax", strict.message, at, loose=strict)
    return None


def _within(text: str, pieces: tuple[Piece, ...], at: int, dialect: str) -> int:
    """The offset of the fault inside the subquery whose ( the parser went back to."""
    number = at_offset(pieces, at)
    if number + 1 >= len(pieces) or not pieces[number].is_mark("("):
        return at
    if not (pieces[number + 1].is_word("SELECT", "WITH") or pieces[number + 1].is_mark("(")):
        return at
    end = closing(pieces, number)
    start, stop = pieces[number].end, pieces[end].start if end < len(pieces) else len(text)
    inside = text[start:stop]
    found = sql.parsed(inside, dialect)
    if not isinstance(found, sql.Stop):
        return at
    return start + _within(inside, pieces_of(inside, dialect), found.at, dialect)


def _told(text: str, pieces: tuple[Piece, ...], at: int) -> str:
    """Where the parser stopped and at what."""
    piece = next((p for p in pieces if p.end > at), None)
    if piece is None:
        return "the text ends too early"
    column = piece.start - (text.rfind("\n", 0, piece.start) + 1) + 1
    return f"line {piece.line}, column {column}: the text cannot go on with {piece.text[:40]}"


def _second(pieces: tuple[Piece, ...], text: str) -> int:
    return next((p.end for p in pieces if p.is_mark(";")), 0)


def find_fault(text: str, ground: Ground) -> Fault | None:
    """The first fault of the text; None where it runs, as far as the ground can tell."""
    dialect = ground.dialect
    if (told := no_counterpart(pieces_of(text, dialect), dialect)) is not None:
        return Fault("engine", told, 0)
    if (fault := syntax_fault(text, dialect)) is not None:
        return fault
    found = sql.parsed(text, dialect)
    assert not isinstance(found, sql.Stop)
    tree = found[0]
    for node in tree.walk():
        if isinstance(node, exp.Anonymous) and why_forbidden(node):
            if node.name.upper() in KEYWORD_SET:
                return Fault("syntax", f"nothing is called {node.name}", _start(node, text))
            return Fault("function", str(why_forbidden(node)), _start(node, text))
    try:
        query = sql.read(text, dialect)
    except SqlError as error:
        return Fault("syntax", str(error), 0)
    return _beyond_syntax(text, query, ground)


def _start(node: exp.Expr, text: str) -> int:
    at = text.lower().find(node.name.lower())
    return int(node.meta.get("start", max(at, 0)))


def _beyond_syntax(text: str, query: exp.Query, ground: Ground) -> Fault | None:
    known = ground.schema
    refusal = ground.why_refused(text, query)
    if ground.dialect == "mysql" and full_join(query) is not None:
        return Fault("engine", why_not_apart(query, known), 0, query)
    if ground.dialect != "duckdb" and query.find(exp.Qualify) is not None:
        return Fault("engine", "the engine has no QUALIFY", 0, query)
    other = foreign(text, query, ground.dialect) or _elsewhere(text, ground.dialect)
    if other is None and ground.dialect == "postgres":
        other = wrong_kinds(text, pieces_of(text, ground.dialect), query, known)
    if other is not None and (refusal is not None or ground.dialect not in ("sqlite", "duckdb")):
        return Fault("foreign", other.message, other.start, query, foreign=other)
    has_last_word = ground.database is not None or ground.dialect in ("sqlite", "duckdb")
    if known is None or (refusal is None and has_last_word):
        return None
    if _needs_names(ground) and any(map(_is_nameless, query.find_all(exp.Subquery))):
        return Fault("engine", "every derived table must have an alias", 0, query)
    if unknown := unknown_names(query, known, ground.dialect):
        return Fault("name", unknown[0].message, unknown[0].at, query, unknown)
    if refusal is not None:
        return Fault("engine", refusal, _place(refusal, text), query)
    return _unbound(query, known, ground.dialect)


def _elsewhere(text: str, dialect: str) -> Foreign | None:
    pieces = pieces_of(text, dialect)
    found = elsewhere(text, pieces, dialect)
    if found is None and dialect == "sqlite":
        found = sqlite_dates(text, pieces)
    return found


def _needs_names(ground: Ground) -> bool:
    # PostgreSQL from version 16 on, SQLite and DuckDB do without
    return ground.dialect == "mysql" and ground.database is None


def _is_nameless(node: exp.Subquery) -> bool:
    return (
        isinstance(node.parent, exp.From | exp.Join)
        and not node.alias
        and (isinstance(node.this, exp.Query))
    )


def _unbound(query: exp.Query, known: Schema, dialect: str) -> Fault | None:
    try:
        sql.bind(query, known, dialect)
    except SqlError as error:
        return Fault("engine", str(error), 0, query)
    return None


def _place(refusal: str, text: str) -> int:
    near = re.search(r'near "([^"]+)"', refusal)
    return max(text.find(near[1]), 0) if near else 0
