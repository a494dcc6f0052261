"""Edits of a text that does not parse: words, marks and parentheses near the place of the fault.

What each costs is our judgment of how people slip; whether it helps, the parser and the engine say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlwright.repair.changes import Option, option
from sqlwright.repair.lexicon import Lexicon, keywords_near
from sqlwright.repair.pieces import Piece, at_offset
from sqlwright.repair.reasons import missing, misspelled, needless
from sqlwright.repair.spelling import nearest
from sqlwright.repair.vocabulary import FUNCTIONS, KEYWORD_SET, SYNONYMS

_JOINED = 60  # pieces before the fault that may be parts of one word
_FARTHEST = 400
_BACK, _AHEAD = 5, 2  # pieces around the fault that are tried
_OPERATORS = {
    "=<": "<=", "=>": ">=", "!<": ">=", "==": "=", "&&": "AND", "!": "!=", "= =": "=",
    "< >": "<>", "! =": "!=", "> =": ">=", "< =": "<=", "= >": ">=", "= <": "<=", "< <": "<",
    "> >": ">", "<<": "<", ">>": ">", ". .": ".", ": :": "::", "| |": "||", "|": "||", "&": "AND",
    "* *": "*", "+ +": "+", "- -": "-", "/ /": "/", "|| |": "||", ":": ".", ":=": "=",
    "= ==": "=", "<= =": "<=", ">= =": ">=", "<> =": "<>", "<> >": "<>", "<= <": "<=",
}  # fmt: skip


def word_options(text: str, pieces: Sequence[Piece], at: int, lexicon: Lexicon) -> Iterator[Option]:
    """Misspelled, glued and torn words; those near the fault cost least."""
    yield from _all_misspelled(text, pieces, lexicon)
    for number in range(max(at - _FARTHEST, 0), min(at + _FARTHEST, len(pieces))):
        piece = pieces[number]
        far = 0.0 if at - 8 < number < at + 3 else 0.3
        if piece.kind == "word":
            yield from _respelled(text, pieces, number, lexicon, far)
            yield from _torn_apart(text, piece, lexicon, far)
        if piece.kind in ("word", "odd", "number") and abs(number - at) < _JOINED:
            yield from _joined(text, pieces, number, lexicon, far)
        if piece.kind == "odd":
            cost = 0.6 if len(piece.text) == 1 else 1.7
            yield option(
                text,
                [(piece.start, piece.end, "")],
                "odd-character",
                cost + far,
                needless(piece.text),
            )
            yield from _respelled_odd(text, piece, lexicon)


def _all_misspelled(text: str, pieces: Sequence[Piece], lexicon: Lexicon) -> Iterator[Option]:
    """Every word that nothing knows and a keyword is near, put right at once."""
    splices = []
    for piece in pieces:
        if piece.kind != "word" or lexicon.is_known(piece.text):
            continue
        near = keywords_near(piece.text)
        if near and near[0][0] <= 1.0 and len(piece.text) > 2:
            splices.append((piece.start, piece.end, _cased(near[0][1], piece.text, pieces)))
    if len(splices) > 1:
        shown = ", ".join(new for _, _, new in splices)
        told = (f"misspelled keywords: {shown}", f"ключевые слова с опечатками: {shown}")
        yield option(text, splices, "misspelled-keyword", 0.5 + 0.25 * len(splices), told)


def _respelled(
    text: str, pieces: Sequence[Piece], number: int, lexicon: Lexicon, far: float
) -> Iterator[Option]:
    piece = pieces[number]
    if piece.upper in KEYWORD_SET:
        return
    after = pieces[number + 1] if number + 1 < len(pieces) else None
    dotted = (after is not None and after.is_mark(".")) or (
        number and pieces[number - 1].is_mark(".")
    )
    if dotted:
        return
    named = 0.8 if lexicon.is_name(piece.text) else 0.0
    for apart, word in keywords_near(piece.text):
        new = _cased(word, piece.text, pieces)
        yield option(
            text,
            [(piece.start, piece.end, new)],
            "misspelled-keyword",
            0.3 + apart / 2 + named + far,
            misspelled("keyword", piece.text, new),
        )
    if after is not None and after.is_mark("(") and piece.upper in SYNONYMS:
        new = _cased(SYNONYMS[piece.upper], piece.text, pieces)
        told = (f"{piece.text} is called {new} here", f"{piece.text} здесь называется {new}")
        yield option(text, [(piece.start, piece.end, new)], "other-dialect", 0.55 + far, told)
    if after is not None and after.is_mark("(") and piece.upper not in FUNCTIONS:
        for apart, word in nearest(piece.text, FUNCTIONS)[:3]:
            new = _cased(word, piece.text, pieces)
            yield option(
                text,
                [(piece.start, piece.end, new)],
                "misspelled-function",
                0.35 + apart / 2 + named + far,
                misspelled("function", piece.text, new),
            )


def _cased(word: str, old: str, pieces: Sequence[Piece]) -> str:
    """The keyword in the case in which the text writes its keywords."""
    if old.islower():
        return word.lower()
    lower = sum(p.kind == "word" and p.text.islower() and p.upper in KEYWORD_SET for p in pieces)
    upper = sum(p.kind == "word" and p.text.isupper() and p.upper in KEYWORD_SET for p in pieces)
    return word.lower() if lower > upper else word.upper()


def _respelled_odd(text: str, piece: Piece, lexicon: Lexicon) -> Iterator[Option]:
    number = "".join(letter for letter in piece.text if letter.isdigit() or letter == ".")
    if number and len(piece.text) - len(number) == 1:
        told = (f"{piece.text} is no number: {number}", f"{piece.text} не число: {number}")
        yield option(text, [(piece.start, piece.end, number)], "odd-character", 0.7, told)
    if len(piece.text) < 3:
        return
    known = {*lexicon.names(), *(w.lower() for w in KEYWORD_SET)}
    for apart, word in nearest(piece.text, known)[:2]:
        yield option(text, [(piece.start, piece.end, word)], "misspelled-name", 0.5 + apart / 2,
                     misspelled("name", piece.text, word))  # fmt: skip
    digits = len(piece.text) - len(piece.text.lstrip("0123456789."))
    rest = piece.text[digits:]
    if rest and lexicon.is_known(rest):
        split = f"{piece.text[:digits]} {rest}"
        yield option(text, [(piece.start, piece.end, split)], "glued-words", 0.6,
                     (f"{piece.text} is two words", f"{piece.text}: это два слова"))  # fmt: skip


def _torn_apart(text: str, piece: Piece, lexicon: Lexicon, far: float) -> Iterator[Option]:
    """GROUPBY as GROUP BY, fromorders as from orders, oid as o.id."""
    word = piece.text
    if lexicon.is_known(word):
        return
    for place in range(1, len(word)):
        one, other = word[:place], word[place:]
        for join, cost in ((" ", 0.6), (".", 0.8)):
            if join == ".":
                fits = (
                    one.lower() in lexicon.own | lexicon.tables and other.lower() in lexicon.columns
                )
            else:
                fits = (
                    len(one) > 1 and one.upper() in KEYWORD_SET and _follows(other, lexicon)
                ) or (len(other) > 1 and other.upper() in KEYWORD_SET and lexicon.is_name(one))
            if fits:
                yield option(text, [(piece.start, piece.end, one + join + other)], "glued-words",
                             cost + far, (f"{word} is two words: {one} and {other}",
                                          f"{word}: это два слова, {one} и {other}"))  # fmt: skip
        if one.upper() in FUNCTIONS and len(other) > 1 and lexicon.is_known(other):
            yield option(text, [(piece.end - len(other), piece.end - len(other), "(")],
                         "missing-parenthesis", 0.6 + far, missing("("))  # fmt: skip


def _follows(word: str, lexicon: Lexicon) -> bool:
    return lexicon.is_known(word) or word.isdigit()


def _joined(
    text: str, pieces: Sequence[Piece], number: int, lexicon: Lexicon, far: float
) -> Iterator[Option]:
    """cust omer as customer, l_ext#price as l_extprice: pieces that are one known word together."""
    first = pieces[number]
    for last in (number + 1, number + 2):
        if last >= len(pieces) or pieces[last].kind not in ("word", "number", "odd"):
            continue
        if last == number + 2 and pieces[number + 1].kind not in ("mark", "odd"):
            continue
        if last == number + 2 and pieces[last].start - first.end > len(pieces[number + 1].text):
            continue  # with blanks between them they are a list
        old = text[first.start : pieces[last].end]
        if len(old) > 60 or "\n" in old:
            continue
        both = "".join(p.text for p in pieces[number : last + 1] if p.kind in ("word", "number"))
        parts_known = all(
            lexicon.is_known(p.text) for p in pieces[number : last + 1 : last - number]
        )
        found = [(0.0, both.lower())] if lexicon.is_known(both) else []
        if not found and not parts_known and len(both) > 4:
            found = nearest(both, lexicon.names())[:2]
        for apart, word in found:
            new = both if not apart else word
            yield option(
                text,
                [(first.start, pieces[last].end, new)],
                "torn-word",
                0.6 + apart / 2 + far + 0.8 * parts_known,
                (f"{old} is one word: {new}", f"{old}: это одно слово, {new}"),
            )


