"""Read tokens as SQL as far as they are, go on after what is none, and say what they hold.

A pushdown recognizer of two states: an operand is due, or an operator. It builds no tree: all that
counts is what the text would add to the statement around it. Where the tokens stop being SQL it
goes on at the next word that could join something to a query (AND, OR, UNION, `;`, a SELECT in
brackets): broken attacks are attacks all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlwright.analyze.untrusted.lexer import OPERATOR, WORD, Token
from sqlwright.analyze.untrusted.operands import take_operand
from sqlwright.analyze.untrusted.operators import take_operator
from sqlwright.analyze.untrusted.state import Level, Reading
from sqlwright.analyze.untrusted.words import SET_OPERATIONS

_MOST_RESTARTS = 200
_JOINING = frozenset({"AND", "OR", "XOR", "HAVING"}) | SET_OPERATIONS
# what can only follow a value: a text that begins so is put behind one
_AFTER_VALUE = frozenset(
    """AND OR XOR UNION EXCEPT INTERSECT MINUS HAVING ORDER GROUP LIMIT LIKE RLIKE REGEXP IN IS
    BETWEEN DIV MOD INTO PROCEDURE WAITFOR FOR""".split()
)


def read(tokens: Sequence[Token], *, quoted: bool = False) -> Reading:
    """The reading of what is put behind a value, or in its place.

    With `quoted`, the first token is the string that the text itself closed.
    """
    reading = Reading(tokens, quoted)
    reading.wants_operand = not quoted and not _follows_value(tokens)
    restarts, last = 0, -1
    while reading.at < len(tokens):
        step = take_operand if reading.wants_operand else take_operator
        if step(reading):
            continue
        _close_all(reading)
        if reading.broken is None:
            reading.broken = reading.at
        restarts += 1
        last = _restart(reading, max(reading.at, last + 1))
        if restarts > _MOST_RESTARTS or last < 0:
            return reading
    _close_all(reading)
    return reading


def is_complete(reading: Reading, *, cut_off: bool) -> bool:
    """Whether the whole text read as SQL that fits where a value was.

    With `cut_off` a comment takes the rest of the statement, and with it what brackets lack.
    """
    if reading.broken is not None or reading.wants_operand:
        return False
    return cut_off or len(reading.levels) - 1 == reading.closers


def _follows_value(tokens: Sequence[Token]) -> bool:
    if not tokens:
        return False
    kind, text, _ = tokens[0]
    if kind == WORD:
        following = tokens[1][0] if len(tokens) > 1 else ""
        return text in _AFTER_VALUE and (following != "(" or text not in ("MOD",))
    if kind == OPERATOR:
        return text not in ("-", "+", "~", "!", "*")
    return kind in (")", ";", ",")


def _close_all(reading: Reading) -> None:
    """At the end, or where it breaks off: what the open brackets were about to say."""
    reading.finish_term()
    for level in reading.levels:
        if level.name == "UNION":
            reading.finish_union(level)
        elif level.opener == "(" and level.select:
            reading.finish_select(level)


def _restart(reading: Reading, first: int) -> int:
    """Go to the next token that could join something to a query, from `first` on; -1 if none."""
    tokens = reading.tokens
    for at in range(first, len(tokens)):
        kind, text, _ = tokens[at]
        joins = (kind == WORD and text in _JOINING) or text in ("||", "&&") or kind == ";"
        selects = kind == "(" and at + 1 < len(tokens) and tokens[at + 1][1] == "SELECT"
        if joins or selects:
            reading.at, reading.levels, reading.wants_operand = at, [Level()], selects
            reading.level.operands = int(joins)
            return at
    return -1
