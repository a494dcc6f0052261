"""Habits of other engines in the shape of a query: TOP, ROWNUM, FROM dual, quotes of MySQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlwright.repair.changes import Option, option
from sqlwright.repair.layout import block_at, conjuncts
from sqlwright.repair.pieces import Piece, Splice
from sqlwright.repair.strict import is_value_end
from sqlwright.repair.vocabulary import CLAUSE_AT, UNITS

_COMPARES = ("=", "<", ">", "<=", ">=", "<>", "!=", ",", "(")


def habit_options(text: str, pieces: Sequence[Piece], dialect: str) -> Iterator[Option]:
    """Each such habit turned into the dialect's own words."""
    for number, piece in enumerate(pieces):
        if piece.is_word("TOP") and number and pieces[number - 1].is_word("SELECT", "DISTINCT"):
            yield from _top(text, pieces, number, dialect)
        elif piece.is_word("RLIKE", "REGEXP") and dialect == "postgres":
            told = (f"PostgreSQL writes {piece.upper} as ~*", f"{piece.upper} в PostgreSQL: ~*")
            yield option(text, [(piece.start, piece.end, "~*")], "other-dialect", 0.5, told)
        elif piece.is_mark("||") and dialect != "mysql" and _joins_conditions(pieces, number):
            told = ("|| joins texts: OR joins conditions", "|| соединяет тексты, условия: OR")
            yield option(text, [(piece.start, piece.end, "OR")], "operator", 0.5, told)
        elif piece.is_word("OVER") and number + 1 < len(pieces):
            yield from _bare_window(text, pieces, number)
        elif piece.is_word("ROWNUM"):
            yield from _rownum(text, pieces, number)
        elif piece.is_word("DUAL") and number and pieces[number - 1].is_word("FROM"):
            told = ("a query needs no FROM dual here", "FROM dual здесь не нужен")
            yield option(text, [(pieces[number - 1].start, piece.end, "")], "other-dialect", 0.5,
                         told)  # fmt: skip
        elif piece.is_word("MINUS"):
            told = ("MINUS is Oracle's word for EXCEPT", "MINUS: так EXCEPT пишут в Oracle")
            yield option(text, [(piece.start, piece.end, "EXCEPT")], "other-dialect", 0.5, told)
        elif piece.is_word("LIMIT") and dialect != "mysql":
            yield from _limit(text, pieces, number)
        elif piece.is_word("FETCH"):
            yield from _fetch(text, pieces, number)
        elif piece.kind == "name" and number:
            yield from _quoted(text, pieces, number, dialect)


_SHORT = {"DESCENDING": "DESC", "ASCENDING": "ASC"}


def slip_options(text: str, pieces: Sequence[Piece]) -> Iterator[Option]:
    """Slips in the shape of a condition: IS >, IS IN, NOT =, AND < 5, x NOT EXISTS (…)."""
    for piece in pieces:
        if piece.upper in _SHORT:
            yield _put(text, piece.start, piece.end, _SHORT[piece.upper], piece.text)
    for number, (piece, after) in enumerate(pairwise(pieces)):
        before = pieces[number - 1] if number else None
        is_test = after.is_mark(*_COMPARES[:7]) or after.is_word("IN", "LIKE", "ILIKE", "BETWEEN")
        if piece.is_word("IS") and is_test:
            yield _put(text, piece.start, after.start, "", "IS")
        elif piece.is_word("NOT") and after.is_mark("="):
            yield _put(text, piece.start, after.end, "<>", "NOT =")
        elif piece.is_word("SORT") and after.is_word("BY"):
            yield _put(text, piece.start, piece.end, "ORDER", piece.text)
        elif piece.is_word("IF") and not after.is_mark("("):
            yield _put(text, piece.start, piece.end, "CASE WHEN", piece.text)
        elif piece.is_word("EXISTS") and after.is_mark("(") and before is not None:
            owner = pieces[number - 2] if before.is_word("NOT") and number > 1 else before
            if is_value_end(owner) and not owner.is_mark(")"):
                yield _put(text, piece.start, piece.end, "IN", piece.text)
        elif piece.is_word("AND", "OR") and after.is_mark(*_COMPARES[:7]) and number > 2:
            held = pieces[number - 3 : number]
            if held[1].is_mark(*_COMPARES[:7]) and held[0].kind in ("word", "name"):
                first = number - 3
                while first > 1 and pieces[first - 1].is_mark("."):
                    first -= 2
                again = text[pieces[first].start : held[0].end]
                yield _put(text, after.start, after.start, f"{again} ", "")
        elif piece.is_word("CONTAINS") and after.kind == "text":
            new = f"LIKE '%{after.text[1:-1]}%'"
            yield _put(text, piece.start, after.end, new, text[piece.start : after.end])
        elif piece.is_word("EXTRACT") and after.is_mark("(") and number + 3 < len(pieces):
            unit, value = pieces[number + 2], pieces[number + 3]
            if unit.upper in UNITS and not value.is_word("FROM"):
                yield _put(text, unit.end, unit.end, " FROM", "")


