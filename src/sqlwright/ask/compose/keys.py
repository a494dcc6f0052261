"""Keys that nobody declared, told by names: author_id is the id of authors.

For reading questions only. Nothing is concluded from them but how two tables may be joined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from sqlwright.data.told import name_words, singular
from sqlwright.schema import Column, ForeignKey, Schema, Table, kind_of

_ENDS = frozenset("id key no nr code fk ref number num".split())


@lru_cache(maxsize=16)
def with_implied_keys(schema: Schema) -> Schema:
    """The schema with primary and foreign keys that the names of columns tell.

    Silent where a column has a declared key, where two tables fit, or where the kinds differ.
    """
    known = Schema(tuple(_with_primary(table) for table in schema.tables))
    return Schema(tuple(_with_foreign(table, known) for table in known.tables))


def _with_primary(table: Table) -> Table:
    """A table without a primary key has one where a column is called id, or the table's id."""
    if table.primary_key:
        return table
    own = _own_words(table)
    for column in table.columns:
        words = [singular(word) for word in name_words(column.name)]
        if words in (["id"], [*own, "id"], [*own[-1:], "id"]):
            return replace(table, primary_key=(column.name,))
    return table


def _with_foreign(table: Table, schema: Schema) -> Table:
    taken = {c.lower() for key in table.foreign_keys for c in key.columns}
    made = tuple(
        key
        for column in table.columns
        if column.name.lower() not in taken
        and (table.primary_key != (column.name,))
        and (key := _key_of(column, table, schema)) is not None
    )
    return replace(table, foreign_keys=(*table.foreign_keys, *made)) if made else table


def _key_of(column: Column, table: Table, schema: Schema) -> ForeignKey | None:
    found = [
        ForeignKey((column.name,), other.name, other.primary_key)
        for other in schema.tables
        if other.name != table.name and _leads_to(column, other)
    ]
    return found[0] if len(found) == 1 else None


def _leads_to(column: Column, other: Table) -> bool:
    """Is the column called as the other table's key, or as the table with an id behind it?"""
    if len(other.primary_key) != 1:
        return False
    key = other.column(other.primary_key[0])
    if key is None or kind_of(key.type) != kind_of(column.type):
        return False
    words = [singular(word) for word in name_words(column.name)]
    if len(words) < 2:
        return False
    if words[-1] in _ENDS:
        same = words == [singular(word) for word in name_words(key.name)]
        return same or any(words[:-1] == name for name in _names_of(other))
    return words[0] in ("id", "fk") and any(words[1:] == name for name in _names_of(other))


def _names_of(table: Table) -> Iterator[list[str]]:
    own = _own_words(table)
    yield own
    if len(own) > 1:
        yield own[-1:]


def _own_words(table: Table) -> list[str]:
    words = [singular(word) for word in name_words(table.name)]
    return [w for w in words if w not in ("tbl", "t", "dim", "fact")] or words
