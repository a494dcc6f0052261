"""Where an operand is due: values, names, calls, brackets, SELECT, CASE. False means: no SQL."""

from __future__ import annotations

from collections.abc import Callable

from sqlwright.analyze.untrusted.lexer import (
    NUMBER,
    OPERATOR,
    QUOTED,
    STRING,
    VARIABLE,
    WORD,
)
from sqlwright.analyze.untrusted.state import Level, Reading
from sqlwright.analyze.untrusted.words import (
    BEFORE_STRING,
    FAILING,
    PROBING,
    REACHING_OUT,
    RESERVED,
    TELLING,
    UNARY,
    VALUES,
    WAITING,
)

_CALLED_THOUGH_RESERVED = frozenset({"LEFT", "RIGHT", "VALUES", "REGEXP", "LIKE"})
_KNOWN = PROBING | TELLING | WAITING | FAILING | REACHING_OUT | VALUES
_UNARY_SIGNS = frozenset({"-", "+", "~", "!"})


def take_operand(reading: Reading) -> bool:
    """Read on from where an operand is due; False where none stands."""
    step = _STEPS.get(reading.kind())
    if step is None or not step(reading):
        return False
    reading.at += 1
    return True


def _constant(reading: Reading) -> bool:
    return reading.operand()


def _variable(reading: Reading) -> bool:
    if reading.tokens[reading.at][1].startswith("@@"):
        reading.note("system-variable")
    return reading.operand()


def _quoted(reading: Reading) -> bool:
    _dotted(reading)
    if reading.kind(1) == "(":
        return _call(reading, "")
    return reading.operand(column=True)


def _word(reading: Reading) -> bool:
    word = reading.word()
    if word == "SELECT":
        return _select(reading)
    if word == "CASE":
        return reading.push(Level("case", clause="case"))
    if word == "WHEN":
        return reading.level.clause == "case" and not reading.level.operands
    following = reading.kind(1)
    if following == STRING and _is_before_string(reading, word):
        return True
    if following == "(" and (word not in RESERVED or word in _CALLED_THOUGH_RESERVED):
        return _unary(reading) if word in UNARY else _call(reading, word)
    if word in UNARY:
        return _unary(reading)
    if word in VALUES:
        return reading.operand()
    if word in RESERVED or word == "END":
        return False
    _dotted(reading)
    if reading.kind(1) == "(":
        return _call(reading, "")
    return reading.operand(column=True, mark=False)


def _is_before_string(reading: Reading, word: str) -> bool:
    begins = reading.tokens[reading.at + 1][1][0]
    return word.startswith("_") or (word in BEFORE_STRING and (begins == "'" or len(word) > 1))


def _unary(reading: Reading) -> bool:
    if reading.word() in ("BINARY", "EXISTS"):
        reading.signs += 1
    if reading.word() == "TOP" and reading.kind(1) == NUMBER:
        reading.at += 1
        reading.level.marks += 1
    return True


def _select(reading: Reading) -> bool:
    """SELECT begins what brackets hold; elsewhere it is where no operand could be."""
    level = reading.level
    if level.clause not in ("open", "call") or level.operands:
        return False
    level.select, level.clause, level.opener = True, "list", "("
    if reading.word(1) == "FIRST" and reading.kind(2) == NUMBER:
        reading.at += 2
    return True


def _dotted(reading: Reading) -> None:
    """Go to the last part of a name like a.b."c"; a star may be it."""
    while reading.kind(1) == ".":
        after = reading.kind(2)
        if after in (WORD, QUOTED) or (
            after == OPERATOR and reading.tokens[reading.at + 2][1] == "*"
        ):
            reading.at += 2
        elif after == ".":
            reading.at += 1
        else:
            return


def _call(reading: Reading, name: str) -> bool:
    """A function's name and its opening bracket."""
    reading.calls.append(name)
    if name not in _KNOWN:  # it may answer anything, as a column does
        reading.level.columns += 1
    reading.at += 1
    return reading.push(Level("call", name, "call"))


def _open(reading: Reading) -> bool:
    return reading.push(Level("(", clause="open"))


def _brace(reading: Reading) -> bool:
    """{d 2} and its like, which drivers and MySQL take for their content."""
    if reading.kind(1) == WORD:
        reading.at += 1
        return reading.push(Level("(", clause="open"))
    return False


def _sign(reading: Reading) -> bool:
    sign = reading.tokens[reading.at][1]
    if sign == "*":
        level = reading.level
        return level.clause in ("list", "call") and reading.operand(column=True)
    if sign in ("~", "!") or reading.kind(1) in (STRING, VARIABLE):
        reading.signs += 1
    return sign in _UNARY_SIGNS


def _close(reading: Reading) -> bool:
    """A call without arguments; nothing else may be empty."""
    level = reading.level
    return (
        level.opener == "call" and not level.operands and level.clause == "call" and reading.pop()
    )


_STEPS: dict[str, Callable[[Reading], bool]] = {
    NUMBER: _constant, STRING: _constant, VARIABLE: _variable, QUOTED: _quoted, WORD: _word,
    "(": _open, "{": _brace, OPERATOR: _sign, ")": _close,
}  # fmt: skip