def mark_options(text: str, pieces: Sequence[Piece], at: int) -> Iterator[Option]:
    """Operators that are none, commas that are needless, pieces that stand twice or are swapped."""
    for number, piece in enumerate(pieces):
        pair = pieces[number : number + 2]
        if len(pair) == 2 and all(p.kind == "mark" for p in pair):
            both = f"{pair[0].text} {pair[1].text}"
            if both in _OPERATORS:
                yield _operator(text, pair[0].start, pair[1].end, _OPERATORS[both], 0.5)
        near = abs(number - at) <= _BACK
        if piece.kind == "mark" and piece.text in _OPERATORS and (near or len(piece.text) > 1):
            yield _operator(text, piece.start, piece.end, _OPERATORS[piece.text], 0.6)
        if len(pair) == 2 and pair[0].upper == pair[1].upper and near:
            if not piece.is_mark("(", ")"):
                yield option(
                    text,
                    [(pair[0].end, pair[1].end, "")],
                    "repeated",
                    0.45,
                    (f"{piece.text} stands twice", f"{piece.text} стоит дважды"),
                )
        if piece.is_mark(","):
            yield from _comma(text, pieces, number)
        if piece.is_mark(";") and number + 1 < len(pieces):
            told = ("a semicolon stands inside the query", "точка с запятой внутри запроса")
            yield option(text, [(piece.start, piece.end, "")], "semicolon", 0.6, told)
            yield option(text, [(piece.start, piece.end, ",")], "semicolon", 0.7, told)


