"""Where an operator is due: signs, connectors, clauses, closing brackets. False means: no SQL."""

from __future__ import annotations

from collections.abc import Callable

from sqlwright.analyze.untrusted.clauses import CLAUSES, take_join
from sqlwright.analyze.untrusted.lexer import NUMBER, OPERATOR, QUOTED, STRING, VARIABLE, WORD
from sqlwright.analyze.untrusted.shapes import statement_at
from sqlwright.analyze.untrusted.state import Level, Reading
from sqlwright.analyze.untrusted.words import (
    COMPARISONS,
    CONNECTORS,
    JOINS,
    PROBING,
    PROSE_OPERATORS,
    RESERVED,
    SET_OPERATIONS,
    TELLING,
    WORD_OPERATORS,
)

_NEGATABLE = frozenset({"IN", "LIKE", "BETWEEN", "RLIKE", "REGEXP", "ILIKE", "SIMILAR", "GLOB"})
_POSTFIX = frozenset({"NULL", "TRUE", "FALSE", "UNKNOWN"})
_NO_BINARY = frozenset({"!", "~"})


def take_operator(reading: Reading) -> bool:
    """Read on from where an operator is due; False where none stands."""
    step = _STEPS.get(reading.kind())
    if step is None or not step(reading):
        return False
    reading.at += 1
    return True


def _sign(reading: Reading) -> bool:
    sign = reading.tokens[reading.at][1]
    if sign in _NO_BINARY:
        return False
    if sign == "::":
        reading.at += 1
        return reading.kind() == WORD
    reading.signs += 1
    reading.level.marks += 1
    if sign in CONNECTORS:
        return _connect(reading)
    if sign in COMPARISONS:
        reading.level.compared = True
    reading.wants_operand = True
    return True


def _connect(reading: Reading) -> bool:
    reading.finish_term()
    reading.level.joined = reading.wants_operand = True
    return True


def _word(reading: Reading) -> bool:
    word = reading.word()
    step = _not if word == "NOT" else CLAUSES.get(word)
    if step is not None:
        if step(reading):
            return True
    elif word in CONNECTORS or word in COMPARISONS or word in WORD_OPERATORS:
        return _operator_word(reading, word)
    elif word in SET_OPERATIONS:
        return _set_operation(reading)
    elif word in JOINS and reading.level.clause in ("from", "on"):
        return take_join(reading)
    if len(reading.levels) == 1 and _is_next_statement(reading):
        reading.note("stacked")
        reading.at = len(reading.tokens)
        return True
    return _alias(reading)


def _is_next_statement(reading: Reading) -> bool:
    """Whether a statement begins where an operator is due, as SQL Server allows."""
    verb = statement_at(reading.tokens, reading.at)
    if verb is None or verb in ("DO", "CALL") or (verb == "SELECT" and _may_be_prose(reading)):
        return False
    return reading.quoted or reading.solid > 0 or reading.closers > 0


def _may_be_prose(reading: Reading) -> bool:
    """Whether what SELECT is followed by could go on a sentence."""
    if reading.kind(1) in (VARIABLE, NUMBER, OPERATOR):
        return False
    word, following = reading.word(1), reading.kind(2)
    known = following == "(" and (word in PROBING or word in TELLING)
    return not known and reading.word(2) != "FROM" and following != ","


def _operator_word(reading: Reading, word: str) -> bool:
    level = reading.level
    if word in PROSE_OPERATORS:
        reading.words += 1
    else:
        reading.signs += 1
    if word in CONNECTORS:
        if word == "AND" and level.between:
            level.between = False
            reading.wants_operand = True
            return True
        return _connect(reading)
    if word in COMPARISONS:
        return _comparison(reading, word)
    reading.wants_operand = True
    return True


