"""What engines refuse and sqlglot reads all the same: told from the pieces alone.

It errs on the side of silence: what some engine of the dialect takes is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlwright.repair.pieces import Piece, depths
from sqlwright.repair.vocabulary import (
    CLAUSE_AT,
    KEYWORD_SET,
    RESERVED,
    SET_WORDS,
    TYPES_BEFORE_TEXT,
)


@dataclass(frozen=True, slots=True)
class Loose:
    """A place that no engine of the dialect takes."""

    at: int  # the piece's number
    kind: str
    message: str


def loose(pieces: Sequence[Piece], dialect: str) -> Loose | None:
    """The first place that the dialect's engines refuse, or None."""
    found = [*_commas(pieces, dialect), *_neighbors(pieces, dialect), *_order(pieces),
             *_marks(pieces, dialect), *_betweens(pieces), *_joins(pieces, dialect)]  # fmt: skip
    return min(found, key=lambda item: item.at, default=None)


def _commas(pieces: Sequence[Piece], dialect: str) -> Iterator[Loose]:
    for number, piece in enumerate(pieces):
        if not piece.is_mark(","):
            continue
        before = pieces[number - 1] if number else None
        after = pieces[number + 1] if number + 1 < len(pieces) else None
        if before is None or before.is_mark(",", "(") or before.is_word("SELECT", "BY", "FROM"):
            yield Loose(number, "needless-comma", "a comma with nothing before it")
        elif dialect != "duckdb" and (after is None or after.is_mark(")", ";") or _ends(after)):
            yield Loose(number, "needless-comma", "a comma with nothing after it")


def _ends(piece: Piece) -> bool:
    return piece.kind == "word" and (
        (piece.upper in CLAUSE_AT and piece.upper != "SELECT") or piece.upper in SET_WORDS
    )


def is_value_end(piece: Piece) -> bool:
    """Whether a value may end with the piece."""
    if piece.kind == "word":
        return piece.upper not in KEYWORD_SET or piece.upper in ("END", "NULL", "TRUE", "FALSE")
    return piece.kind in ("number", "text", "name") or piece.is_mark(")", "]", "*")


def is_value_start(piece: Piece) -> bool:
    """Whether a value may begin with the piece."""
    if piece.kind == "word":
        starts = ("CASE", "CAST", "NULL", "TRUE", "FALSE", "EXISTS", "NOT", "INTERVAL", "EXTRACT")
        return piece.upper not in KEYWORD_SET or piece.upper in starts
    return piece.kind in ("number", "text", "name") or piece.is_mark("(")


def _neighbors(pieces: Sequence[Piece], dialect: str) -> Iterator[Loose]:
    for number, (one, other) in enumerate(pairwise(pieces), 1):
        message = f"{one.text} and {other.text} stand side by side"
        if other.kind == "number" and (one.kind in ("number", "text") or one.is_mark(")", "]")):
            yield Loose(number, "side-by-side", message)
        elif other.kind == "text":
            joins = dialect == "mysql" or (dialect == "postgres" and one.line != other.line)
            if one.kind == "number" or one.is_mark(")", "]") or (one.kind == "text" and not joins):
                yield Loose(number, "side-by-side", message)
            elif one.kind == "word" and _is_name(one) and dialect != "mysql":
                is_typed = one.upper in TYPES_BEFORE_TEXT or other.text[:1] != "'"
                if not is_typed and number > 1 and not pieces[number - 2].is_word("AS"):
                    yield Loose(number, "side-by-side", message)
        elif one.kind == "word" and one.upper == other.upper and one.upper in _ONCE:
            yield Loose(number, "repeated-word", f"{one.upper} stands twice")
        elif one.is_word("BY", "WHERE", "HAVING", "ON") and (
            other.is_mark(")", ";") or _ends(other)
        ):
            yield Loose(number, "empty-clause", f"nothing follows {one.text}")
        elif one.is_mark("<", ">") and other.is_mark("<", ">") and one.end != other.start:
            yield Loose(number, "operator", f"{one.text} {other.text} is no operator")


_ONCE = RESERVED - {"END", "CASE", "NOT", "NULL", "DATE"}


def _is_name(piece: Piece) -> bool:
    return piece.upper not in KEYWORD_SET and piece.upper not in ("BOTH", "LEADING", "TRAILING")


def _order(pieces: Sequence[Piece]) -> Iterator[Loose]:
    """Clauses of one SELECT that stand in another order than the grammar's, or twice."""
    reached: dict[int, int] = {}
    for number, (piece, depth) in enumerate(zip(pieces, depths(pieces), strict=True)):
        if piece.is_mark("("):
            reached.pop(depth + 1, None)
        elif piece.kind == "word" and piece.upper in SET_WORDS:
            reached.pop(depth, None)
        elif piece.kind == "word" and piece.upper in CLAUSE_AT and not is_inside(pieces, number):
            at = CLAUSE_AT[piece.upper]
            if piece.upper == "SELECT":
                reached[depth] = 0
            elif depth in reached:
                both_limits = at == 8 and reached[depth] == 8
                if at < reached[depth] or (at == reached[depth] and not both_limits):
                    yield Loose(number, "clause-order", f"{piece.upper} stands too late")
                reached[depth] = max(at, reached[depth])


