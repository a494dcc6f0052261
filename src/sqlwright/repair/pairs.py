"""Parentheses and quotes that lack their other half, and where it may have stood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlwright.repair.changes import Option, option
from sqlwright.repair.pieces import Piece, closing, depths
from sqlwright.repair.reasons import missing, needless
from sqlwright.repair.strict import is_value_end, is_value_start
from sqlwright.repair.vocabulary import AGGREGATES, CLAUSE_AT, KEYWORD_SET, SET_WORDS

_FAR = 60  # pieces after an opening that its closing is looked for in


def parenthesis_options(text: str, pieces: Sequence[Piece], at: int) -> Iterator[Option]:
    """For each lone parenthesis: it taken out, or its other half put in."""
    lone = _unmatched(pieces)
    yield from _other_halves(text, pieces, lone, at)
    for number in lone:
        piece = pieces[number]
        yield option(text, [(piece.start, piece.end, "")], "needless-parenthesis", 0.85,
                     needless(piece.text))  # fmt: skip
        if piece.text == "(":
            yield from _closings(text, pieces, number)
        else:
            yield from _openings(text, pieces, number)
    opened = [n for n, p in enumerate(pieces[: at + 1]) if p.is_mark("(")]
    if lone and pieces[lone[0]].text == "(":
        # the one that was left open may be an inner one, whose closing closed another
        for number in opened[-4:]:
            if number not in lone:
                yield from _closings(text, pieces, number, closing(pieces, number))
    elif not lone:
        yield from _moved(text, pieces, at)


def _other_halves(
    text: str, pieces: Sequence[Piece], lone: Sequence[int], at: int
) -> Iterator[Option]:
    """Parentheses that may be the needless one in the place of the one that has no half."""
    for wanted in {pieces[number].text for number in lone}:
        for number in range(max(at - 60, 0), min(at + 3, len(pieces))):
            piece = pieces[number]
            if piece.text != wanted or number in lone:
                continue
            beside = any(
                pieces[other].text == wanted and min(abs(pieces[other].start - piece.end),
                abs(piece.start - pieces[other].end)) == 0
                for other in (number - 1, number + 1) if 0 <= other < len(pieces)
            )  # fmt: skip
            away = 0.01 * abs(at - number)
            yield option(text, [(piece.start, piece.end, "")], "needless-parenthesis",
                         (0.7 if beside else 0.95) + away, needless(piece.text))  # fmt: skip


def _unmatched(pieces: Sequence[Piece]) -> list[int]:
    opened: list[int] = []
    lone = []
    for number, piece in enumerate(pieces):
        if piece.is_mark("("):
            opened.append(number)
        elif piece.is_mark(")"):
            if opened:
                opened.pop()
            else:
                lone.append(number)
    return lone + opened[::-1]


def _closings(
    text: str, pieces: Sequence[Piece], opening: int, until: int | None = None
) -> Iterator[Option]:
    """Where the opening one may close, before the piece `until`."""
    before = pieces[opening - 1] if opening else None
    after = pieces[opening + 1] if opening + 1 < len(pieces) else None
    depth = 0
    last_place = min(opening + _FAR, len(pieces) if until is None else until)
    for number in range(opening + 2, last_place + 1):
        last = pieces[number - 1]
        depth += last.is_mark("(") - last.is_mark(")")
        if depth < 0:
            depth = 0
        if not is_value_end(last) and not last.is_mark(")"):
            continue
        follower = pieces[number] if number < len(pieces) else None
        cost = _closing_cost(before, after, last, follower)
        cost += 0.006 * (number - opening) + 0.25 * depth
        cost += _layout_cost(text, pieces[opening], last, follower)
        if follower is not None and follower.is_word("FROM") and depth == 0:
            inside = pieces[opening:number]
            levels = depths(inside)
            own = [p for p, level in zip(inside, levels, strict=True) if level == 1]
            cost -= 0.45 * any(p.is_word("FROM") for p in own)  # a second FROM is the outer one's
        place = last.end
        yield option(text, [(place, place, ")")], "missing-parenthesis", cost, missing(")"))


def _layout_cost(text: str, opening: Piece, last: Piece, follower: Piece | None) -> float:
    """How the lines are indented: what is inside a parenthesis stands deeper than its line."""
    if last.line == opening.line:
        return 0.0
    if follower is None:
        return -0.1
    if follower.line == last.line:
        return 0.05
    return -0.12 if _indent(text, follower) <= _indent(text, opening) else 0.15


def _indent(text: str, piece: Piece) -> int:
    """The blanks before the first word of the piece's line."""
    begin = text.rfind("\n", 0, piece.start) + 1
    line = text[begin : piece.end]
    return len(line.expandtabs()) - len(line.expandtabs().lstrip())


