"""Edits of witnesses that keep keys, references, NOT NULL and CHECKs, or are refused."""

from __future__ import annotations

import random
from collections.abc import Sequence

from sqlwright.schema import Table
from sqlwright.verify import values
from sqlwright.verify.branches import Assignment
from sqlwright.verify.domain import Column, Domain
from sqlwright.verify.layout import layout_of, refers_rightly
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness

_MOST_VALUES = 9

Row = tuple[Value, ...]


def _spread(values_: Sequence[Value], most: int) -> list[Value]:
    """At most so many of the values: the first half of them, then every second or third or so."""
    if len(values_) <= most:
        return list(values_)
    head = (most + 1) // 2
    rest = values_[head:]
    return [*values_[:head], *rest[:: -(-len(rest) // (most - head))]]


class Edits:
    """Edits of the witnesses of some tables.

    Args:
        domain: where values come from.
        read: columns that a query reads.
        numbers: those of the queries: a value may be so far off, a group may need so many rows.
        assignments: values that rows may need together.
    """

    def __init__(
        self,
        tables: Sequence[Table],
        domain: Domain,
        read: frozenset[Column],
        numbers: Sequence[int | float],
        assignments: Sequence[Assignment] = (),
    ) -> None:
        self._domain = domain
        self.assignments = assignments
        self._numbers = list(dict.fromkeys(numbers))
        self._kin: dict[tuple[int, int], frozenset[tuple[int, int]]] = {}
        self.layouts = tuple(layout_of(table, tables, read) for table in tables)
        self._children = [
            [
                (n, own, there)
                for n, layout in enumerate(self.layouts)
                for own, parent, there in layout.references
                if parent == number
            ]
            for number in range(len(tables))
        ]
        # columns that are in a key or that others refer to, and those that refer
        self._held = [
            {i for key in layout.keys for i in key} | {i for _, _, at in children for i in at}
            for layout, children in zip(self.layouts, self._children, strict=True)
        ]
        self._own = [{i for own, _, _ in layout.references for i in own} for layout in self.layouts]

    def refers_rightly(self, witness: Witness) -> bool:
        """Does every reference of the witness find its row?"""
        return refers_rightly(self.layouts, witness.rows)

    def keeps(self, witness: Witness) -> bool:
        """Does the witness keep every key, reference, NOT NULL and CHECK?"""
        for number, (layout, rows) in enumerate(zip(self.layouts, witness.rows, strict=True)):
            if not all(self.allows(number, row) for row in rows):
                return False
            for key in layout.keys:
                found = [value for row in rows if None not in (value := tuple(row[i] for i in key))]
                if len(found) != len(set(found)):
                    return False
        return self.refers_rightly(witness)

    def reads(self, number: int) -> bool:
        """Does a query read a column of the table?"""
        return bool(self.layouts[number].read)

    def refers(self, number: int) -> bool:
        """Does the table refer to another one?"""
        return bool(self.layouts[number].references)

    def is_referred(self, number: int) -> bool:
        """Does another table refer to this one?"""
        return bool(self._children[number])

    def fit(self, number: int, column: int, value: Value) -> Value:
        """The value as the column can hold it."""
        return self._domain.fit(self._column(number, column), value)

    def _column(self, number: int, column: int) -> Column:
        table = self.layouts[number].table
        return table.name.lower(), table.columns[column].name.lower()

    def kin(self, number: int, column: int) -> frozenset[tuple[int, int]]:
        """(table, column) of every column that is joined with this one, itself among them.

        None of them where nothing is joined with it.
        """
        found = self._kin.get((number, column))
        if found is None:
            root = self._domain.root(self._column(number, column))
            found = frozenset(
                (n, c)
                for n, layout in enumerate(self.layouts)
                for c in range(len(layout.table.columns))
                if self._domain.root(self._column(n, c)) == root
            )
            if root not in self._domain.joined:
                found = frozenset()
            self._kin[(number, column)] = found
        return found

    def is_movable(self, number: int, column: int) -> bool:
        """Is the column in no key, and does nothing refer to it?"""
        return column not in self._held[number]

    def is_free(self, number: int, column: int) -> bool:
        """Is the column in no key and no reference?"""
        return column not in self._held[number] and column not in self._own[number]

    def allows(self, number: int, row: Row) -> bool:
        """Does the row keep NOT NULL and CHECK?"""
        table = self.layouts[number].table
        if any(v is None and not c.nullable for v, c in zip(row, table.columns, strict=True)):
            return False
        return self._domain.allows(table, row)

    def beside(
        self, witness: Witness, number: int, row: Row, generator: random.Random
    ) -> Witness | None:
        """The witness with the row added under keys of its own."""
        found = self.fresh(witness, number, row, generator)
        return None if found is None else self.with_row(found[0], number, None, found[1])

    def with_children(
        self,
        witness: Witness,
        number: int,
        old: Row,
        row: Row,
        generator: random.Random,
        most: int = 6,
    ) -> Witness | None:
        """The witness with the row, under keys of its own, and copies of what refers to `old`."""
        made = self.fresh(witness, number, row, generator)
        found = None if made is None else self.with_row(made[0], number, None, made[1])
        if made is None or found is None:
            return None
        for child, own, there in self._children[number]:
            gone, new = (tuple(r[i] for i in there) for r in (old, made[1]))
            if gone == new:
                continue
            for other in [r for r in found.rows[child] if tuple(r[i] for i in own) == gone][:most]:
                cells = list(other)
                for at, value in zip(own, new, strict=True):
                    cells[at] = value
                found = self.beside(found, child, tuple(cells), generator) or found
        return found

    def without(self, witness: Witness, number: int, position: int) -> Witness | None:
        """The witness without one row; None where another one refers to it."""
        rows = witness.rows[number]
        return self._checked(
            witness, number, rows[:position] + rows[position + 1 :], removed=rows[position]
        )

    def with_value(
        self,
        witness: Witness,
        number: int,
        row: Row,
        column: int,
        value: Value,
        generator: random.Random,
    ) -> tuple[Witness, Row] | None:
        """The row with the value in one cell, and the witness with the parent that it needs."""
        changed = (*row[:column], value, *row[column + 1 :])
        for own, parent, there in self.layouts[number].references:
            if own == (column,) and value is not None:
                values_there = {other[there[0]] for other in witness.rows[parent]}
                if value not in values_there:
                    found = self._adopted(witness, parent, there[0], value, generator)
                    return None if found is None else (found, changed)
        return witness, changed

    def _adopted(
        self, witness: Witness, parent: int, column: int, value: Value, generator: random.Random
    ) -> Witness | None:
        """The witness with one more parent, like one that is there, whose key is the value."""
        if not witness.rows[parent]:
            return None
        row = generator.choice(witness.rows[parent])
        row = (*row[:column], value, *row[column + 1 :])
        return self.beside(witness, parent, row, generator)

    def options(
        self, witness: Witness, number: int, column: int, most: int = _MOST_VALUES
    ) -> list[Value]:
        """Values for a cell: at most so many of its column's pool, and what is near or far."""
        name = self._column(number, column)
        for own, parent, there in self.layouts[number].references:
            if column in own:
                at = there[own.index(column)]
                found: list[Value] = [row[at] for row in witness.rows[parent]]
                if len(own) == 1:
                    found += self._domain.pool(name, 3)[:most]
                break
        else:
            kind = self._domain.kinds[name]
            found = _spread(self._domain.pool(name, 3), most)
            there_now = [row[column] for row in witness.rows[number][:4]]
            found += there_now
            if kind in ("int", "num", "real"):
                far = values.far(kind, there_now, self._numbers[:8])
                found += [self._domain.fit(name, v) for v in far]
        if self.layouts[number].table.columns[column].nullable:
            found.append(None)
        return found

    def fresh(
        self, witness: Witness, number: int, row: Row, generator: random.Random, depth: int = 0
    ) -> tuple[Witness, Row] | None:
        """The row with new values in its keys, to stand beside those that are there.

        Where a key is made of references, the row may need a parent of its own: the witness that
        comes back has it.
        """
        layout = self.layouts[number]
        bound = {own for owns, _, _ in layout.references for own in owns}
        for key in layout.keys:
            wanted = tuple(row[i] for i in key)
            taken = {tuple(other[i] for i in key) for other in witness.rows[number]}
            if None in wanted or wanted not in taken:
                continue
            free = [i for i in key if i not in bound]
            column = generator.choice(free if free and generator.random() < 0.6 else list(key))
            if column in bound:
                if (grown := self.grown(witness, number, column, row, generator, depth)) is None:
                    return None
                witness, row = grown
                continue
            fitting = [
                value
                for value in self._new_values(witness, number, column)
                if tuple(value if i == column else row[i] for i in key) not in taken
            ]
            if not fitting:
                return None
            row = (*row[:column], generator.choice(fitting), *row[column + 1 :])
        return witness, row

    def grown(
        self,
        witness: Witness,
        number: int,
        column: int,
        row: Row,
        generator: random.Random,
        depth: int = 0,
    ) -> tuple[Witness, Row] | None:
        """The row with another parent: one that is there, or a copy of its own with a new key."""
        own, parent, there = next(r for r in self.layouts[number].references if column in r[0])
        rows = witness.rows[parent]
        current = [other for other in rows if [other[i] for i in there] == [row[i] for i in own]]
        others = [other for other in rows if other not in current]
        if others and generator.random() < 0.5:
            chosen = generator.choice(others)
        else:
            if not current or depth > 3:
                return None
            fresh = self.fresh(witness, parent, current[0], generator, depth + 1)
            if fresh is None:
                return None
            grown = self.with_row(fresh[0], parent, None, fresh[1])
            if grown is None:
                return None
            witness, chosen = grown, fresh[1]
        cells = list(row)
        for place, at in zip(own, there, strict=True):
            cells[place] = chosen[at]
        return witness, tuple(cells)

    def _new_values(self, witness: Witness, number: int, column: int) -> list[Value]:
        name = self._column(number, column)
        used = [row[column] for row in witness.rows[number]]
        near = [value for value in self._domain.pool(name, 3) if value not in used]
        return [value for value in (self._domain.fresh(name, used), *near[:3]) if value is not None]

    def with_row(
        self, witness: Witness, number: int, position: int | None, row: Row
    ) -> Witness | None:
        """The witness with the row at the position, or one row more; None where it may not be."""
        rows = witness.rows[number]
        if position is None:
            return self._checked(witness, number, (*rows, row), added=row)
        before = rows[position]
        changed = (*rows[:position], row, *rows[position + 1 :])
        return self._checked(witness, number, changed, added=row, removed=before)

    def _checked(
        self,
        witness: Witness,
        number: int,
        rows: tuple[Row, ...],
        added: Row | None = None,
        removed: Row | None = None,
    ) -> Witness | None:
        """The witness with these rows, or None where a constraint is broken by the change."""
        layout = self.layouts[number]
        if added is not None:
            if not self.allows(number, added):
                return None
            for key in layout.keys:
                wanted = tuple(added[i] for i in key)
                same = sum(tuple(row[i] for i in key) == wanted for row in rows)
                if None not in wanted and same > 1:
                    return None
        found = self.replace(witness, number, rows)
        if added is not None:
            for own, parent, there in layout.references:
                wanted = tuple(added[i] for i in own)
                if None not in wanted and not any(
                    tuple(row[i] for i in there) == wanted for row in found.rows[parent]
                ):
                    return None
        if removed is not None:
            for child, own, there in self._children[number]:
                gone = tuple(removed[i] for i in there)
                if any(tuple(row[i] for i in there) == gone for row in rows):
                    continue
                if any(tuple(row[i] for i in own) == gone for row in found.rows[child]):
                    return None
        return found

    def replace(self, witness: Witness, number: int, rows: tuple[Row, ...]) -> Witness:
        every = list(witness.rows)
        every[number] = rows
        return Witness(witness.tables, tuple(every))
