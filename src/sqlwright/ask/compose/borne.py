"""Is a word without a place of its own borne out by the query? Bought, where it reads orders."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from sqlwright.ask.compose.cues import is_light, is_telling
from sqlwright.ask.compose.meanings import alike, bearing
from sqlwright.ask.compose.naming import Thing
from sqlwright.ask.compose.tokens import Token
from sqlwright.data.told import Told
from sqlwright.knowledge.words import stem
from sqlwright.schema import Table

_SAID = 0.65  # phrases that are less than so much a name bear out no noun
_SURE = 0.5


def borne_out(
    query: exp.Select, tokens: Sequence[Token], left: Sequence[int], known: Sequence[Thing]
) -> set[int]:  # fmt: skip
    """Of the tokens that are left those that mean a table or a column that the query reads."""
    if not left:
        return set()
    tables = {table.name.lower() for table in query.find_all(exp.Table)}
    columns = {column.name.lower() for column in query.find_all(exp.Column)}
    read = [
        thing
        for thing in known
        if thing.table.name.lower() in tables
        and (not thing.column or thing.column.lower() in columns)
    ]
    return {n for n in left if _is_borne_out(tokens[n], read)}


def names_bear(told: Told, table: Table, tokens: Sequence[Token]) -> bool:
    """Does the name of the table bear out one of the words: orders, that somebody bought?"""
    pieces = {stem(piece) for word in told.of(table).english for piece in word.split()}
    return any(
        alike(piece, word) > _SURE
        for token in tokens if is_telling(token) or not is_light(token)
        for piece in pieces
        for word in bearing(token.plain)
    )  # fmt: skip


def _is_borne_out(token: Token, read: Sequence[Thing]) -> bool:
    meant = bearing(token.plain)
    least = 0.0 if is_telling(token) else _SAID
    pieces = {
        stem(piece)
        for thing in read
        for phrase in thing.phrases
        if phrase.sure > least and not phrase.value
        for piece in phrase.pieces
    }
    return any(alike(piece, word) > _SURE for piece in pieces for word in meant)
