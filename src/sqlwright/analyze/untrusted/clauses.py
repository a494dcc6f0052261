"""Words that begin a part of a query where an operator could stand: FROM, BY, CASE's parts."""

from __future__ import annotations

from collections.abc import Callable

from sqlwright.analyze.untrusted.lexer import NUMBER, OPERATOR, QUOTED, STRING, VARIABLE, WORD
from sqlwright.analyze.untrusted.state import Level, Reading
from sqlwright.analyze.untrusted.words import JOINS


def take_join(reading: Reading) -> bool:
    """Words like LEFT OUTER JOIN, before the next table."""
    while reading.word(1) in JOINS:
        reading.at += 1
    reading.finish_term()
    reading.level.clause = "from"
    reading.wants_operand = True
    return True


def _from(reading: Reading) -> bool:
    level = reading.level
    if level.opener == "call" and not level.select:
        reading.wants_operand = True
        return level.clause == "call"
    if not level.select or level.clause != "list":
        return False
    reading.finish_term()
    level.clause, level.has_from = "from", True
    level.aliased = False
    reading.wants_operand = True
    return True


def _where(reading: Reading) -> bool:
    if reading.level.clause not in ("from", "on"):
        return False
    reading.finish_term()
    reading.level.clause = "cond"
    reading.level.marks += 1
    reading.wants_operand = True
    return True


def _on(reading: Reading) -> bool:
    if reading.level.clause != "from":
        return False
    reading.finish_term()
    reading.level.clause = "on"
    reading.wants_operand = True
    return True


def _by(reading: Reading) -> bool:
    if reading.word(1) != "BY":
        return False
    reading.at += 1
    reading.finish_term()
    level = reading.level
    if not level.select and len(reading.levels) == 1:
        numbered = reading.kind(1) in (NUMBER, "(", VARIABLE) or reading.kind(1) == OPERATOR
        reading.note("order" if numbered else "order-by-name")
    level.clause = "by"
    reading.wants_operand = True
    return True


def _having(reading: Reading) -> bool:
    if reading.level.clause == "by" and not reading.level.select:  # or else "two having fun"
        reading.note("having")
    reading.finish_term()
    reading.level.clause, reading.level.joined = "cond", True
    reading.wants_operand = True
    return True


def _limit(reading: Reading) -> bool:
    reading.finish_term()
    reading.level.clause = "limit"
    reading.wants_operand = True
    return True


def _into(reading: Reading) -> bool:
    if reading.word(1) in ("OUTFILE", "DUMPFILE"):
        reading.note("outside")
        reading.at += 1
        reading.wants_operand = True
        return True
    if reading.kind(1) == VARIABLE:
        reading.at += 1
        return True
    return False


def _procedure(reading: Reading) -> bool:
    if reading.word(1) != "ANALYSE":
        return False
    reading.note("failing")
    reading.wants_operand = True
    return True


def _for(reading: Reading) -> bool:
    if reading.level.opener == "call":
        reading.wants_operand = True
        return True
    if reading.word(1) in ("UPDATE", "SHARE"):
        reading.at += 1
        reading.signs += 1
        return True
    return False


def _using(reading: Reading) -> bool:
    if reading.level.opener == "call" and reading.kind(1) == WORD:
        reading.at += 1
        return True
    reading.wants_operand = reading.level.clause == "from"
    return reading.wants_operand


def _as(reading: Reading) -> bool:
    level = reading.level
    if level.opener == "call" and level.clause == "call":
        level.clause = "type"
        while reading.kind(1) == WORD:
            reading.at += 1
        if reading.kind(1) == "(":  # the length of a type
            reading.at += 1
            while reading.kind(1) in (NUMBER, ",", WORD):
                reading.at += 1
            if reading.kind(1) == ")":
                reading.at += 1
        return True
    if reading.kind(1) in (WORD, QUOTED, STRING) and level.clause in ("list", "from", "value"):
        reading.at += 1
        return True
    return False


def _over(reading: Reading) -> bool:
    if reading.word() == "WITHIN" and reading.word(1) == "GROUP":
        reading.at += 1
    if reading.kind(1) != "(":
        return False
    reading.at += 1
    reading.push(Level("call", clause="call"))
    if reading.word(1) in ("ORDER", "PARTITION") and reading.word(2) == "BY":
        reading.at += 2
    return True


def _case_part(reading: Reading) -> bool:
    if reading.level.opener != "case":
        return False
    if reading.word() == "THEN":
        reading.level.name = "THEN"
    reading.finish_term()
    reading.wants_operand = True
    return True


def _end(reading: Reading) -> bool:
    level = reading.level
    if level.opener != "case" or level.name != "THEN":
        return False
    reading.note("case")
    return reading.pop()


def _direction(reading: Reading) -> bool:
    if reading.level.clause not in ("by", "value"):
        return False
    reading.words += 1
    return True


#: By word: what it begins, where an operator could stand.
CLAUSES: dict[str, Callable[[Reading], bool]] = {
    "FROM": _from, "WHERE": _where, "ON": _on, "ORDER": _by, "GROUP": _by,
    "HAVING": _having, "LIMIT": _limit, "OFFSET": _limit, "INTO": _into, "PROCEDURE": _procedure,
    "FOR": _for, "USING": _using, "AS": _as, "OVER": _over, "WITHIN": _over, "WHEN": _case_part,
    "THEN": _case_part, "ELSE": _case_part, "END": _end, "ASC": _direction, "DESC": _direction,
}  # fmt: skip