def _closing_cost(
    before: Piece | None, after: Piece | None, last: Piece, follower: Piece | None
) -> float:
    """How likely the parenthesis closes here, by what opened it and what follows."""
    ends_line = follower is None or follower.line != last.line
    cost = 0.75 - 0.12 * ends_line
    if follower is None or follower.is_mark(";"):
        return cost
    is_clause = follower.kind == "word" and (
        follower.upper in CLAUSE_AT or follower.upper in SET_WORDS
    )
    if after is not None and after.is_word("SELECT", "WITH"):
        in_condition = before is not None and before.is_word("IN", "EXISTS")
        if in_condition and follower.is_word("ORDER", "LIMIT"):
            cost -= 0.15  # what IN and EXISTS read is hardly ever ordered or cut
        elif follower.is_word("FROM", "WHERE", "GROUP", "HAVING", "ORDER") and not ends_line:
            cost += 0.3
        elif follower.is_word("AS") or follower.is_mark(")", ","):
            cost -= 0.1
        elif follower.is_mark("=", "<", ">", "<=", ">=", "<>"):
            cost += 0.5 if in_condition else 0.2  # nothing is compared with EXISTS
        return cost
    if before is not None and before.is_word("IN"):
        literal = last.kind in ("text", "number")
        return cost - 0.2 if literal and not follower.is_mark(",") else cost + 0.5
    is_call = before is not None and before.kind == "word" and before.upper not in KEYWORD_SET
    if is_call and before is not None and before.upper in AGGREGATES | {"ABS", "UPPER", "LOWER"}:
        stops = is_clause or follower.is_word("AS", "AND", "OR", "OVER", "DESC", "ASC")
        if follower.is_mark(",") or stops or follower.kind == "word":
            return cost - 0.1
        return cost + (0.1 if follower.is_mark(")", "=", "<", ">", "<=", ">=", "<>") else 0.3)
    if is_clause or follower.is_word("AND", "OR", "AS", "THEN", "ELSE", "END", "ON", "WHEN"):
        return cost
    return cost + (0.1 if follower.is_mark(")", ",", "=", "<", ">", "<=", ">=", "<>") else 0.3)


def _openings(text: str, pieces: Sequence[Piece], lone: int) -> Iterator[Option]:
    depth = 0
    for number in range(lone - 1, max(lone - _FAR, -1), -1):
        piece = pieces[number]
        depth += piece.is_mark(")") - piece.is_mark("(")
        before = pieces[number - 1] if number else None
        if not (is_value_start(piece) or piece.is_word("SELECT", "PARTITION", "ORDER", "DISTINCT")
                or piece.is_mark("*", "-")):  # fmt: skip
            continue
        cost = 0.95 + 0.25 * max(depth, 0) + 0.01 * (lone - number)
        if before is not None and before.kind == "word":
            if piece.is_word("SELECT"):
                cost -= 0.3
            elif before.upper in AGGREGATES or before.is_word("IN", "EXISTS", "OVER", "CAST"):
                cost -= 0.4
            elif before.upper not in KEYWORD_SET and not piece.is_word("SELECT"):
                cost -= 0.2 if before.end + 1 >= piece.start else 0
        elif before is not None and before.is_mark(",") and not piece.is_word("SELECT"):
            cost += 0.2
        elif before is not None and before.is_mark("*", "/", "-"):
            sums = any(p.is_mark("+", "-") for p in pieces[number:lone])
            cost -= 0.4 * sums  # or else the parentheses would be needless
        yield option(text, [(piece.start, piece.start, "(")], "missing-parenthesis", cost,
                     missing("("))  # fmt: skip


