"""Cuts documents into passages: at headings, and long sections at paragraphs, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlwright.knowledge.passages import Kind, Passage

LONGEST = 1500  # letters in a document's passage: about 256 tokens, what embeddings take


def from_document(
    text: str, source: str, kind: Kind, places: Sequence[str] | None = None
) -> list[Passage]:
    """One passage a section, titled by its headings; long sections are cut at paragraphs.

    Args:
        text: Markdown, or what reads like it.
        source: the file.
        kind: of the passages.
        places: where each line of the text stands in the file, such as `, paragraph 3`; where
            None, `:` and the line's number.
    """
    found = []
    for line, path, body in _sections(text, Path(source).stem):
        title = " > ".join(path[-2:]) if kind == "document" else path[-1]
        found += [
            Passage(kind, title, part, source + (places[at] if places else f":{at + 1}"))
            for at, part in ((line + offset - 1, part) for offset, part in parts(body))
        ]
    return found


def _sections(text: str, name: str) -> Iterator[tuple[int, list[str], str]]:
    """(first line, headings, body) of every section that says something."""
    path, start, body, fenced = [name], 1, list[str](), False
    for number, line in enumerate(text.splitlines(), 1):
        fenced ^= line.lstrip().startswith("```")
        heading = None if fenced else re.match(r"(#{1,6})\s+(.+?)\s*#*$", line)
        if heading is None:
            body.append(line)
            continue
        if any(map(str.strip, body)):
            yield start, path, "\n".join(body)
        path = [*path[: len(heading[1]) - 1], heading[2]]
        start, body = number + 1, []
    if any(map(str.strip, body)):
        yield start, path, "\n".join(body)


def parts(text: str) -> Iterator[tuple[int, str]]:
    """(line offset, text) of parts no longer than LONGEST where the lines allow it."""
    part = ""
    start = 0
    for number, block in _blocks(text.splitlines()):
        if part and len(part) + len(block) > LONGEST:
            yield start, part.strip()
            part = ""
        start = start if part else number
        part += block
    if part:
        yield start, part.strip()


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(line offset, text) of paragraphs and items of lists, with the empty lines after them."""
    block = ""
    start = 0
    for number, line in enumerate(lines):
        begins = line.lstrip().startswith(("- ", "* ", "|")) or block.endswith("\n\n")
        # a page of a PDF may be one paragraph
        begins = begins or len(block) + len(line) > LONGEST
        if block and line.strip() and begins:
            yield start, block
            block = ""
        if line.strip() or block:
            start = start if block else number
            block += line.rstrip() + "\n"
    if block:
        yield start, block
