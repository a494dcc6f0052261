"""Witnesses a step away from one: a cell changed, a row added, copied or taken away.

Near a database on which a query returns rows lie those on which exactly one thing about them is
different, whatever the query computes: that is where a wrong rewrite shows itself.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cached_property

from sqlwright.verify.edits import Edits, Row
from sqlwright.verify.witness import Witness

_MOST_ROWS = 60


class Neighborhood(Edits):
    """Draws neighbors of witnesses; columns that no query reads are never changed."""

    _focus: frozenset[str] = frozenset()

    @cached_property
    def _counts(self) -> list[int]:
        """Numbers of rows that a condition on a count may ask for."""
        counts = (count for number in self._numbers for count in (number, number + 1))
        return [int(c) for c in dict.fromkeys(counts) if 2 <= c <= 40 and c == int(c)]

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

    def pick(self, witness: Witness, generator: random.Random) -> tuple[int, int] | None:
        filled = [n for n, rows in enumerate(witness.rows) if rows and self.layouts[n].read]
        if not filled:
            return None
        wanted = [n for n in filled if self.focused(n)]
        number = generator.choice(wanted or filled)
        return number, generator.randrange(len(witness.rows[number]))

    def column(self, number: int, generator: random.Random) -> int:
        """A column of the table that a query reads, one that is looked at before others."""
        return generator.choice(self.wanted(number))

    def wanted(self, number: int) -> Sequence[int]:
        """Columns of the table that a query reads: those that are looked at, or else all."""
        return self.focused(number) or self.layouts[number].read

    def free_cell(self, witness: Witness, generator: random.Random) -> tuple[int, int, int] | None:
        """(table, row, column) of a cell in no key and no reference, or None by chance."""
        place = self.pick(witness, generator)
        if place is None:
            return None
        column = self.column(place[0], generator)
        return (*place, column) if self.is_free(place[0], column) else None

    def movable_cell(
        self, witness: Witness, generator: random.Random
    ) -> tuple[int, int, int] | None:
        """(table, row, column) of a cell in no key, to which nothing refers; None by chance."""
        place = self.pick(witness, generator)
        if place is None:
            return None
        column = self.column(place[0], generator)
        return (*place, column) if self.is_movable(place[0], column) else None

    def focused(self, number: int) -> list[int]:
        """Columns of the table that are looked at now."""
        if not self._focus:
            return []
        columns = self.layouts[number].table.columns
        return [i for i in self.layouts[number].read if columns[i].name.lower() in self._focus]

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

    def _family(self, witness: Witness, generator: random.Random) -> Witness | None:
        """One more row like another but for one cell, with copies of the rows that refer to it."""
        place = self.pick(witness, generator)
        if place is None or not self._children[place[0]]:
            return None
        number, position = place
        old = witness.rows[number][position]
        changed, row = self._changed(witness, number, old, generator) or (witness, old)
        return self.with_children(changed, number, old, row, generator)

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
        return self.without(witness, *place)

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
        column = self.column(number, generator)
        options = [v for v in self.options(witness, number, column) if v != row[column]]
        if not options:
            return None
        return self.with_value(witness, number, row, column, generator.choice(options), generator)