def _operator(text: str, start: int, end: int, new: str, cost: float) -> Option:
    old = text[start:end]
    reasons = (f"{old} is no operator here: {new}", f"{old} здесь не оператор: {new}")
    return option(text, [(start, end, new)], "operator", cost, reasons)


def _comma(text: str, pieces: Sequence[Piece], number: int) -> Iterator[Option]:
    """A comma before a clause or a parenthesis, or after a word that begins a list."""
    piece = pieces[number]
    before = pieces[number - 1] if number else None
    after = pieces[number + 1] if number + 1 < len(pieces) else None
    is_last = (
        after is None
        or after.is_mark(")", ";")
        or (after.kind == "word" and after.upper in KEYWORD_SET)
    )
    is_first = (
        before is None
        or before.is_mark("(")
        or (before.kind == "word" and before.upper in KEYWORD_SET)
    )
    if is_last or is_first:
        yield option(text, [(piece.start, piece.end, "")], "needless-comma", 0.5,
                     ("a comma with nothing to part", "запятой нечего разделять"))  # fmt: skip


def window_options(text: str, pieces: Sequence[Piece], at: int) -> Iterator[Option]:
    """Single pieces near the fault taken out, and neighbors swapped."""
    for number in range(max(at - _BACK, 0), min(at + _AHEAD, len(pieces))):
        piece = pieces[number]
        away = 0.03 * abs(at - number)
        cost = {"mark": 1.1, "odd": 0.6, "word": 1.6}.get(piece.kind, 1.9)
        if piece.is_mark("(", ")"):
            continue  # parentheses go in pairs
        yield option(text, [(piece.start, piece.end, "")], "needless", cost + away,
                     needless(piece.text))  # fmt: skip
        if number + 1 < len(pieces) and not pieces[number + 1].is_mark("(", ")"):
            other = pieces[number + 1]
            if piece.upper != other.upper:
                both = other.text + text[piece.end : other.start] + piece.text
                yield option(text, [(piece.start, other.end, both)], "swapped", 1.1 + away,
                             (f"{piece.text} and {other.text} are swapped",
                              f"{piece.text} и {other.text} переставлены"))  # fmt: skip


def swapped_options(text: str, pieces: Sequence[Piece], offset: int) -> Iterator[Option]:
    """A word that means nothing where it stands, and its neighbor, swapped."""
    number = at_offset(pieces, offset)
    for first in (number - 1, number):
        if not 0 <= first < len(pieces) - 1:
            continue
        one, other = pieces[first], pieces[first + 1]
        both_names = one.upper not in KEYWORD_SET and other.upper not in KEYWORD_SET
        if one.kind == other.kind == "word" and (both_names or one.is_word("FROM")):
            both = other.text + text[one.end : other.start] + one.text
            told = (f"{one.text} and {other.text} are swapped",
                    f"{one.text} и {other.text} переставлены")  # fmt: skip
            yield option(text, [(one.start, other.end, both)], "swapped", 1.1, told)