def _moved(text: str, pieces: Sequence[Piece], at: int) -> Iterator[Option]:
    """A closing parenthesis near the fault a piece earlier or later, or taken out with its half."""
    for number in range(max(at - 4, 1), min(at + 2, len(pieces) - 1)):
        piece, other = pieces[number], pieces[number + 1]
        if piece.is_mark("(", ")") and other.kind != "mark":
            both = other.text + piece.text
            yield option(text, [(piece.start, other.end, both)], "swapped", 1.15,
                         (f"{piece.text} stands a word too early",
                          f"{piece.text} стоит на слово раньше"))  # fmt: skip
        if other.is_mark("(", ")") and piece.kind != "mark":
            both = other.text + piece.text
            yield option(text, [(piece.start, other.end, both)], "swapped", 1.2,
                         (f"{other.text} stands a word too late",
                          f"{other.text} стоит на слово позже"))  # fmt: skip


_BEFORE_TEXT = ("LIKE", "ILIKE", "THEN", "ELSE", "WHEN", "AND", "BETWEEN", "DATE", "INTERVAL",
                "SELECT", "IN")  # fmt: skip
_STRANGE = re.compile(r"\n|\s(?:AND|OR|FROM|WHERE|AS|THEN|IN|BETWEEN|LIKE)\s|[=(]|,\s*$|^',",
                      re.IGNORECASE)  # fmt: skip
_BREAKS = re.compile(r"[,)\n;]|\s+(?=(?:AND|OR|FROM|WHERE|AS|THEN|ELSE|END|GROUP|ORDER|LIMIT|IS)\b)"
                     r"|\s", re.IGNORECASE)  # fmt: skip


def quote_options(text: str, pieces: Sequence[Piece]) -> Iterator[Option]:
    """A quote put in, or taken out, where their number is odd or a text holds what none would."""
    texts = [(n, p) for n, p in enumerate(pieces) if p.kind == "text"]
    is_odd = any(not _is_closed(p) for _, p in texts)
    strange = [
        (n, p) for n, p in texts if not _is_closed(p) or (is_odd and _STRANGE.search(p.text))
    ]
    yield from _apostrophes(text, texts)
    for number, piece in strange[:3]:
        yield from _quote_within(text, piece)
        yield from _quote_before(text, pieces, number)
        yield option(text, [(piece.start, piece.start + 1, "")], "needless-quote", 1.1,
                     needless("'"))  # fmt: skip
    for one, other in pairwise(pieces):
        found = re.compile(r"%?\w[\w ]*%?|%\w+").match(text, other.start)
        if one.is_word("LIKE", "ILIKE") and other.is_mark("%") and found is not None:
            told = missing("' '")
            quoted = f"'{found.group()}'"
            yield option(text, [(*found.span(), quoted)], "missing-quotes", 0.6, told)
    for piece in pieces:
        if piece.kind == "odd" and piece.text in ('"', "`"):
            yield option(text, [(piece.start, piece.end, "")], "needless-quote", 0.8,
                         needless(piece.text))  # fmt: skip
            word = re.compile(r"\s*[\w ]*\w").match(text, piece.end)
            if word is not None:
                yield option(text, [(word.end(), word.end(), piece.text)], "missing-quote", 0.9,
                             missing(piece.text))  # fmt: skip


