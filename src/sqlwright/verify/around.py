"""Everything one step away from the smallest databases on which a query returns rows.

On a smallest one no row can go, so that what a condition or an aggregate does to any of them shows
in the result; on a larger one other rows hide it. The steps are all there are, not drawn: each cell
that is looked at with each value that it may have, in its row and in a copy of it; each row twice;
each row away. Source: a test that reaches the place of a fault and lets it show (reachability,
infection, propagation: DeMillo & Offutt, IEEE TSE 17(9), 1991), made minimal by delta debugging.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice, pairwise, product

from sqlwright.verify.clones import cloned, leveled, merged
from sqlwright.verify.domain import Domain
from sqlwright.verify.edits import Row
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.strides import assigned, doubled, moved, renamed
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness

_MOST_VALUES = 40
_DOUBLED = 3  # times: with several other values
_MOST_CELLS = 60  # with values of their own, of one column
_MANY_ROWS = 24  # of one table
_MOST_SEVERAL = 3_000  # rows to have once more

Step = Callable[[], Witness | None]


def steps_around(
    near: Neighborhood,
    domain: Domain,
    bases: Sequence[Witness],
    focus: frozenset[str],
    generator: random.Random,
) -> Iterator[Witness]:
    """What lies around the bases and around each of them several times over, in turns.

    Args:
        focus: names of columns to change before others; all where there is none.
    """
    yield from bases
    several = list(_several(near, domain, bases))
    yield from several
    every = [*bases, *several]
    yield from _in_turns([_one_step(near, base, focus, generator) for base in every])
    if focus:
        all_ = frozenset[str]()
        yield from _in_turns([_one_step(near, base, all_, generator) for base in bases])


def in_other_ways(
    near: Neighborhood, bases: Sequence[Witness], generator: random.Random
) -> Iterator[Witness]:
    """The bases with the values of one branch of a condition in a row, whatever that does."""
    for wanted in near.assignments:
        for base in bases:
            for number, rows in enumerate(base.rows):
                for position in _positions(near, number, rows):
                    place = (number, position)
                    found = assigned(near, base, place, wanted, False, generator)
                    if found is not None:
                        yield found


def _several(near: Neighborhood, domain: Domain, bases: Sequence[Witness]) -> Iterator[Witness]:
    """Each base beside copies of itself, in the same groups and in others; two of them together.

    All of these also with one value in every cell that no condition speaks of: rows, sums and ranks
    then tie.
    """
    found: list[Witness | None] = []
    bases = [base for base in bases if base.count() <= _MOST_SEVERAL]
    for base in bases:
        for count, alike in ((2, True), (2, False), (3, False)):
            found.append(cloned(base, count, domain, alike=alike))
    found += [merged(one, two, domain) for one, two in pairwise(bases[:3])]
    valid = [one for one in found if one is not None and near.keeps(one)]
    yield from valid
    for one in (*bases, *valid):
        for kinds in (("int", "num", "real"), ("int", "num", "real", "text", "date")):
            level = leveled(one, domain, kinds)
            if near.keeps(level):
                yield level


def _in_turns(every: Sequence[Sequence[Step]]) -> Iterator[Witness]:
    for number in range(max(map(len, every), default=0)):
        for steps in every:
            if number < len(steps) and (found := steps[number]()) is not None:
                yield found


def _one_step(
    near: Neighborhood, base: Witness, focus: frozenset[str], generator: random.Random
) -> list[Step]:
    near.look_at(focus)
    found: list[Step] = []
    for number, rows in enumerate(base.rows):
        for column in near.wanted(number) if rows else ():
            found += _in_column(near, base, number, column, generator)
        columns = near.focused(number) if focus else near.wanted(number)
        for position in _positions(near, number, rows) if near.reads(number) else ():
            found += _in_row(near, base, (number, position), columns, generator)
    generator.shuffle(found)
    return found


def _positions(near: Neighborhood, number: int, rows: Sequence[Row]) -> Sequence[int]:
    """All rows, or where they are many the last one of each sort, their keys aside."""
    if len(rows) <= _MANY_ROWS:
        return range(len(rows))
    keys = {i for key in near.layouts[number].keys for i in key}
    sorts = {
        tuple(value for i, value in enumerate(row) if i not in keys): position
        for position, row in enumerate(rows)
    }
    return list(sorts.values())


def _in_column(
    near: Neighborhood, base: Witness, number: int, column: int, generator: random.Random
) -> Iterator[Step]:
    """Steps of all rows that have one value in the column, or of all rows."""
    rows = base.rows[number]
    first = {row[column]: position for position, row in reversed(list(enumerate(rows)))}
    cells = [(number, position, column) for position in islice(first.values(), _MOST_CELLS)]
    options = near.options(base, number, column, _MOST_VALUES)
    movable = near.is_movable(number, column)
    if len(rows) > 1 and column in near.focused(number) and movable:
        for value in options:
            yield partial(moved, near, base, (number, 0, column), value, True)
    if near.kin(number, column):
        for cell, value in product(cells, options):
            yield partial(renamed, near, base, cell, value)
    if movable and not near.is_free(number, column):
        for cell in cells:
            yield from [partial(doubled, near, base, cell, generator)] * _DOUBLED


def _in_row(
    near: Neighborhood,
    base: Witness,
    place: tuple[int, int],
    columns: Sequence[int],
    generator: random.Random,
) -> Iterator[Step]:
    """Steps of one row: twice, away, with the values of a branch, with another cell."""
    number, position = place
    yield partial(near.beside, base, number, base.rows[number][position], generator)
    yield partial(near.without, base, number, position)
    for wanted, copied in product(near.assignments, (False, True)):
        yield partial(assigned, near, base, place, wanted, copied, generator)
    for column in columns:
        for value in dict.fromkeys(near.options(base, number, column, _MOST_VALUES)):
            for copied in (False, True):
                yield partial(_changed, near, base, (*place, column), value, copied, generator)


def _changed(
    near: Neighborhood,
    base: Witness,
    cell: tuple[int, int, int],
    value: Value,
    copied: bool,
    generator: random.Random,
) -> Witness | None:
    """The base with the value in the cell, or in that of one more row like it."""
    number, position, column = cell
    row = base.rows[number][position]
    if value == row[column]:
        return None
    found = near.with_value(base, number, row, column, value, generator)
    if found is None:
        return None
    if copied:
        return near.beside(found[0], number, found[1], generator)
    return near.with_row(found[0], number, position, found[1])
