"""Rows while a witness is made: each keeps keys, references, NOT NULL and CHECKs."""

from __future__ import annotations

import random
from collections.abc import Sequence

from sqlwright.schema import Column as SchemaColumn
from sqlwright.schema import ForeignKey, Table
from sqlwright.verify.domain import Column, Domain
from sqlwright.verify.values import Value

Fixed = dict[str, Value]
_DEEPEST = 4  # parents of parents that a row may bring along


class Draft:
    """The rows of a witness, by table.

    Args:
        nulls: the share of NULL in columns that allow it.
        keys: join columns draw from 1 to so many.
    """

    def __init__(
        self,
        tables: Sequence[Table],
        domain: Domain,
        nulls: float,
        keys: int,
        generator: random.Random,
    ) -> None:
        self.tables = {table.name.lower(): table for table in tables}
        self.domain = domain
        self.random = generator
        self.rows: dict[str, list[Fixed]] = {name: [] for name in self.tables}
        self.taken: dict[tuple[str, tuple[str, ...]], set[tuple[Value, ...]]] = {}
        self._nulls = nulls
        self._keys = keys
        # rows that are being made now: table, row, columns that others rely on
        self._pending: list[tuple[str, Fixed, set[str]]] = []

    def add(self, name: str, fixed: Fixed, depth: int = 0) -> Fixed | None:
        """Add a row with these values, and the rows that its foreign keys need, if that can be."""
        table = self.tables[name]
        mandatory = {column.name.lower() for column in table.columns if not column.nullable}
        row: Fixed = {
            column: value
            for column, value in fixed.items()
            if table.column(column) and (value is not None or column not in mandatory)
        }
        pinned: set[str] = set()
        self._pending.append((name, row, pinned))
        try:
            return self._completed(name, table, row, fixed, pinned, depth)
        finally:
            self._pending.pop()

    def _completed(
        self, name: str, table: Table, row: Fixed, fixed: Fixed, pinned: set[str], depth: int
    ) -> Fixed | None:
        """The row with all its columns, added, or None where it cannot be."""
        for key in table.foreign_keys:
            if not self._refer(name, table, key, row, depth):
                return None
        for column in table.columns:
            lower = column.name.lower()
            if lower not in row:
                row[lower] = self._draw((name, lower), column.nullable)
            if row[lower] is None and not column.nullable:
                return None  # its type or its CHECKs leave no value
        for attempt in range(8):
            taken = self._taken(name, table, row)
            if taken is None:
                break
            free = [column for column in taken if column not in fixed] or (
                list(taken) if attempt > 3 else []
            )
            free = [column for column in free if column not in pinned]
            if not free or not self._renew(name, table, free, row):
                return None
        else:
            return None
        if not self._pass_checks(name, table, row, fixed):
            return None
        for unique in map(_lower, table.keys()):
            self.taken.setdefault((name, unique), set()).add(_key_values(row, unique))
        self.rows[name].append(row)
        return row

    def _pass_checks(self, name: str, table: Table, row: Fixed, fixed: Fixed) -> bool:
        """Does the row pass the table's CHECKs, if need be with other values in free columns?"""
        if not table.checks:
            return True
        bound = {own.lower() for key in table.foreign_keys for own in key.columns}
        bound |= {own.lower() for key in table.keys() for own in key}
        free = [c for c in table.columns if c.name.lower() not in bound]
        loose = [c for c in free if c.name.lower() not in fixed]
        for columns in (loose, free):
            pools = {c.name.lower(): self._pool(name, c) for c in columns}
            if (mended := self.domain.mend(table, row, pools, self.random)) is not None:
                row.update(mended)
                return True
        return False

    def _pool(self, name: str, column: SchemaColumn) -> list[Value]:
        lower = column.name.lower()
        found = [*self.domain.pool((name, lower), self._keys), *self.domain.defaults((name, lower))]
        return [*found, None] if column.nullable else found

    def _draw(self, column: Column, nullable: bool) -> Value:
        if nullable and self.random.random() < self._nulls:
            return None
        if self.domain.root(column) not in self.domain.joined and self.random.random() < 0.4:
            # a value that no predicate speaks of: around constants most pass or most fail
            return self.random.choice(self.domain.defaults(column))
        return self.random.choice(self.domain.pool(column, self._keys))

    def _taken(self, name: str, table: Table, row: Fixed) -> tuple[str, ...] | None:
        """The key, in lower case, that another row already has, or None."""
        for key in map(_lower, table.keys()):
            found = _key_values(row, key)
            if None not in found and found in self.taken.get((name, key), ()):
                return key
        return None

    def _renew(self, name: str, table: Table, free: list[str], row: Fixed) -> bool:
        """Give one of the key's free columns another value, if one is to be had."""
        bound = {column.lower() for key in table.foreign_keys for column in key.columns}
        own = [column for column in free if column not in bound] or free
        column = self.random.choice(own)
        if column in bound:
            for key in table.foreign_keys:
                if column in (item.lower() for item in key.columns):
                    row.pop(column)
                    return self._refer(name, table, key, row, depth=9) and column in row
        used = [other[column] for other in self.rows[name]]
        value = self.domain.fresh((name, column), used)
        if value is None:
            return False
        row[column] = value
        return True

    def _refer(self, name: str, table: Table, key: ForeignKey, row: Fixed, depth: int) -> bool:
        """Make the foreign key point at a row that exists; False where it cannot."""
        parent = key.table.lower()
        if parent not in self.tables:
            return True
        columns = [column.lower() for column in key.columns]
        references = [column.lower() for column in key.references]
        wanted = {
            target: row[own] for own, target in zip(columns, references, strict=True) if own in row
        }
        if None in wanted.values():
            return True
        fitting = [
            other
            for other in self.rows[parent]
            if all(other[column] == value for column, value in wanted.items())
        ]
        open_columns = [column for column in columns if column not in row]
        nullable = [c for c in open_columns if (found := table.column(c)) and found.nullable]
        if open_columns and nullable and self.random.random() < self._nulls:
            row[nullable[0]] = None
            return True
        target_row = self.random.choice(fitting) if fitting else None
        pending = [p for p in self._pending if p[0] == parent]
        if target_row is None and not pending and depth < _DEEPEST:
            target_row = self.add(parent, wanted, depth + 1)
            if target_row and any(target_row[c] != v for c, v in wanted.items()):
                target_row = None  # the wanted key was taken by a row made on the way
        if target_row is None and pending and not nullable:
            target_row = self._promise(pending, references, wanted)
        if target_row is None:
            if nullable:
                row[nullable[0]] = None
            return bool(nullable)
        for own, target in zip(columns, references, strict=True):
            row[own] = target_row[target]
        return True

    def _promise(
        self,
        pending: Sequence[tuple[str, Fixed, set[str]]],
        references: Sequence[str],
        wanted: Fixed,
    ) -> Fixed | None:
        """A row that is still being made, itself perhaps, whose key is settled now: a cycle."""
        name, row, pinned = pending[-1]
        for column in references:
            if column not in row:
                row[column] = wanted.get(column, self._draw((name, column), False))
            pinned.add(column)
        return row if all(row[column] == value for column, value in wanted.items()) else None


def _key_values(row: Fixed, key: Sequence[str]) -> tuple[Value, ...]:
    return tuple(row[column] for column in key)


def _lower(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)
