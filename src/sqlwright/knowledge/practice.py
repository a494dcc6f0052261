"""Good practice that ships with sqlwright: short sections on writing fast and right queries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlwright.knowledge.passages import Passage
from sqlwright.knowledge.sections import from_document

_FILE = Path(__file__).with_name("practice.md")


def practice() -> list[Passage]:
    """The sections of practice.md as documents; the caller says when they are of use.

    Their sources begin with `sqlwright: good practice`, so that nobody takes them for a team's own.
    """
    found = from_document(_FILE.read_text(encoding="utf-8"), _FILE.name, "document")
    return [
        replace(passage, source=f"sqlwright: good practice, {passage.title}") for passage in found
    ]
