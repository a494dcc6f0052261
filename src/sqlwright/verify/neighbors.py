"""Witnesses a step away from one: a cell changed, a row added, copied or taken away.

Near a database on which a query returns rows lie those on which exactly one thing about them is
different, whatever the query computes: that is where a wrong rewrite shows itself.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from sqlwright.schema import Table
from sqlwright.verify import values
from sqlwright.verify.domain import Column, Domain
from sqlwright.verify.layout import layout_of, refers_rightly
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness

_MOST_VALUES = 9
_MOST_ROWS = 60


Row = tuple[Value, ...]


class Neighborhood:
    """Draws neighbors of witnesses that keep keys, references, NOT NULL and CHECKs.

    Args:
        domain: where values come from.
        read: columns that a query reads; others are never changed.
        numbers: those of the queries: a group may need so many rows, a value may be so far off.
    """

    def __init__(
        self,
        tables: Sequence[Table],
        domain: Domain,
        read: frozenset[Column],
        numbers: Sequence[int | float],
    ) -> None:
        self._domain = domain
        self._numbers = list(dict.fromkeys(numbers))
        counts = (count for number in numbers for count in (number, number + 1))
        self._counts = [int(c) for c in dict.fromkeys(counts) if 2 <= c <= 40 and c == int(c)]
        self._focus: frozenset[str] = frozenset()
        self._layouts = tuple(layout_of(table, tables, read) for table in tables)
        self._children = [
            [
                (n, own, there)
                for n, layout in enumerate(self._layouts)
                for own, parent, there in layout.references
                if parent == number
            ]
            for number in range(len(tables))
        ]

    def draw(
        self,
        witness: Witness,
        generator: random.Random,
        grow: bool = False,
        focus: frozenset[str] = frozenset(),
    ) -> Witness | None:
        """One neighbor, or None where the step that was drawn cannot be taken.

        Args:
            grow: rather more rows than fewer.
            focus: names of columns to change rather than others.
        """
        self.look_at(focus)
        steps = [self._copied, self._cell, self._family]
        steps += [self._removed, self._multiplied, self._emptied]
        weights = (8, 8, 3, 1, 4, 0) if grow else (10, 6, 3, 3, 1, 0.4)
        step = generator.choices(steps, weights)[0]
        found = step(witness, generator)
        if found is not None and generator.random() < 0.3:
            found = generator.choice((self._copied, self._cell))(found, generator) or found
        return found

    def look_at(self, focus: frozenset[str]) -> None:
        """Change columns of these names rather than others; of all where there is none."""
        self._focus = focus

    def refers_rightly(self, witness: Witness) -> bool:
        """Does every reference of the witness find its row?"""
        return refers_rightly(self._layouts, witness.rows)

    def pick(self, witness: Witness, generator: random.Random) -> tuple[int, int] | None:
        filled = [n for n, rows in enumerate(witness.rows) if rows and self._layouts[n].read]
        if not filled:
            return None
        wanted = [n for n in filled if self.focused(n)]
        number = generator.choice(wanted or filled)
        return number, generator.randrange(len(witness.rows[number]))

    def column(self, number: int, generator: random.Random) -> int:
        """A column of the table that a query reads, one that is looked at before others."""
        return generator.choice(self.focused(number) or self._layouts[number].read)

    def reads(self, number: int) -> bool:
        """Does a query read a column of the table?"""
        return bool(self._layouts[number].read)

    def fit(self, number: int, column: int, value: Value) -> Value:
        """The value as the column can hold it."""
        return self._domain.fit(self._column(number, column), value)

    def _column(self, number: int, column: int) -> Column:
        table = self._layouts[number].table
        return table.name.lower(), table.columns[column].name.lower()

    def free_cell(self, witness: Witness, generator: random.Random) -> tuple[int, int, int] | None:
        """(table, row, column) of a cell in no key and no reference, or None by chance."""
        place = self.pick(witness, generator)
        if place is None:
            return None
        column = self.column(place[0], generator)
        return (*place, column) if self._is_free(place[0], column) else None

    def _is_free(self, number: int, column: int) -> bool:
        layout = self._layouts[number]
        bound = {i for key in layout.keys for i in key}
        bound |= {i for own, _, _ in layout.references for i in own}
        bound |= {i for _, _, there in self._children[number] for i in there}
        return column not in bound

    def allows(self, number: int, row: Row) -> bool:
        """Does the row keep NOT NULL and CHECK?"""
        table = self._layouts[number].table
        if any(v is None and not c.nullable for v, c in zip(row, table.columns, strict=True)):
            return False
        return self._domain.allows(table, row)

    def focused(self, number: int) -> list[int]:
        """Columns of the table that are looked at now."""
        if not self._focus:
            return []
        columns = self._layouts[number].table.columns
        return [i for i in self._layouts[number].read if columns[i].name.lower() in self._focus]

    def _cell(self, witness: Witness, generator: random.Random) -> Witness | None:
        """Another value in one cell."""
        place = self.pick(witness, generator)
        if place is None:
            return None
        number, position = place
        changed = self._changed(witness, number, witness.rows[number][position], generator)
        return None if changed is None else self.with_row(changed[0], number, position, changed[1])

    def _copied(self, witness: Witness, generator: random.Random) -> Witness | None:
        """One more row: like another but for its keys, and mostly one cell."""
        place = self.pick(witness, generator)
        if place is None or len(witness.rows[place[0]]) >= _MOST_ROWS:
            return None
        number, position = place
        row = witness.rows[number][position]
        if generator.random() < 0.7:
            witness, row = self._changed(witness, number, row, generator) or (witness, row)
        return self.beside(witness, number, row, generator)

    def beside(
        self, witness: Witness, number: int, row: Row, generator: random.Random
    ) -> Witness | None:
        """The witness with the row added under keys of its own."""
        found = self.fresh(witness, number, row, generator)
        return None if found is None else self.with_row(found[0], number, None, found[1])

    def _family(self, witness: Witness, generator: random.Random) -> Witness | None:
        """One more row like another but for one cell, with copies of the rows that refer to it."""
        place = self.pick(witness, generator)
        if place is None or not self._children[place[0]]:
            return None
        number, position = place
        old = witness.rows[number][position]
        changed, row = self._changed(witness, number, old, generator) or (witness, old)
        return self.with_children(changed, number, old, row, generator)

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

    def _multiplied(self, witness: Witness, generator: random.Random) -> Witness | None:
        """As many copies of a row as a number in the queries."""
        place = self.pick(witness, generator)
        if place is None:
            return None
        number, position = place
        row = witness.rows[number][position]
        count = 3
        if self._counts:  # the largest will do for most thresholds
            most = generator.random() < 0.5
            count = max(self._counts) if most else generator.choice(self._counts)
        found: Witness | None = witness
        for _ in range(count):
            assert found is not None
            step = self.beside(found, number, row, generator)
            if step is None:
                break
            found = step
        return found if found is not witness else None

    def _removed(self, witness: Witness, generator: random.Random) -> Witness | None:
        place = self.pick(witness, generator)
        if place is None:
            return None
        number, position = place
        rows = witness.rows[number]
        return self._checked(
            witness, number, rows[:position] + rows[position + 1 :], removed=rows[position]
        )

    def _emptied(self, witness: Witness, generator: random.Random) -> Witness | None:
        """One table without rows, where none refers to it."""
        place = self.pick(witness, generator)
        if place is None or any(witness.rows[n] for n, _, _ in self._children[place[0]]):
            return None
        return self.replace(witness, place[0], ())

    def _changed(
        self, witness: Witness, number: int, row: Row, generator: random.Random
    ) -> tuple[Witness, Row] | None:
        """The row with another value in one cell that a query reads.

        A reference may get a value that no parent has: the witness that comes back has one.
        """
        layout = self._layouts[number]
        column = generator.choice(self.focused(number) or layout.read)
        options = [v for v in self.options(witness, number, column) if v != row[column]]
        if not options:
            return None
        value = generator.choice(options)
        changed = (*row[:column], value, *row[column + 1 :])
        for own, parent, there in layout.references:
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

    def options(self, witness: Witness, number: int, column: int) -> list[Value]:
        name = self._column(number, column)
        for own, parent, there in self._layouts[number].references:
            if column in own:
                at = there[own.index(column)]
                found: list[Value] = [row[at] for row in witness.rows[parent]]
                if len(own) == 1:
                    found += self._domain.pool(name, 3)[:_MOST_VALUES]
                break
        else:
            kind = self._domain.kinds[name]
            found = list(self._domain.pool(name, 3))[:_MOST_VALUES]
            there_now = [row[column] for row in witness.rows[number][:4]]
            found += there_now
            if kind in ("int", "num", "real"):
                far = values.far(kind, there_now, self._numbers[:8])
                found += [self._domain.fit(name, v) for v in far]
        if self._layouts[number].table.columns[column].nullable:
            found.append(None)
        return found

    def fresh(
        self, witness: Witness, number: int, row: Row, generator: random.Random, depth: int = 0
    ) -> tuple[Witness, Row] | None:
        """The row with new values in its keys, to stand beside those that are there.

        Where a key is made of references, the row may need a parent of its own: the witness that
        comes back has it.
        """
        layout = self._layouts[number]
        bound = {own for owns, _, _ in layout.references for own in owns}
        for key in layout.keys:
            wanted = tuple(row[i] for i in key)
            taken = {tuple(other[i] for i in key) for other in witness.rows[number]}
            if None in wanted or wanted not in taken:
                continue
            free = [i for i in key if i not in bound]
            column = generator.choice(free if free and generator.random() < 0.6 else list(key))
            if column in bound:
                if (grown := self._grown(witness, number, column, row, generator, depth)) is None:
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

    def _grown(
        self,
        witness: Witness,
        number: int,
        column: int,
        row: Row,
        generator: random.Random,
        depth: int,
    ) -> tuple[Witness, Row] | None:
        """The row with another parent: one that is there, or a copy of its own with a new key."""
        own, parent, there = next(r for r in self._layouts[number].references if column in r[0])
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
        layout = self._layouts[number]
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
