"""Functions of CHECK constraints that SQLite lacks."""

from __future__ import annotations

import json
import sqlite3

from sqlwright.verify.patterns import compiled
from sqlwright.verify.sqlite_functions import add_functions
from sqlwright.verify.values import Value


def add_to(connection: sqlite3.Connection) -> None:
    """Register them, and those that queries use."""
    add_functions(connection)
    for name, count, function in (
        ("sw_matches", 3, _matches),
        ("sw_cardinality", 1, _cardinality),
        ("cardinality", 1, _cardinality),
        ("num_nonnulls", -1, lambda *items: sum(item is not None for item in items)),
        ("num_nulls", -1, lambda *items: sum(item is None for item in items)),
        ("jsonb_typeof", 1, _json_type),
        ("json_typeof", 1, _json_type),
        ("octet_length", 1, lambda text: None if text is None else len(str(text).encode())),
    ):
        connection.create_function(name, count, function, deterministic=True)


def _matches(text: Value, pattern: str, ignore_case: int) -> bool | None:
    found = compiled(pattern, bool(ignore_case))
    if text is None or found is None:
        return None
    return found.search(str(text)) is not None


def _cardinality(array: Value) -> int | None:
    if array is None:
        return None
    body = str(array).strip("{}[] ")
    return body.count(",") + 1 if body else 0


def _json_type(text: Value) -> str | None:
    if text is None:
        return None
    found = json.loads(str(text))
    for kinds, name in (((dict,), "object"), ((list,), "array"), ((str,), "string")):
        if isinstance(found, kinds):
            return name
    return "null" if found is None else "boolean" if isinstance(found, bool) else "number"
