"""The queries of a file that can be refactored, and the file with others in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlwright.check.statements import split
from sqlwright.check.templates import masked
from sqlwright.errors import SqlError


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement of a file, with its place."""

    text: str
    offset: int
    line: int
    is_template: bool

    def query(self) -> str:
        """The statement's text.

        Raises:
            SqlError: if a template stands in it: what it becomes is not known.
        """
        if self.is_template:
            raise SqlError("a template stands in the query: it is left as it is")
        return self.text


def pieces(text: str, dialect: str) -> list[Piece]:
    """The statements of a file in order.

    Raises:
        SqlError: if there are none.
    """
    mask = masked(text)
    found = [
        Piece(
            text[s.offset : s.offset + len(s.text)],
            s.offset,
            s.line,
            text[s.offset : s.offset + len(s.text)] != s.text,
        )
        for s in split(mask.text, dialect)
    ]
    if not found:
        raise SqlError("the text holds no SQL: give one SELECT query")
    return found


def spliced(text: str, changed: Sequence[tuple[Piece, str]]) -> str:
    """The file's text with other statements in the place of some, in the line ends that it has."""
    end = "\r\n" if "\r\n" in text else "\n"
    parts, at = [], 0
    for piece, new in sorted(changed, key=lambda pair: pair[0].offset):
        parts += [text[at : piece.offset], new.replace("\n", end)]
        at = piece.offset + len(piece.text)
    return "".join([*parts, text[at:]])
