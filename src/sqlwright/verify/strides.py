"""Steps that change many rows alike, where a step of one row would lose what was reached.

A group of rows that HAVING accepts has to move to another month as a whole, or stand there twice:
one of its rows alone breaks it.
"""

from __future__ import annotations

import random

from sqlwright.verify.neighbors import Neighborhood
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
    stride = generator.choice((_moved, _doubled, _borrowed))
    return stride(near, witness, generator)


def _moved(near: Neighborhood, witness: Witness, generator: random.Random) -> Witness | None:
    """Another value in every row of a table that has the same one in a column."""
    place = near.free_cell(witness, generator)
    if place is None:
        return None
    number, position, column = place
    rows = witness.rows[number]
    old = rows[position][column]
    options = [value for value in near.options(witness, number, column) if value != old]
    if not options:
        return None
    new = generator.choice(options)
    everywhere = generator.random() < 0.5
    changed = tuple(
        (*row[:column], new, *row[column + 1 :]) if everywhere or row[column] == old else row
        for row in rows
    )
    if not all(near.allows(number, row) for row in changed):
        return None
    return near.replace(witness, number, changed)


def _doubled(near: Neighborhood, witness: Witness, generator: random.Random) -> Witness | None:
    """Rows with the same value in a column once more with another one, and what refers to them."""
    place = near.free_cell(witness, generator)
    if place is None:
        return None
    number, position, column = place
    old = witness.rows[number][position][column]
    options = [value for value in near.options(witness, number, column) if value != old]
    if not options:
        return None
    new = generator.choice(options)
    found: Witness | None = None
    for row in [row for row in witness.rows[number] if row[column] == old][:_MOST]:
        other = (*row[:column], new, *row[column + 1 :])
        grown = near.with_children(found or witness, number, row, other, generator, _MOST_CHILDREN)
        found = grown or found
    return found


def _borrowed(near: Neighborhood, witness: Witness, generator: random.Random) -> Witness | None:
    """A value that stands in another column, for conditions that compare two of them."""
    place = near.free_cell(witness, generator)
    if place is None:
        return None
    number, position, column = place
    row = witness.rows[number][position]
    filled = [n for n, rows in enumerate(witness.rows) if rows]
    wanted = [(n, c) for n in filled for c in near.focused(n)] or [
        (n, near.column(n, generator)) for n in filled if near.reads(n)
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


def _planted(near: Neighborhood, witness: Witness, generator: random.Random) -> Witness | None:
    """The first row of a table without any."""
    number = generator.choice([n for n, rows in enumerate(witness.rows) if not rows])
    row = []
    for column in range(len(witness.tables[number].columns)):
        options = near.options(witness, number, column)
        row.append(generator.choice(options) if options else None)
    return near.beside(witness, number, tuple(row), generator)