def _put(text: str, start: int, end: int, new: str, old: str) -> Option:
    told = (f"{old or 'nothing'} stands where SQL says {new.strip() or 'nothing'}",
            f"{old or 'пусто'}: здесь пишут {new.strip() or 'пусто'}")  # fmt: skip
    return option(text, [(start, end, new)], "misspelled-form", 0.42, told)


def _joins_conditions(pieces: Sequence[Piece], number: int) -> bool:
    """Whether a condition ends before the || or one follows it up to the next joining word."""
    before = pieces[number - 1] if number else None
    after = pieces[number + 1 : number + 6]
    stop = next((n for n, p in enumerate(after) if p.is_word("AND", "OR") or p.is_mark(")")), 5)
    compares = any(p.is_mark(*_COMPARES[:7]) or p.is_word("IS", "IN", "LIKE") for p in after[:stop])
    return compares and before is not None and (
        before.is_word("NULL", "TRUE", "FALSE") or before.kind in ("number", "text")
    )  # fmt: skip


def _bare_window(text: str, pieces: Sequence[Piece], number: int) -> Iterator[Option]:
    """OVER PARTITION BY a ORDER BY b as OVER (PARTITION BY a ORDER BY b)."""
    if not pieces[number + 1].is_word("PARTITION", "ORDER"):
        return
    last = number + 1
    depth, lists = 0, 0
    while last < len(pieces):
        piece = pieces[last]
        depth += piece.is_mark("(") - piece.is_mark(")")
        if depth < 0 or piece.is_word("FROM", "AS") or piece.is_mark(";"):
            break
        lists += piece.is_mark(",") and not depth
        last += 1
    told = ("a window stands in parentheses", "окно пишут в скобках")
    splices: list[Splice] = [(pieces[number + 1].start, pieces[number + 1].start, "("),
                             (pieces[last - 1].end, pieces[last - 1].end, ")")]  # fmt: skip
    yield option(text, splices, "missing-parenthesis", 0.5 + 0.3 * lists, told)


def _top(text: str, pieces: Sequence[Piece], number: int, dialect: str) -> Iterator[Option]:
    """SELECT TOP 5 … as SELECT … LIMIT 5."""
    rest = pieces[number + 1 : number + 4]
    if rest and rest[0].kind == "number":
        amount, end = rest[0].text, rest[0].end
    elif len(rest) == 3 and rest[0].is_mark("(") and rest[1].kind == "number":
        amount, end = rest[1].text, rest[2].end
    else:
        return
    after = [piece for piece in pieces[number + 1 : number + 7] if piece.start >= end][:2]
    limit = f" LIMIT {amount}"
    if after and after[0].is_word("PERCENT"):
        return  # a share of the rows needs their count first
    if len(after) == 2 and after[0].is_word("WITH") and after[1].is_word("TIES"):
        if dialect != "postgres":
            return
        end, limit = after[1].end, f" FETCH FIRST {amount} ROWS WITH TIES"
    block = block_at(pieces, number)
    place = pieces[(block.end if block else len(pieces)) - 1].end
    told = (
        "TOP is T-SQL's: LIMIT at the end is written here",
        "TOP: так пишут в T-SQL; здесь LIMIT",
    )
    start = pieces[number].start
    splices: list[Splice] = [(start, end + (text[end : end + 1] == " "), ""),
                             (place, place, limit)]  # fmt: skip
    yield option(text, splices, "other-dialect", 0.5, told)