def _comparison(reading: Reading, word: str) -> bool:
    level = reading.level
    if word in ("ISNULL", "NOTNULL"):
        level.compared = True
        return True
    if word == "IS":
        if reading.word(1) == "NOT":
            reading.at += 1
        if reading.word(1) in _POSTFIX:
            reading.at += 1
            level.compared = True
            return True
        if not reading.quoted and reading.kind(1) in (NUMBER, WORD):
            return False
    elif word == "IN" and reading.kind(1) != "(":
        return False
    elif word in ("SOUNDS", "SIMILAR"):
        reading.at += 1
        if reading.word() not in ("LIKE", "TO"):
            return False
    level.between = word == "BETWEEN"
    level.compared = reading.wants_operand = True
    return True


def _not(reading: Reading) -> bool:
    if reading.word(1) not in _NEGATABLE:
        return False
    reading.at += 1
    return _operator_word(reading, reading.word())


def _set_operation(reading: Reading) -> bool:
    """UNION and its like: a SELECT must follow, within as many brackets as one likes."""
    reading.finish_term()
    start = reading.at
    if reading.word(1) in ("ALL", "DISTINCT", "DISTINCTROW"):
        reading.at += 1
    if reading.at + 1 >= len(reading.tokens):
        reading.note("union-cut")
        return True
    reading.wants_operand = True
    while reading.kind(1) == "(" or (
        reading.kind(1) == OPERATOR and reading.tokens[reading.at + 1][1] in "-+"
    ):
        if reading.kind(1) == "(":
            reading.push(Level("(", clause="open"))
        reading.at += 1
    if reading.word(1) not in ("SELECT", "VALUES"):
        if reading.kind(1) != WORD and len(reading.levels) > 1:
            reading.note("union-cut")
        reading.at = start
        return False
    reading.at += 1
    if reading.level.clause != "open":
        _finish_union(reading)
        reading.level.marks = reading.level.aliases = 0
    level = reading.level
    level.select, level.has_from, level.clause = True, False, "list"
    level.name = "UNION"
    if reading.word(1) in ("ALL", "DISTINCT", "DISTINCTROW"):
        reading.at += 1
    if reading.at + 1 >= len(reading.tokens):
        reading.note("union")
    return True


def _finish_union(reading: Reading) -> None:
    reading.finish_union(reading.level)


def _alias(reading: Reading) -> bool:
    """A name beside a name is another name of it, in the select list and after FROM alone."""
    level, word = reading.level, reading.word()
    if level.clause not in ("list", "from") or level.aliased or word in RESERVED:
        return False
    level.aliased = True
    level.aliases += 1
    if reading.kind(-1) == NUMBER:
        level.marks -= 1
    return True


def _string(reading: Reading) -> bool:
    """A string beside a string goes on with it; beside a column it names it."""
    if reading.kind(-1) == STRING:
        return True
    level = reading.level
    return level.clause in ("list", "from") and bool(level.operands)


def _quoted(reading: Reading) -> bool:
    return reading.level.clause in ("list", "from")


def _close(reading: Reading) -> bool:
    if len(reading.levels) > 1:
        _finish_union(reading)
        return reading.level.opener != "case" and reading.pop()
    _finish_union(reading)
    reading.finish_term()
    reading.closers += 1
    reading.levels[0] = Level(operands=1)
    return True


def _comma(reading: Reading) -> bool:
    level = reading.level
    if level.name in ("IF", "IIF") and level.compared and not level.columns:
        reading.note("constant-condition")  # IF(1 = 1, id, name) sorts by one or the other
    reading.finish_term()
    level.marks += 1
    level.aliased = False
    if level.clause == "on":
        level.clause = "from"
    reading.commas += 1
    reading.wants_operand = True
    return True


def _semicolon(reading: Reading) -> bool:
    _finish_union(reading)
    reading.finish_term()
    if reading.at + 1 >= len(reading.tokens):
        return True
    if statement_at(reading.tokens, reading.at + 1) is None:
        return False
    reading.note("stacked")
    reading.at = len(reading.tokens)
    return True


_STEPS: dict[str, Callable[[Reading], bool]] = {
    OPERATOR: _sign, WORD: _word, STRING: _string, QUOTED: _quoted, ")": _close, "}": _close,
    ",": _comma, ";": _semicolon,
}  # fmt: skip
