"""Broken text cut into pieces that keep their places: it never fails, whatever the text is.

Dialect questions are left open: a backtick, a bracket or a double quote holds a name, a single
quote a text; `#` begins a comment in MySQL alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["word", "number", "text", "name", "mark", "odd"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One word, number, text, quoted name or mark; `odd` is a letter that SQL has no use for."""

    kind: Kind
    text: str
    start: int
    end: int
    line: int

    @property
    def upper(self) -> str:
        """The text in upper case: keywords compare so."""
        return self.text.upper()

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words, in any case."""
        return self.kind == "word" and self.text.upper() in words

    def is_mark(self, *marks: str) -> bool:
        """Whether it is one of these marks."""
        return self.kind == "mark" and self.text in marks


_PATTERN = re.compile(
    r"""
    (?P<skip>\s+ | --[^\n]* | /\*.*?(?:\*/|\Z))
    | (?P<text>[eEnNxXbB]?'(?:[^']|'')*(?:'|\Z))
    | (?P<name>"(?:[^"]|"")*" | `[^`\n]*`)
    | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![^\W\d]))
    | (?P<word>[^\W\d][\w$]*)
    | (?P<mark><=>|\|\||::|<=|>=|<>|!=|==|=<|=>|!<|!>|->>|->|&&|:=|[-+*/%(),.;=<>\[\]{}&|^~!?:@])
    | (?P<odd>\d+\w* | .)
    """,
    re.VERBOSE | re.DOTALL,
)
# T-SQL's and SQLite's [names]; elsewhere brackets are subscripts
_BRACKETED = re.compile(r"\[[^\W\d][^\]\n,]*\]")
_BEFORE_SUBSCRIPT = re.compile(r"[\w\])\"]\Z")


def pieces_of(text: str, dialect: str = "") -> tuple[Piece, ...]:
    """The pieces in order, without blanks and comments."""
    found = []
    place, line, counted = 0, 1, 0
    while place < len(text):
        match = _match(text, place, dialect)
        start, end = match.span()
        line += text.count("\n", counted, start)
        counted = start
        kind = match.lastgroup or "name"
        if kind != "skip" and end > start:
            found.append(Piece(kind, match.group(), start, end, line))  # type: ignore[arg-type]
        place = max(end, place + 1)
    return tuple(found)


def _match(text: str, place: int, dialect: str) -> re.Match[str]:
    if text[place] == "[" and not _BEFORE_SUBSCRIPT.search(text, max(place - 1, 0), place):
        if bracketed := _BRACKETED.match(text, place):
            return bracketed
    if text[place] == "#" and dialect == "mysql":
        comment = re.compile(r"(?P<skip>#[^\n]*)").match(text, place)
        assert comment is not None
        return comment
    found = _PATTERN.match(text, place)
    assert found is not None  # the last way takes any letter
    return found


Splice = tuple[int, int, str]


def spliced(text: str, splices: Sequence[Splice]) -> str:
    """The text with each (start, end, new) put in; they do not overlap."""
    for start, end, new in sorted(splices, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def at_offset(pieces: Sequence[Piece], offset: int) -> int:
    """The number of the piece that holds the offset or follows it; their count beyond the last."""
    return next((n for n, piece in enumerate(pieces) if piece.end > offset), len(pieces))


def depths(pieces: Sequence[Piece]) -> list[int]:
    """How many parentheses are open before each piece; a lone `)` closes nothing."""
    found, depth = [], 0
    for piece in pieces:
        if piece.is_mark(")"):
            depth = max(depth - 1, 0)
        found.append(depth)
        if piece.is_mark("("):
            depth += 1
    return found


def closing(pieces: Sequence[Piece], opening: int) -> int:
    """The number of the `)` that closes the `(` at `opening`; the count of pieces if none does."""
    depth = 0
    for number in range(opening, len(pieces)):
        if pieces[number].is_mark("("):
            depth += 1
        elif pieces[number].is_mark(")"):
            depth -= 1
            if depth == 0:
                return number
    return len(pieces)


def operand(pieces: Sequence[Piece], last: int) -> int:
    """The first piece of the value that ends at `last`: a call, or a name with its qualifiers."""
    first = last
    if pieces[last].is_mark(")"):
        depth, first = 1, last - 1
        while first > 0 and depth:
            depth += pieces[first].is_mark(")") - pieces[first].is_mark("(")
            first -= depth > 0
        first -= first > 0 and pieces[first - 1].kind == "word"
    while first > 1 and pieces[first - 1].is_mark("."):
        first -= 2
    return first
