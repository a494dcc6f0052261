"""Steps that change many rows alike, where a step of one row would lose what was reached.

A group of rows that HAVING accepts has to move to another month as a whole, or stand there twice:
one of its rows alone breaks it.
"""

from __future__ import annotations

import random

from sqlwright.verify.branches import Assignment
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness

_STRIDES = 0.2  # how often
_MOST = 12  # rows copied together
_MOST_CHILDREN = 24  # of each


def draw(
    near: Neighborhood,
    witness: Witness,
    generator: random.Random,
    grow: bool = False,
    focus: frozenset[str] = frozenset(),
) -> Witness | None:
    """A neighbor as `Neighborhood.draw` gives it, or one some rows away."""
    if generator.random() >= _STRIDES:
        return near.draw(witness, generator, grow, focus)
    near.look_at(focus)
    if not all(witness.rows) and generator.random() < 0.5:
        return _planted(near, witness, generator)
    strides = [_moved, _doubled, _borrowed, _renamed, filled]
    if near.assignments:
        strides += [_assigned] * 2
    stride = generator.choice(strides)
    return stride(near, witness, generator)


def _moved(near: Neighborhood, witness: Witness, generator: random.Random) -> Witness | None:
    """Another value in every row of a table that has the same one in a column, or in all rows."""
    place = near.movable_cell(witness, generator)
    if place is None:
        return None
    number, position, column = place
    old = witness.rows[number][position][column]
    options = [value for value in near.options(witness, number, column) if value != old]
    if not options:
        return None
    everywhere = generator.random() < 0.5
    return moved(near, witness, place, generator.choice(options), everywhere)


def moved(
    near: Neighborhood,
    witness: Witness,
    cell: tuple[int, int, int],
    new: Value,
    everywhere: bool,
) -> Witness | None:
    """The value in the rows that have the cell's in its column, or in all rows of the table."""
    number, position, column = cell
    rows = witness.rows[number]
    old = rows[position][column]
    changed = tuple(
        (*row[:column], new, *row[column + 1 :]) if everywhere or row[column] == old else row
        for row in rows
    )
    if changed == rows or not all(near.allows(number, row) for row in changed):
        return None
    found = near.replace(witness, number, changed)
    return found if near.is_free(number, column) or near.refers_rightly(found) else None


def _doubled(near: Neighborhood, witness: Witness, generator: random.Random) -> Witness | None:
    """Rows with the same value in a column once more with another one, and what refers to them."""
    place = near.movable_cell(witness, generator)
    return None if place is None else doubled(near, witness, place, generator)


def doubled(
    near: Neighborhood,
    witness: Witness,
    place: tuple[int, int, int],
    generator: random.Random,
) -> Witness | None:
    """The rows that have the same value as this cell once more, with another one."""
    number, position, column = place
    row = witness.rows[number][position]
    old = row[column]
    found: Witness | None = None
    if near.is_free(number, column):
        options = [value for value in near.options(witness, number, column) if value != old]
        if not options:
            return None
        new = generator.choice(options)
    else:  # rows that refer to one row once more, referring to another
        grown = near.grown(witness, number, column, row, generator)
        if grown is None:
            return None
        found, new = grown[0], grown[1][column]
    for row in [row for row in witness.rows[number] if row[column] == old][:_MOST]:
        other = (*row[:column], new, *row[column + 1 :])
        step = near.with_children(found or witness, number, row, other, generator, _MOST_CHILDREN)
        found = step or found
    return found


def _borrowed(near: Neighborhood, witness: Witness, generator: random.Random) -> Witness | None:
    """A value that stands in another column, for conditions that compare two of them."""
    place = near.free_cell(witness, generator)
    if place is None:
        return None
    number, position, column = place
    row = witness.rows[number][position]
    present = [n for n, rows in enumerate(witness.rows) if rows]
    wanted = [(n, c) for n in present for c in near.focused(n)] or [
        (n, near.column(n, generator)) for n in present if near.reads(n)
    ]
    values = [
        other[c]
        for n, c in wanted
        if (n, c) != (number, column)
        for other in witness.rows[n][:_MOST]
        if type(other[c]) is type(row[column]) and other[c] != row[column]
    ]
    if not values:
        return None
    new = near.fit(number, column, generator.choice(values))
    changed = (*row[:column], new, *row[column + 1 :])
    return near.with_row(witness, number, position, changed)


