"""Texts out of a file from outside: any bytes at all, one text a line or the file as one."""

from __future__ import annotations

import json
from collections.abc import Iterator

_KEYS = ("line", "text", "payload", "value")


def payloads(
    content: bytes, *, whole: bool = False, jsonl: bool = False
) -> Iterator[tuple[int, str]]:
    """Each text with the number of its line, from 1; lines that hold nothing are left out.

    Only a line feed ends a line: what Python takes for others is part of many an attack. With
    `jsonl` a line is a JSON string, or an object whose `line`, `text`, `payload` or `value` counts.
    """
    if whole:
        if text := _decoded(content).strip():
            yield 1, text
        return
    for number, line in enumerate(content.split(b"\n"), start=1):
        text = _decoded(line.removesuffix(b"\r"))
        if jsonl:
            text = _from_json(text)
        if text.strip():
            yield number, text


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")  # any bytes are


def _from_json(text: str) -> str:
    """What the line says, or the line itself where it is no JSON of the kind: it is judged too."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(found, dict):
        found = next((found[key] for key in _KEYS if isinstance(found.get(key), str)), None)
    return found if isinstance(found, str) else text