def is_inside(pieces: Sequence[Piece], number: int) -> bool:
    """Whether a word of a clause stands for something else: IS DISTINCT FROM, WITHIN GROUP."""
    before = pieces[number - 1] if number else None
    after = pieces[number + 1] if number + 1 < len(pieces) else None
    word = pieces[number].upper
    if before is not None and (before.is_word("DISTINCT", "WITHIN", "AS") or before.is_mark(".")):
        return True
    if word in ("GROUP", "ORDER"):
        return after is None or not after.is_word("BY")
    return word in ("WINDOW", "OFFSET", "FETCH", "LIMIT", "QUALIFY") and (
        after is None or after.is_mark(",", ".", ")", "=") or (before is not None
        and before.is_mark(",", "(", "."))
    )  # fmt: skip


def _marks(pieces: Sequence[Piece], dialect: str) -> Iterator[Loose]:
    for number, piece in enumerate(pieces):
        if piece.kind == "odd":
            yield Loose(number, "odd-character", f"{piece.text!r} is no part of SQL")
        elif piece.is_mark("==") and dialect not in ("sqlite", "duckdb"):
            yield Loose(number, "operator", "== is no operator of the dialect")
        elif piece.is_mark("=<", "=>", "!<"):
            yield Loose(number, "operator", f"{piece.text} is no operator")
        elif piece.is_mark("&&") and dialect == "sqlite":
            yield Loose(number, "operator", "&& is no operator of the dialect")
        elif piece.is_mark(";") and any(not p.is_mark(";") for p in pieces[number + 1 :]):
            yield Loose(number, "semicolon", "a semicolon stands inside the query")
        elif piece.is_word("IF") and _has_then(pieces, number):
            yield Loose(number, "if-then", "IF … THEN is no expression: CASE WHEN … THEN is")
        elif (
            piece.is_word("SORT") and number + 1 < len(pieces) and pieces[number + 1].is_word("BY")
        ):
            yield Loose(number, "sort-by", "SORT BY is ORDER BY here")
        elif piece.is_word("IS") and number + 1 < len(pieces) and pieces[number + 1].is_mark("("):
            yield Loose(number, "is-list", "IS takes no list")
        elif piece.is_word("SELECT") and dialect == "mysql" and number + 1 < len(pieces):
            if pieces[number + 1].is_word("FROM"):
                yield Loose(number + 1, "empty-list", "nothing is selected")
        elif piece.is_word("OVER") and number + 1 < len(pieces):
            if pieces[number + 1].is_word("BY", "PARTITION", "ORDER", "ROWS", "RANGE"):
                yield Loose(number + 1, "bare-window", "OVER takes a window in parentheses")
        elif piece.is_word("TIES") and dialect == "mysql" and pieces[number - 1].is_word("WITH"):
            yield Loose(number, "with-ties", "MySQL has no WITH TIES")
        elif piece.is_word("IN") and number + 1 < len(pieces):
            after = pieces[number + 1]
            if after.kind in ("text", "number"):
                yield Loose(number + 1, "in-without-parentheses", "IN takes a list in parentheses")


def _has_then(pieces: Sequence[Piece], number: int) -> bool:
    """Whether a THEN follows before the list or the clause ends."""
    for piece in pieces[number + 1 : number + 40]:
        if piece.is_word("THEN"):
            return True
        if piece.is_mark(",", ";") or (piece.kind == "word" and piece.upper in CLAUSE_AT):
            return False
    return False


_AFTER_BETWEEN = {*CLAUSE_AT, *SET_WORDS, "OR", "THEN", "ELSE", "WHEN", "ON", "JOIN"}


def _betweens(pieces: Sequence[Piece]) -> Iterator[Loose]:
    levels = depths(pieces)
    for number, piece in enumerate(pieces):
        if not piece.is_word("BETWEEN"):
            continue
        for later in range(number + 1, len(pieces)):
            other = pieces[later]
            if levels[later] < levels[number]:
                yield Loose(later, "between-without-and", "BETWEEN lacks its AND")
                break
            if levels[later] == levels[number]:
                if other.is_word("AND"):
                    break
                if other.kind == "word" and other.upper in _AFTER_BETWEEN:
                    yield Loose(later, "between-without-and", "BETWEEN lacks its AND")
                    break
        else:
            yield Loose(len(pieces) - 1, "between-without-and", "BETWEEN lacks its AND")


def _joins(pieces: Sequence[Piece], dialect: str) -> Iterator[Loose]:
    """JOINs of a FROM that has fewer ON and USING than they need."""
    if dialect in ("sqlite", "duckdb"):
        return  # asked themselves
    open_joins: dict[int, list[int]] = {}
    for number, (piece, depth) in enumerate(zip(pieces, depths(pieces), strict=True)):
        if piece.kind != "word" and not piece.is_mark("(", ")", ","):
            continue
        waiting = open_joins.setdefault(depth, [])
        if piece.is_word("JOIN") and _needs_on(pieces, number, dialect):
            waiting.append(number)
        elif piece.is_word("ON", "USING") and waiting:
            waiting.pop()
        elif waiting and (_ends(piece) or piece.is_mark(",")):
            yield Loose(number, "join-without-on", "JOIN lacks its ON")
            waiting.clear()
        for deeper in [level for level in open_joins if level > depth]:
            lost = open_joins.pop(deeper)
            if lost:
                yield Loose(number, "join-without-on", "JOIN lacks its ON")
    if any(open_joins.values()):
        yield Loose(len(pieces) - 1, "join-without-on", "JOIN lacks its ON")


def _needs_on(pieces: Sequence[Piece], number: int, dialect: str) -> bool:
    before = pieces[max(number - 3, 0) : number]
    if any(p.is_word("CROSS", "NATURAL", "POSITIONAL", "LATERAL") for p in before):
        return False
    is_outer = any(p.is_word("LEFT", "RIGHT", "FULL") for p in before)
    return dialect != "mysql" or is_outer