def _renamed(near: Neighborhood, witness: Witness, generator: random.Random) -> Witness | None:
    """Another value wherever a value stands, so that rows which meet by it still do."""
    place = near.pick(witness, generator)
    if place is None:
        return None
    cell = (*place, near.column(place[0], generator))
    options = near.options(witness, cell[0], cell[2])
    return renamed(near, witness, cell, generator.choice(options)) if options else None


def renamed(
    near: Neighborhood, witness: Witness, cell: tuple[int, int, int], new: Value
) -> Witness | None:
    """Another value in the place of the cell's, in all columns that are joined with its own.

    Where none is, in all columns that are no keys and that hold it.
    """
    number, position, column = cell
    old = witness.rows[number][position][column]
    if old is None or new is None or new == old:
        return None
    kin = near.kin(number, column)
    every = []
    for n, rows in enumerate(witness.rows):
        width = range(len(witness.tables[n].columns))
        meant = [c for c in width if ((n, c) in kin if kin else near.is_free(n, c))]
        values = {c: near.fit(n, c, new) for c in meant}
        every.append(
            tuple(
                tuple(
                    values[c] if c in values and v == old and type(v) is type(old) else v
                    for c, v in enumerate(row)
                )
                for row in rows
            )
        )
    found = Witness(witness.tables, tuple(every))
    return found if found != witness and near.keeps(found) else None


def filled(near: Neighborhood, witness: Witness, generator: random.Random) -> Witness | None:
    """A row without NULLs, for what is computed of several columns."""
    place = near.pick(witness, generator)
    if place is None:
        return None
    number, position = place
    row = list(witness.rows[number][position])
    for column in near.wanted(number):
        if row[column] is None and near.is_free(number, column):
            options = [v for v in near.options(witness, number, column) if v is not None]
            row[column] = generator.choice(options) if options else None
    changed = tuple(row)
    if changed == witness.rows[number][position]:
        return None
    return near.with_row(witness, number, position, changed)


def _assigned(near: Neighborhood, witness: Witness, generator: random.Random) -> Witness | None:
    """A row of each table with the values that a branch of a condition asks for together."""
    wanted = generator.choice(near.assignments)
    copied = generator.random() < 0.5
    found: Witness | None = None
    for number, rows in enumerate(witness.rows):
        if rows:
            position = generator.randrange(len(rows))
            step = assigned(near, found or witness, (number, position), wanted, copied, generator)
            found = step or found
    return found


def assigned(
    near: Neighborhood,
    witness: Witness,
    place: tuple[int, int],
    wanted: Assignment,
    copied: bool,
    generator: random.Random,
) -> Witness | None:
    """The row at the place, or one more like it, with the values that its columns should have."""
    number, position = place
    row = list(witness.rows[number][position])
    for at, column in enumerate(witness.tables[number].columns):
        if column.name.lower() in wanted and near.is_free(number, at):
            row[at] = near.fit(number, at, wanted[column.name.lower()])
    changed = tuple(row)
    if changed == witness.rows[number][position]:
        return None
    if copied:
        return near.beside(witness, number, changed, generator)
    return near.with_row(witness, number, position, changed)


def _planted(near: Neighborhood, witness: Witness, generator: random.Random) -> Witness | None:
    """The first row of a table without any."""
    number = generator.choice([n for n, rows in enumerate(witness.rows) if not rows])
    row = []
    for column in range(len(witness.tables[number].columns)):
        options = near.options(witness, number, column)
        row.append(generator.choice(options) if options else None)
    return near.beside(witness, number, tuple(row), generator)
