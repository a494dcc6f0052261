"""Words and marks put in where a text near its fault lacks one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlwright.repair.changes import Option, option
from sqlwright.repair.lexicon import Lexicon
from sqlwright.repair.pieces import Piece, depths
from sqlwright.repair.reasons import missing
from sqlwright.repair.strict import is_inside, is_value_end, is_value_start
from sqlwright.repair.vocabulary import CLAUSE_AT, FUNCTIONS, KEYWORD_SET, SET_WORDS

_BACK, _AHEAD = 5, 2
_TYPES = ("DECIMAL", "NUMERIC", "INTEGER", "VARCHAR", "DATE", "TIMESTAMP")
_COMPARISONS = ("=", "<", ">", "<=", ">=", "<>", "!=")


def missing_options(
    text: str, pieces: Sequence[Piece], at: int, lexicon: Lexicon
) -> Iterator[Option]:
    """Each word or mark that may be missing before a piece near the fault."""
    levels = depths(pieces)
    for number in range(max(at - _BACK, 0), min(at + _AHEAD, len(pieces) + 1)):
        away = 0.04 * abs(at - number)
        for new, cost in _lacking(pieces, number, levels, lexicon):
            yield _put(text, pieces, number, new, cost + away)
    for number in range(1, len(pieces)):
        one, other = pieces[number - 1], pieces[number]
        side = one.is_word("LEFT", "RIGHT", "FULL", "INNER", "CROSS", "OUTER")
        if side and other.kind in ("word", "name") and other.upper not in KEYWORD_SET:
            yield _put(text, pieces, number, "JOIN", 0.5)
    yield from _lost_like(text, pieces)
    yield from _lost_commas(text, pieces, levels, lexicon)
    yield from _bare_lists(text, pieces, at)
    yield from _bare_queries(text, pieces, levels, at)
    yield from _lost_select(text, pieces, levels, at)
    yield from _lost_from(text, pieces, lexicon, at)


def _lost_like(text: str, pieces: Sequence[Piece]) -> Iterator[Option]:
    """a LIKE 'x%' 'y%' as a LIKE 'x%' OR a LIKE 'y%'; with NOT LIKE as AND."""
    for number in range(3, len(pieces)):
        one, other, word = pieces[number - 1], pieces[number], pieces[number - 2]
        if one.kind != "text" or other.kind != "text" or not word.is_word("LIKE", "ILIKE"):
            continue
        is_not = pieces[number - 3].is_word("NOT")
        last = number - 4 if is_not else number - 3
        first = last
        while first > 1 and pieces[first - 1].is_mark("."):
            first -= 2
        if first < 0 or pieces[last].kind not in ("word", "name"):
            continue
        again = text[pieces[first].start : one.start]
        splice = (one.end, other.start, f" {'AND' if is_not else 'OR'} {again}")
        yield option(text, [splice], "missing-word", 0.6, missing(again.strip()))


def _lost_commas(
    text: str, pieces: Sequence[Piece], levels: Sequence[int], lexicon: Lexicon
) -> Iterator[Option]:
    """A comma wherever two columns of the schema stand side by side: neither is an alias."""
    splices = [
        (one.end, one.end, ",")
        for number, (one, other) in enumerate(pairwise(pieces))
        if one.kind == other.kind == "word"
        and one.text.lower() in lexicon.columns
        and other.text.lower() in lexicon.columns
        and _clause(pieces, number + 1, levels) in ("SELECT", "GROUP", "ORDER")
    ]
    if len(splices) > 1:
        yield option(text, splices, "missing-comma", 0.65, missing(","))


def _bare_lists(text: str, pieces: Sequence[Piece], at: int) -> Iterator[Option]:
    """IN 1, 2 as IN (1, 2)."""
    for number in range(max(at - 12, 0), min(at + 1, len(pieces) - 1)):
        if not pieces[number].is_word("IN") or pieces[number + 1].kind not in ("text", "number"):
            continue
        last = number + 1
        while (
            last + 2 < len(pieces)
            and pieces[last + 1].is_mark(",")
            and (pieces[last + 2].kind in ("text", "number"))
        ):
            last += 2
        splices = [(pieces[number + 1].start, pieces[number + 1].start, "("),
                   (pieces[last].end, pieces[last].end, ")")]  # fmt: skip
        if not (last + 1 < len(pieces) and pieces[last + 1].is_mark(")")):
            yield option(text, splices, "missing-parenthesis", 0.55, missing("( )"))


def _bare_queries(
    text: str, pieces: Sequence[Piece], levels: Sequence[int], at: int
) -> Iterator[Option]:
    """WITH a AS SELECT … SELECT as WITH a AS (SELECT …) SELECT; IN SELECT … likewise."""
    for number in range(max(at - 12, 1), min(at + 2, len(pieces))):
        before = pieces[number - 1]
        if not pieces[number].is_word("SELECT") or not (
            before.is_word("AS", "IN", "EXISTS", "ANY", "ALL", "FROM", "JOIN")
            or before.is_mark("=")
        ):
            continue
        end = number + 1
        while end < len(pieces) and levels[end] >= levels[number]:
            level = levels[end] == levels[number]
            if level and (pieces[end].is_mark(")", ";") or pieces[end].is_word("SELECT")):
                break
            end += 1
        splices = [(pieces[number].start, pieces[number].start, "("),
                   (pieces[end - 1].end, pieces[end - 1].end, ")")]  # fmt: skip
        yield option(text, splices, "missing-parenthesis", 0.6, missing("( )"))


def _put(text: str, pieces: Sequence[Piece], number: int, new: str, cost: float) -> Option:
    upper = sum(p.kind == "word" and p.text.isupper() and p.upper in KEYWORD_SET for p in pieces)
    lower = sum(p.kind == "word" and p.text.islower() and p.upper in KEYWORD_SET for p in pieces)
    new = new.lower() if lower > upper else new
    place = pieces[number - 1].end if number else 0
    end = pieces[number].start if number < len(pieces) else len(text)
    if new in (",", ")"):
        splice = (place, place, new)
    elif new in ("(", "."):
        splice = (place, place, new) if new == "." else (end, end, new)
        if new == ".":
            splice = (place, end, new)
    else:
        before = "" if place == end and not number else " "
        splice = (place, place, before + new) if place != end else (place, place, f" {new} ")
    kind = {",": "missing-comma", ".": "missing-dot"}.get(new, "missing-word")
    kind = "missing-parenthesis" if new in "()" else kind
    return option(text, [splice], kind, cost, missing(new))


def _lacking(
    pieces: Sequence[Piece], number: int, levels: Sequence[int], lexicon: Lexicon
) -> Iterator[tuple[str, float]]:
    one = pieces[number - 1] if number else None
    other = pieces[number] if number < len(pieces) else None
    if one is None:
        return
    if one.is_word("GROUP", "ORDER", "PARTITION") and not (other and other.is_word("BY")):
        yield "BY", 0.4
    if one.is_word("IS", "NOT") and (other is None or not other.is_word("NOT", "IN", "LIKE")):
        yield "NULL", 0.7
    if other is None:
        if _open_cases(pieces, number):
            yield "END", 0.7
        return
    clause = _clause(pieces, number, levels)
    ends = is_value_end(one)
    if ends and is_value_start(other):
        yield from _between_values(pieces, number, clause, lexicon)
    if ends:
        yield from _after_value(one, other)
    if one.is_word("BETWEEN") or _in_between(pieces, number, levels):
        yield "AND", 0.5
    if _open_cases(pieces, number):
        yield "THEN", 0.75
        yield "END", 0.7
        yield "WHEN", 0.85
        yield "ELSE", 0.95
    if other.is_word("WHEN"):
        yield "CASE", 0.6
    if other.is_word("BY") and not one.is_word("GROUP", "ORDER", "PARTITION"):
        yield "ORDER", 0.6
        yield "GROUP", 0.75
        yield "PARTITION", 0.7
    if one.is_word("OVER", "IN", "EXISTS", "ANY") or (
        one.kind == "word" and one.upper in FUNCTIONS
    ):
        yield "(", 0.9
    if one.is_word("SELECT") and other.is_word("FROM"):
        yield "*", 1.0


def _after_value(one: Piece, other: Piece) -> Iterator[tuple[str, float]]:
    """What may be missing between a value and what begins none."""
    if other.is_word(*_TYPES):
        yield "AS", 0.6
    if other.is_mark("(") and one.kind in ("word", "name"):
        yield "IN", 0.75
        yield "AS", 0.8
    if other.is_word("NULL", "NOT"):
        yield "IS", 0.6
    if other.is_word("SELECT"):
        yield "UNION ALL", 1.4
    if other.is_mark("(") and one.is_mark(")"):
        yield "OVER", 0.8


def _between_values(
    pieces: Sequence[Piece], number: int, clause: str, lexicon: Lexicon
) -> Iterator[tuple[str, float]]:
    """What may be missing between two values."""
    one, other = pieces[number - 1], pieces[number]
    line = -0.1 if one.line != other.line else 0.0
    in_list = clause in ("SELECT", "FROM", "GROUP", "ORDER", "(")
    yield ",", (0.7 if in_list else 1.0) + line
    yield "AND", (1.2 if in_list and clause != "FROM" else 0.65) + line
    if clause in ("WHERE", "HAVING", "FROM"):
        yield "OR", 1.3
        yield "=", 0.95
    near = pieces[max(number - 3, 0) : number + 1]
    yield "+", 0.7 if any(p.is_word("INTERVAL") for p in near) else 1.25
    if clause not in ("FROM", "WHERE") and other.kind != "text":
        yield "*", 1.3
        yield "-", 1.35
    if other.kind == "text":
        yield "LIKE", 0.8 if "%" in other.text else 1.2
    if one.kind == "word" and other.kind == "word" and lexicon.is_name(one.text):
        yield ".", 0.75
    yield from _between_tables(pieces, number, clause)
    yield "AS", 0.95


def _between_tables(
    pieces: Sequence[Piece], number: int, clause: str
) -> Iterator[tuple[str, float]]:
    if clause != "FROM":
        return
    after = pieces[number + 1 : number + 4]
    compares = any(p.is_mark(*_COMPARISONS) or p.is_word("IN", "LIKE", "IS", "BETWEEN", "EXISTS")
                   for p in after)  # fmt: skip
    joins = any(p.is_word("JOIN") for p in pieces[:number])
    yield "ON", 0.6 if joins and compares else 1.1
    yield "WHERE", 0.7 if compares else 1.3
    yield "JOIN", 0.8 if any(p.is_word("ON", "USING") for p in after) else 1.3


def _clause(pieces: Sequence[Piece], number: int, levels: Sequence[int]) -> str:
    """The clause that the place before the piece is in; "(" inside a list or call."""
    level = levels[number] if number < len(levels) else 0
    for earlier in range(number - 1, -1, -1):
        piece = pieces[earlier]
        if levels[earlier] < level:
            return "("
        if levels[earlier] == level and piece.kind == "word" and piece.upper in CLAUSE_AT:
            if not is_inside(pieces, earlier):
                return piece.upper
    return ""


def _open_cases(pieces: Sequence[Piece], number: int) -> bool:
    before = pieces[:number]
    return sum(p.is_word("CASE") for p in before) > sum(p.is_word("END") for p in before) or any(
        p.is_word("WHEN") for p in pieces[max(number - 12, 0) : number]
    )


def _in_between(pieces: Sequence[Piece], number: int, levels: Sequence[int]) -> bool:
    for earlier in range(number - 1, max(number - 12, -1), -1):
        if levels[earlier] == levels[number - 1] and pieces[earlier].is_word("AND"):
            return False
        if pieces[earlier].is_word("BETWEEN"):
            return True
    return False


def _lost_select(
    text: str, pieces: Sequence[Piece], levels: Sequence[int], at: int
) -> Iterator[Option]:
    """SELECT before a list whose FROM has none: at the text's start, after ( or a set operation."""
    for number in range(min(at + 1, len(pieces))):
        begins = (
            number == 0
            or pieces[number - 1].is_mark("(", ";")
            or (pieces[number - 1].is_word(*SET_WORDS, "ALL"))
        )
        after_cte = number and pieces[number - 1].is_mark(")") and pieces[0].is_word("WITH")
        if not (begins or after_cte) or pieces[number].is_word("SELECT", "WITH", "VALUES"):
            continue
        level = levels[number]
        for later in range(number, len(pieces)):
            if levels[later] < level or (
                pieces[later].is_word("SELECT") and levels[later] == level
            ):
                break
            if levels[later] == level and pieces[later].is_word("FROM"):
                yield _put(text, pieces, number, "SELECT", 0.7 if begins else 0.9)
                break


def _lost_from(text: str, pieces: Sequence[Piece], lexicon: Lexicon, at: int) -> Iterator[Option]:
    """FROM before a table that follows the selected list without it."""
    for number in range(1, min(at + 2, len(pieces))):
        piece, before = pieces[number], pieces[number - 1]
        if piece.kind == "word" and piece.text.lower() in lexicon.tables | lexicon.own:
            if is_value_end(before) and not before.is_mark("."):
                cost = 0.7 if piece.text.lower() in lexicon.tables else 1.3
                yield _put(text, pieces, number, "FROM", cost)
        elif piece.is_mark("(") and is_value_end(before) and number + 1 < len(pieces):
            if pieces[number + 1].is_word("SELECT"):
                yield _put(text, pieces, number, "FROM", 0.9)
