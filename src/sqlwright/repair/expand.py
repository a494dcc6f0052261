"""Which edits are tried for which fault."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.repair.changes import Option, option
from sqlwright.repair.characters import character_options
from sqlwright.repair.clauses import engine_options, order_options
from sqlwright.repair.faults import Fault
from sqlwright.repair.foreign import OTHERS, foreign_calls
from sqlwright.repair.full_joins import full_join_options
from sqlwright.repair.ground import NAMES, Ground
from sqlwright.repair.habits import habit_options, slip_options
from sqlwright.repair.joining import condition_options, joined_options
from sqlwright.repair.lexicon import lexicon_of
from sqlwright.repair.missing import missing_options
from sqlwright.repair.naming import name_options, tables_side_by_side
from sqlwright.repair.outer_marks import has_marks, mark_joins
from sqlwright.repair.pairs import parenthesis_options, quote_options, touching_options
from sqlwright.repair.pieces import at_offset, pieces_of
from sqlwright.repair.rebuilt import qualify_apart
from sqlwright.repair.reserved import reserved_options
from sqlwright.repair.syntax import mark_options, swapped_options, window_options, word_options

# what is put right by its own rule alone: sqlglot's way would read other rows
_WHOLE = re.compile("FULL JOIN|QUALIFY")
_NONE = re.compile("has no counterpart here|CONNECT BY walks a tree|nested too deeply")
_MOST_READ_AGAIN = 10_000  # letters: eight readers take their time


def options(text: str, fault: Fault, ground: Ground, *, is_first: bool = True) -> Iterator[Option]:
    """Every edit that may take the fault away; some make no sense, and the engine will say so.

    Args:
        is_first: whether the text is the user's own; only that is read as another dialect's whole.
    """
    if _NONE.search(fault.message):
        return
    if has_marks(pieces_of(text, ground.dialect)):
        yield from mark_joins(text, ground.schema, ground.dialect)
        return  # with other edits it would be another join
    is_read = is_first and fault.stage != "name" and not _WHOLE.search(fault.message)
    if is_read and len(text) < _MOST_READ_AGAIN:
        yield from _transpiled(text, ground.dialect)
    yield from character_options(text, ground.dialect)
    if fault.stage == "syntax":
        yield from _syntax(text, fault, ground)
    elif fault.stage == "function":
        yield from _function(text, fault, ground)
    elif fault.stage == "foreign":
        assert fault.foreign is not None
        found = fault.foreign
        told = (found.message, f"так пишут в другой СУБД; здесь: {found.new}")
        yield option(text, [(found.start, found.end, found.new)], "other-dialect", 0.5, told)
    elif fault.stage == "name":
        assert fault.query is not None
        assert ground.schema is not None
        yield from name_options(text, fault.unknown, fault.query, ground.schema, ground.dialect)
        yield from joined_options(text, fault.unknown, ground.schema)
        yield from swapped_options(text, pieces_of(text, ground.dialect), fault.at)
        yield from habit_options(text, pieces_of(text, ground.dialect), ground.dialect)
    else:
        yield from _engine(text, fault, ground)


def _syntax(text: str, fault: Fault, ground: Ground) -> Iterator[Option]:
    pieces = pieces_of(text, ground.dialect)
    at = at_offset(pieces, fault.at)
    lexicon = lexicon_of(pieces, ground.schema)
    yield from word_options(text, pieces, at, lexicon)
    yield from mark_options(text, pieces, at)
    yield from quote_options(text, pieces)
    yield from touching_options(text, pieces, at)
    yield from parenthesis_options(text, pieces, at)
    yield from missing_options(text, pieces, at, lexicon)
    yield from window_options(text, pieces, at)
    if fault.loose is None or fault.loose.kind == "join-without-on":
        yield from condition_options(text, pieces, ground.schema)
    yield from order_options(text, pieces, ground.dialect)
    yield from reserved_options(text, pieces, at, ground.schema, ground.dialect)
    yield from habit_options(text, pieces, ground.dialect)
    yield from slip_options(text, pieces)
    yield from _calls(text, ground)


def _function(text: str, fault: Fault, ground: Ground) -> Iterator[Option]:
    """A function that nobody knows: misspelled, another engine's, or a word before a list."""
    pieces = pieces_of(text, ground.dialect)
    at = at_offset(pieces, fault.at)
    lexicon = lexicon_of(pieces, ground.schema)
    yield from word_options(text, pieces, at, lexicon)
    yield from missing_options(text, pieces, at + 1, lexicon)
    yield from _calls(text, ground)
    yield from habit_options(text, pieces, ground.dialect)


def _engine(text: str, fault: Fault, ground: Ground) -> Iterator[Option]:
    pieces = pieces_of(text, ground.dialect)
    yield from _calls(text, ground)
    if fault.query is not None and ground.schema is not None:
        yield from tables_side_by_side(text, fault.query, ground.schema)
    if "FULL JOIN" in fault.message:
        yield from full_join_options(text, fault.query, ground.schema, ground.dialect)
        return  # any other edit would change what is asked
    if "no QUALIFY" in fault.message:
        yield from qualify_apart(text, fault.query, ground.dialect)
        return
    yield from engine_options(text, fault.message, fault.query, ground.dialect)
    yield from habit_options(text, pieces, ground.dialect)
    if "syntax error" in fault.message.lower() or "parser error" in fault.message.lower():
        yield from _syntax(text, fault, ground)
    elif "function" in fault.message.lower():
        lexicon = lexicon_of(pieces, ground.schema)
        yield from word_options(text, pieces, len(pieces), lexicon)
    yield from order_options(text, pieces, ground.dialect)


def _calls(text: str, ground: Ground) -> Iterator[Option]:
    for found in foreign_calls(text, ground.dialect):
        told = (
            f"{NAMES[ground.dialect]} writes it so",
            f"так это пишется в {NAMES[ground.dialect]}",
        )
        yield option(text, [(found.start, found.end, found.new)], "other-dialect", 0.6, told)


def _transpiled(text: str, dialect: str) -> Iterator[Option]:
    """The whole text read as another dialect's and written anew."""
    for number, other in enumerate(OTHERS):
        if other == dialect:
            continue
        found = sql.parsed(text, other)
        if isinstance(found, sql.Stop) or len(found) != 1 or not isinstance(found[0], exp.Query):
            continue
        try:
            new = found[0].sql(
                dialect,
                pretty="\n" in text.strip(),
                comments=False,
                unsupported_level=ErrorLevel.RAISE,
            )
            sql.read(new, dialect)
        except (SqlError, SqlglotError, ValueError):
            continue
        told = (
            f"the text reads as {other}: it is written anew for {NAMES[dialect]}",
            f"текст читается как {other}: переписан для {NAMES[dialect]}",
        )
        yield option(text, [(0, len(text), new)], "other-dialect", 2.0 + 0.02 * number, told)