def _apostrophes(text: str, texts: Sequence[tuple[int, Piece]]) -> Iterator[Option]:
    """'O'Brien' as 'O''Brien': an apostrophe between letters is part of the text."""
    for _, piece in texts:
        inside = re.compile(r"'(?=[^\W\d_]+'|[^\W\d_][\w ]*')").match(text, piece.end - 1)
        if inside is None or len(piece.text) < 3 or not text[piece.end - 2].isalpha():
            continue
        told = ("an apostrophe inside a text is written twice",
                "апостроф внутри текста пишут дважды")  # fmt: skip
        yield option(text, [(piece.end - 1, piece.end, "''")], "missing-quote", 0.45, told)


def touching_options(text: str, pieces: Sequence[Piece], at: int) -> Iterator[Option]:
    """'3891'9 as '38919' and 3'8919' likewise: a letter on the wrong side of a quote."""
    for number in range(max(at - 2, 0), min(at + 2, len(pieces) - 1)):
        one, other = pieces[number], pieces[number + 1]
        if one.end != other.start:
            continue
        told = ("a letter stands on the wrong side of a quote",
                "знак стоит не с той стороны кавычки")  # fmt: skip
        if one.kind == "text" and other.kind in ("word", "number", "odd", "mark"):
            new = one.text[:-1] + other.text[0] + "'" + other.text[1:]
            yield option(text, [(one.start, other.end, new)], "swapped", 0.8, told)
        elif other.kind == "text" and one.kind in ("word", "number", "odd", "mark"):
            new = one.text[:-1] + "'" + one.text[-1] + other.text[1:]
            yield option(text, [(one.start, other.end, new)], "swapped", 0.85, told)


def _is_closed(piece: Piece) -> bool:
    body = piece.text[piece.text.index("'") + 1 :]
    return body.endswith("'") and (len(body) - len(body.rstrip("'"))) % 2 == 1


def _quote_within(text: str, piece: Piece) -> Iterator[Option]:
    """The text ends at the first thing in it that no text would hold, or a little later."""
    for count, found in enumerate(_BREAKS.finditer(text, piece.start + 1, piece.end)):
        if count > 8:
            break
        is_blank = (
            found.group().isspace()
            and "\n" not in found.group()
            and found.end() == found.start() + 1
        )
        keyword = re.compile(r"(?:AND|OR|FROM|WHERE|AS|THEN|ELSE|END|GROUP|ORDER)\b", re.IGNORECASE)
        plain = is_blank and not keyword.match(text, found.end())
        place = found.start()
        if place == piece.start + 1 and not plain:
            continue
        cost = 0.6 + 0.08 * count + 0.25 * plain
        yield option(text, [(place, place, "'")], "missing-quote", cost, missing("'"))
    place = len(text.rstrip().rstrip(";")) if piece.end >= len(text.rstrip()) else piece.end
    if not _is_closed(piece):
        yield option(text, [(place, place, "'")], "missing-quote", 0.8, missing("'"))


def _quote_before(text: str, pieces: Sequence[Piece], number: int) -> Iterator[Option]:
    """The quote that begins the piece closes a text whose opening one is lost."""
    piece = pieces[number]
    touching = number > 0 and pieces[number - 1].end == piece.start
    for back in range(1, 7):
        first = number - back
        if first < 0 or pieces[first].kind == "text" or pieces[first].line != piece.line:
            break
        start = pieces[first]
        before = pieces[first - 1] if first else None
        if before is None or start.is_mark("(", ",", "="):
            break
        opens = before.is_mark("(", ",", "=", "<", ">", "<=", ">=", "<>", "!=", "+", "-", "||")
        opens = opens or before.is_word(*_BEFORE_TEXT)
        if opens:
            cost = (0.6 if touching else 0.9) + 0.05 * back
            yield option(
                text, [(start.start, start.start, "'")], "missing-quote", cost, missing("'")
            )
            break