def _rownum(text: str, pieces: Sequence[Piece], number: int) -> Iterator[Option]:
    """WHERE ROWNUM <= 5 as LIMIT 5."""
    block = block_at(pieces, number)
    where = block.clause("WHERE") if block else None
    if block is None or where is None:
        return
    parts = conjuncts(pieces, where)
    for first, end in parts:
        held = pieces[first:end]
        if len(held) != 3 or not held[0].is_word("ROWNUM") or held[2].kind != "number":
            continue
        amount = int(float(held[2].text)) - held[1].is_mark("<")
        kept = [text[pieces[a].start : pieces[b - 1].end] for a, b in parts if a != first]
        start, stop = pieces[where.first].start, pieces[where.end - 1].end
        rest = f"{pieces[where.first].text} " + " AND ".join(kept) if kept else ""
        place = pieces[block.end - 1].end
        told = (
            "ROWNUM is Oracle's: LIMIT is written here",
            "ROWNUM: так пишут в Oracle; здесь LIMIT",
        )
        splices: list[Splice] = [(start, stop, rest), (place, place, f" LIMIT {amount}")]
        if place == stop:
            splices = [(start, stop, f"{rest} LIMIT {amount}".strip())]
        yield option(text, splices, "other-dialect", 0.6, told)


def _limit(text: str, pieces: Sequence[Piece], number: int) -> Iterator[Option]:
    part = pieces[number : number + 4]
    if len(part) == 4 and part[2].is_mark(",") and part[3].kind == "number":
        new = f"{part[0].text} {part[3].text} OFFSET {part[1].text}"
        told = ("LIMIT a, b is MySQL's", "LIMIT a, b: так пишут в MySQL")
        yield option(text, [(part[0].start, part[3].end, new)], "other-dialect", 0.5, told)


def _fetch(text: str, pieces: Sequence[Piece], number: int) -> Iterator[Option]:
    """FETCH FIRST 5 ROWS, with or without ONLY, as LIMIT 5."""
    part = pieces[number : number + 5]
    if (
        len(part) >= 4
        and part[1].is_word("FIRST", "NEXT")
        and part[2].kind == "number"
        and (part[3].is_word("ROW", "ROWS"))
    ):
        end = part[4].end if len(part) == 5 and part[4].is_word("ONLY") else part[3].end
        told = ("LIMIT is written here for FETCH FIRST", "вместо FETCH FIRST здесь пишут LIMIT")
        new = f"LIMIT {part[2].text}"
        yield option(text, [(part[0].start, end, new)], "other-dialect", 0.5, told)


def _quoted(text: str, pieces: Sequence[Piece], number: int, dialect: str) -> Iterator[Option]:
    """A text in double quotes, which hold a name; a name in quotes of another engine."""
    piece, before = pieces[number], pieces[number - 1]
    bare = piece.text[1:-1]
    if piece.text[0] == '"' and (before.is_mark(*_COMPARES) or before.is_word("LIKE", "IN", "AND",
                                 "THEN", "ELSE", "BETWEEN")):  # fmt: skip
        told = ("double quotes hold a name: a text stands in single ones",
                "в двойных кавычках имя; текст берут в одинарные")  # fmt: skip
        new = "'" + bare.replace("'", "''") + "'"
        yield option(text, [(piece.start, piece.end, new)], "quotes", 0.6, told)
    elif piece.text[0] in "`[" and not (piece.text[0] == "`" and dialect == "mysql"):
        plain = bare.isidentifier() and bare.upper() not in CLAUSE_AT
        mark = "`" if dialect == "mysql" else '"'
        alike = [p for p in pieces if p.kind == "name" and p.text[0] == piece.text[0]]
        splices = [(p.start, p.end, p.text[1:-1] if plain else f"{mark}{p.text[1:-1]}{mark}")
                   for p in alike]  # fmt: skip
        told = (f"{piece.text[0]} does not hold names here",
                f"{piece.text[0]} здесь не кавычки имени")  # fmt: skip
        yield option(text, splices, "quotes", 0.5, told)
