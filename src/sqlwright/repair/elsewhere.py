"""What other engines write in the place of one word or clause, and sqlglot reads in any dialect.

`foreign` knows functions and operators; here are forms of clauses. Each is put into the dialect's
own words where it stands, and where there are none, nothing is offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlwright.repair.foreign import Foreign
from sqlwright.repair.layout import block_at
from sqlwright.repair.pieces import Piece, closing, depths, operand
from sqlwright.repair.strict import is_value_end
from sqlwright.repair.vocabulary import SET_WORDS, UNITS

_BARE_DATE = re.compile(r"(?<![\w'-])\d{4}-\d\d-\d\d(?![\w'-])")


def elsewhere(text: str, pieces: Sequence[Piece], dialect: str) -> Foreign | None:
    """The first part of the text that engines of the dialect refuse, or None."""
    return next(_all(text, pieces, dialect), None)


def no_counterpart(pieces: Sequence[Piece], dialect: str) -> str | None:
    """What the text asks for and no other words of the dialect say, or None."""
    for number, piece in enumerate(pieces[:-1]):
        after = pieces[number + 1]
        if piece.is_word("CONNECT") and after.is_word("BY"):
            return "CONNECT BY walks a tree: write it as WITH RECURSIVE"
        if piece.is_word("TOP") and number and pieces[number - 1].is_word("SELECT", "DISTINCT"):
            rest = pieces[number + 1 : number + 7]
            end = next((n for n, p in enumerate(rest) if p.kind == "number"), 9) + 1
            end += end < len(rest) and rest[end].is_mark(")")
            if end < len(rest) and rest[end].is_word("PERCENT"):
                return "TOP PERCENT has no counterpart here: count the rows first"
            ties = (
                end + 1 < len(rest) and rest[end].is_word("WITH") and rest[end + 1].is_word("TIES")
            )
            if ties and dialect != "postgres":
                return "TOP WITH TIES has no counterpart here: compare RANK() with the number"
    return None


def _all(text: str, pieces: Sequence[Piece], dialect: str) -> Iterator[Foreign]:
    for number, piece in enumerate(pieces):
        before = pieces[number - 1] if number else None
        after = pieces[number + 1] if number + 1 < len(pieces) else None
        if before is None or (
            after is None and not piece.is_word("ISNULL", "NOTNULL", "LAST", "FIRST")
        ):
            continue
        if piece.is_word("FETCH", "OFFSET") and dialect in ("mysql", "sqlite"):
            yield from _fetch(text, pieces, number)
        elif piece.is_word("FIRST", "LAST") and before.is_word("NULLS") and dialect == "mysql":
            yield from _nulls(text, pieces, number)
        elif piece.is_word("APPLY") and dialect in ("postgres", "mysql"):
            yield from _apply(text, pieces, number)
        elif piece.is_word("OUTER") and after is not None and after.is_word("JOIN"):
            if not before.is_word("LEFT", "RIGHT", "FULL"):
                yield Foreign(piece.start, piece.start, "LEFT ", "OUTER JOIN needs LEFT or FULL")
        elif piece.is_word("ORDER") and after is not None and after.is_word("BY"):
            yield from _early_order(text, pieces, number, dialect)
        elif piece.kind == "text" and before.is_word("AS") and dialect == "postgres":
            if is_value_end(pieces[number - 2]) and piece.text[0] == "'":
                name = '"' + piece.text[1:-1].replace("''", "'") + '"'
                yield Foreign(piece.start, piece.end, name, "an alias stands in double quotes")
        elif (
            piece.kind == "number" and dialect == "postgres" and _BARE_DATE.match(text, piece.start)
        ):
            end = piece.start + 10
            new = f"'{text[piece.start : end]}'"
            yield Foreign(piece.start, end, new, f"{text[piece.start : end]} is a subtraction")
        elif piece.is_word("INTERVAL") and dialect == "mysql":
            yield from _interval(text, pieces, number)
        else:
            yield from _null_test(text, pieces, number, dialect)


def _fetch(text: str, pieces: Sequence[Piece], number: int) -> Iterator[Foreign]:
    """OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY as LIMIT 10 OFFSET 5."""
    at, skipped = number, None
    if pieces[number].is_word("OFFSET"):
        part = pieces[number + 1 : number + 3]
        if len(part) < 2 or part[0].kind != "number" or not part[1].is_word("ROW", "ROWS"):
            return
        skipped, at = part[0].text, number + 3
    part = pieces[at : at + 5]
    fits = len(part) >= 4 and part[0].is_word("FETCH") and part[1].is_word("FIRST", "NEXT")
    if fits and part[2].kind == "number" and part[3].is_word("ROW", "ROWS"):
        if len(part) == 5 and part[4].is_word("WITH"):
            return
        only = len(part) == 5 and part[4].is_word("ONLY")
        new = f"LIMIT {part[2].text}" + (f" OFFSET {skipped}" if skipped else "")
        end = part[4].end if only else part[3].end
        yield Foreign(pieces[number].start, end, new, "FETCH is written LIMIT here")
    elif skipped and at >= len(pieces):
        new = f"LIMIT 18446744073709551615 OFFSET {skipped}"
        yield Foreign(pieces[number].start, pieces[at - 1].end, new, "OFFSET needs LIMIT here")


def _nulls(text: str, pieces: Sequence[Piece], number: int) -> Iterator[Foreign]:
    """NULLS LAST: MySQL has NULL lowest, and a key of its own moves it."""
    before = pieces[number - 2]
    is_down = before.is_word("DESC")
    is_last = pieces[number].is_word("LAST")
    told = "MySQL has no NULLS FIRST and NULLS LAST: there NULL is the lowest value"
    first = number - 1
    if is_down == is_last:
        yield Foreign(pieces[number - 2].end, pieces[number].end, "", told)
        return
    levels = depths(pieces)
    start = first
    while start and not (
        levels[start - 1] <= levels[first]
        and (pieces[start - 1].is_mark(",", "(") or pieces[start - 1].is_word("BY"))
    ):
        start -= 1
    end = number - 2 if before.is_word("DESC", "ASC") else first
    key = text[pieces[start].start : pieces[end - 1].end if end > start else pieces[start].end]
    rest = text[pieces[start].start : pieces[first - 1].end]
    test = "IS NULL" if is_last else "IS NOT NULL"
    yield Foreign(pieces[start].start, pieces[number].end, f"{key} {test}, {rest}", told)


def _apply(text: str, pieces: Sequence[Piece], number: int) -> Iterator[Foreign]:
    """CROSS APPLY as CROSS JOIN LATERAL, OUTER APPLY as LEFT JOIN LATERAL … ON TRUE."""
    before = pieces[number - 1]
    told = f"{before.upper} APPLY is T-SQL's: a LATERAL join is written here"
    if before.is_word("CROSS"):
        yield Foreign(before.start, pieces[number].end, "CROSS JOIN LATERAL", told)
    elif before.is_word("OUTER") and pieces[number + 1].is_mark("("):
        end = closing(pieces, number + 1)
        alias = end + 1
        alias += alias < len(pieces) and pieces[alias].is_word("AS")
        last = min(alias, len(pieces) - 1)
        inside = text[pieces[number + 1].start : pieces[last].end]
        new = f"LEFT JOIN LATERAL {inside} ON TRUE"
        yield Foreign(before.start, pieces[last].end, new, told)


def _early_order(
    text: str, pieces: Sequence[Piece], number: int, dialect: str
) -> Iterator[Foreign]:
    """ORDER BY before UNION: it goes behind the last branch; one with LIMIT keeps to its own."""
    block = block_at(pieces, number)
    order = block.clause("ORDER") if block is not None else None
    if block is None or order is None or order.first != number or block.end >= len(pieces):
        return
    follower = pieces[block.end]
    if not (follower.kind == "word" and follower.upper in SET_WORDS):
        return
    told = "ORDER BY of a whole UNION stands behind its last branch"
    start, end = pieces[block.clauses[0].first].start, pieces[block.end - 1].end
    if block.clause("LIMIT") or block.clause("FETCH") or block.clause("OFFSET"):
        told = "a branch with ORDER BY and LIMIT stands in parentheses"
        inner = text[start:end]
        new = f"SELECT * FROM ({inner})" if dialect == "sqlite" else f"({inner})"
        yield Foreign(start, end, new, told)
        return
    levels = depths(pieces)
    last = block.end
    while last < len(pieces) and levels[last] >= levels[number] and not pieces[last].is_mark(";"):
        if levels[last] == levels[number] and pieces[last].is_mark(")"):
            break
        last += 1
    clause = text[pieces[number].start : end]
    rest = text[end : pieces[last - 1].end].lstrip()
    if not any(piece.is_word("ORDER") for piece in pieces[block.end : last]):
        new = f"{rest}{' ' if ' ' in text[end : follower.start] else chr(10)}{clause}"
        yield Foreign(pieces[number].start, pieces[last - 1].end, new, told)


def _interval(text: str, pieces: Sequence[Piece], number: int) -> Iterator[Foreign]:
    """INTERVAL '7 days' as INTERVAL 7 DAY."""
    value = pieces[number + 1]
    words = value.text.strip("'").split()
    if value.kind != "text" or len(words) != 2 or words[1].upper() not in UNITS:
        return
    follower = pieces[number + 2] if number + 2 < len(pieces) else None
    if follower is not None and follower.kind == "word" and follower.upper in UNITS:
        return
    unit = words[1].upper().removesuffix("S")
    if words[0].lstrip("-+").isdigit():
        told = "MySQL writes the unit of an interval outside its quotes"
        yield Foreign(pieces[number].start, value.end, f"INTERVAL {words[0]} {unit}", told)


def _null_test(text: str, pieces: Sequence[Piece], number: int, dialect: str) -> Iterator[Foreign]:
    """x NOT NULL, x ISNULL, x IS 'a': SQLite's and PostgreSQL's short forms."""
    piece, before = pieces[number], pieces[number - 1]
    after = pieces[number + 1] if number + 1 < len(pieces) else None
    if dialect not in ("postgres", "mysql"):
        return
    if piece.is_word("NOT") and after is not None and after.is_word("NULL") and _is_operand(before):
        yield Foreign(piece.start, piece.start, "IS ", "IS NOT NULL is written in three words")
    elif piece.is_word("ISNULL", "NOTNULL") and dialect == "mysql" and _is_operand(before):
        if after is None or not after.is_mark("("):
            new = "IS NULL" if piece.is_word("ISNULL") else "IS NOT NULL"
            yield Foreign(piece.start, piece.end, new, f"MySQL writes {piece.text} as {new}")
    elif piece.is_word("IS") and after is not None:
        is_not = after.is_word("NOT")
        value = pieces[number + 2] if is_not and number + 2 < len(pieces) else after
        if value.kind not in ("text", "number"):
            return
        told = "IS takes NULL, TRUE and FALSE alone"
        if dialect == "postgres":
            new = "IS DISTINCT FROM" if is_not else "IS NOT DISTINCT FROM"
        elif is_not:
            start = operand(pieces, number - 1)
            new = f"NOT {text[pieces[start].start : piece.start]}<=>"
            yield Foreign(pieces[start].start, after.end, new, told)
            return
        else:
            new = "<=>"
        yield Foreign(piece.start, after.end if is_not else piece.end, new, told)


def _is_operand(piece: Piece) -> bool:
    return is_value_end(piece) and not piece.is_word("NULL")
