"""The queries of a file that can be refactored, and the file with others in their place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlwright.check.statements import split
from sqlwright.check.templates import masked
from sqlwright.errors import SqlError


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement of a file, its place, and a template's tag that may go on with it, or ""."""

    text: str
    offset: int
    line: int
    beside: str = ""

    def query(self) -> str:
        """The statement's text.

        Raises:
            SqlError: if a template may put something right before or after it.
        """
        if self.beside:
            raise SqlError(f"{self.beside} stands beside the query and may go on with it")
        return self.text


# an end of a branch or loop around the whole statement adds nothing to it
_GOES_ON = re.compile(r"\{%-?\s*(?:if|elif|else|for|call|include)\b.*?%\}|\{\{.*?\}\}", re.S)


def pieces(text: str, dialect: str) -> list[Piece]:
    """The statements of a file in order.

    Raises:
        SqlError: if there are none.
    """
    mask = masked(text)
    found = []
    for s in split(mask.text, dialect):
        end = s.offset + len(s.text)
        after = mask.text.find(";", end)
        tag = _GOES_ON.search(text, end, after if after >= 0 else len(text))
        found.append(Piece(text[s.offset : end], s.offset, s.line, tag[0] if tag else ""))
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
