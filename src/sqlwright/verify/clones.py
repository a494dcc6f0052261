"""A witness many times over: as many result rows as a LIMIT or a rank needs to matter.

Every copy has keys of its own and other values wherever no condition speaks of them, so that it
makes groups of its own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlglot import exp

from sqlwright.verify import cuts
from sqlwright.verify.domain import Column, Domain
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.prepare import Pair
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness

#: What a column's values become, and in which order the copies take them.
Way = tuple[str, Sequence[int]]

_MOST = 10_002
_NUMBERS = ("int", "num", "real")
_WAYS = ("kept", "named", "made")
_CROSSED = 2
_CHANCES = 5  # ways that chance chooses
_MOST_STAIRS = 12
_MOST_BESIDE = 130
_MOST_ALIKE = 24  # copies in one group
_MOST_ALIKE_ROWS = 400
_LEVELS: dict[str, Value] = {"int": 2, "num": 2.0, "real": 2.0, "text": "a", "date": "2020-01-01"}
_APART = 1000  # keys of one copy are a multiple of it from those of the next


def counts_that_matter(pair: Pair) -> list[int]:
    """How many copies may show a difference: one more than a LIMIT or a rank of only one query."""
    found: set[int] = set()
    limits = [cuts.limits(query) or (0, None) for query in pair.both()]
    if limits[0] != limits[1] or pair.original.args.get("order") != pair.proposal.args.get("order"):
        found |= {offset + (limit or 0) + 1 for offset, limit in limits}
        found.add(2)  # two rows have an order
    for query in pair.both():
        if query.find(exp.Window) is not None:
            numbers = (n.name for n in query.find_all(exp.Literal) if not n.is_string)
            found |= {int(n) + 1 for n in numbers if n.isdigit() and int(n) <= 12}
    return sorted(count for count in found if 2 <= count <= _MOST)[:4]


def cloned(
    witness: Witness,
    count: int,
    domain: Domain,
    alike: bool = False,
    chosen: Mapping[Column, Way] | None = None,
) -> Witness | None:
    """The witness `count` times, or None where a constraint does not allow it.

    Args:
        alike: copies differ in their keys alone, so that they fall into the same groups.
        chosen: columns that are "kept", or take values that conditions have "named" or that are
            "made" from the one there, whatever conditions say; and which copy takes which. Those
            "filled" are as if they were not here, but without NULL.
    """
    chosen = chosen or {}
    step = _step(witness, domain)
    every = []
    for table, rows in zip(witness.tables, witness.rows, strict=True):
        columns = [(table.name.lower(), column.name.lower()) for column in table.columns]
        copies = [
            tuple(
                _moved(domain, c, v, n, step, alike, chosen.get(c))
                for c, v in zip(columns, row, strict=True)
            )
            for n in range(count)
            for row in rows
        ]
        places = {name: i for i, (_, name) in enumerate(columns)}
        for key in table.keys():
            positions = [places[name.lower()] for name in key]
            values = [tuple(row[i] for i in positions) for row in copies]
            whole = [value for value in values if None not in value]
            if len(whole) != len(set(whole)):
                kept: dict[tuple[Value, ...], tuple[Value, ...]] = {}
                for value, row in zip(values, copies, strict=True):
                    kept.setdefault(value, row)
                copies = list(kept.values())  # a key that conditions hold: one copy of it is there
        if table.checks and not all(domain.allows(table, row) for row in copies):
            return None
        every.append(tuple(copies))
    return Witness(witness.tables, tuple(every))


def _step(witness: Witness, domain: Domain) -> int:
    """How far the keys of one copy are from those of the next: further than from each other."""
    least, most = 0, 0
    for table, rows in zip(witness.tables, witness.rows, strict=True):
        for i, column in enumerate(table.columns):
            name = (table.name.lower(), column.name.lower())
            if rows and domain.kinds[name] == "int" and domain.root(name) in domain.joined:
                for value in (row[i] for row in rows):
                    if isinstance(value, int):
                        least, most = min(least, value), max(most, value)
    return _APART * (1 + (most - least) // _APART)


def _moved(
    domain: Domain,
    column: Column,
    value: Value,
    number: int,
    step: int,
    alike: bool,
    chosen: Way | None,
) -> Value:
    """The value in copy `number`: another one, unless a condition compares the column."""
    root = domain.root(column)
    way = chosen[0] if chosen is not None else None
    if chosen is not None and root not in domain.joined:
        number = chosen[1][number]
    if number == 0 or way == "kept":
        return value
    if value is None:
        return _instead(domain, column, number) if way in ("filled", "made") else None
    if way in (None, "filled") and (
        domain.constants.get(root) or (alike and root not in domain.joined)
    ):
        return value
    if way != "made" and domain.constants.get(root) and root not in domain.joined:
        named = domain.pool(column, 3)  # what conditions name, as long as there is enough
        if number < len(named):
            return named[((named.index(value) if value in named else 0) + number) % len(named)]
    kind = domain.kinds[column]
    if kind in _NUMBERS and isinstance(value, int | float):
        return value + (step * number if root in domain.joined else number)
    if kind == "text":
        moved = f"{value}{number}"
        if domain.fit(column, moved) == moved:
            return moved
        short = domain.fit(column, f"{number}")
        return short if short == f"{number}" else domain.fit(column, chr(ord("A") + number % 57))
    if kind == "date" and (root in domain.joined or way == "made"):
        return (date.fromisoformat(str(value)) + timedelta(days=number)).isoformat()
    return value


def _instead(domain: Domain, column: Column, number: int) -> Value:
    """A value in the place of a NULL; NULL in a column that others are joined with."""
    if domain.root(column) in domain.joined:
        return None
    level = _LEVELS.get(domain.kinds[column])
    return None if level is None else _moved(domain, column, level, number, 1, False, None)


def merged(one: Witness, two: Witness, domain: Domain) -> Witness | None:
    """Both witnesses together, the second one under keys of its own."""
    moved = cloned(two, 2, domain, alike=True)
    if moved is None:
        return None
    sizes = [len(rows) for rows in two.rows]
    pairs = zip(one.rows, moved.rows, sizes, strict=True)
    return Witness(one.tables, tuple((*rows, *more[size:]) for rows, more, size in pairs))


def leveled(witness: Witness, domain: Domain, kinds: Sequence[str]) -> Witness:
    """One value in every cell of these kinds that no key, join or condition speaks of."""
    every = []
    for table, rows in zip(witness.tables, witness.rows, strict=True):
        columns = [(table.name.lower(), column.name.lower()) for column in table.columns]
        roots = [domain.root(column) for column in columns]
        levels = [
            domain.fit(column, _LEVELS[domain.kinds[column]])
            if domain.kinds[column] in kinds
            and root not in domain.joined
            and not domain.constants.get(root)
            else None
            for column, root in zip(columns, roots, strict=True)
        ]
        every.append(
            tuple(
                tuple(v if new is None else new for v, new in zip(row, levels, strict=True))
                for row in rows
            )
        )
    return Witness(witness.tables, tuple(every))


def staircase(
    even: Witness, seed: Witness, near: Neighborhood, generator: random.Random
) -> Witness | None:
    """Copies of which each has one more row than the one before, in tables that none refers to.

    Args:
        even: the seed several times over (`cloned`).
    """
    found: Witness | None = even
    for number, rows in enumerate(even.rows):
        size = len(seed.rows[number])
        if not size or len(rows) % size or not near.refers(number) or near.is_referred(number):
            continue
        for copy in range(len(rows) // size):
            for _ in range(copy):
                row = rows[copy * size]
                found = found and near.beside(found, number, row, generator)
    return found


def copies(
    seed: Witness, count: int, domain: Domain, near: Neighborhood, generator: random.Random
) -> Iterator[Witness]:
    """The seed so many times: other values where no condition speaks, other keys, by chance."""
    for found in _copies(seed, count, domain, near, generator):
        if found is not None and near.refers_rightly(found):
            yield found


def _copies(
    seed: Witness, count: int, domain: Domain, near: Neighborhood, generator: random.Random
) -> Iterator[Witness | None]:
    even = cloned(seed, count, domain)
    yield even
    yield cloned(seed, count, domain, alike=True)
    if count <= _MOST_STAIRS and even is not None:
        yield staircase(even, seed, near, generator)
    if count <= _MOST_BESIDE:
        for number, rows in enumerate(seed.rows):
            if rows and near.reads(number):
                yield _more_rows(seed, number, count - 1, near, generator)
    free = [c for c in domain.kinds if not domain.constants.get(domain.root(c))]
    yield cloned(seed, count, domain, chosen={column: ("filled", range(count)) for column in free})
    numbers = [c for c in free if domain.kinds[c] in _NUMBERS]
    # the names alone differ, where only what is largest counts
    yield cloned(seed, count, domain, chosen={column: ("kept", range(count)) for column in numbers})
    ordered = [c for c in domain.kinds if domain.kinds[c] in _NUMBERS]
    for columns in (free, [*free, *ordered]) * _CROSSED:  # orders by several values cross
        orders = {column: ("made", _shuffled(count, generator)) for column in columns}
        yield cloned(seed, count, domain, chosen=orders)
    for _ in range(_CHANCES):
        columns = [column for column in domain.kinds if generator.random() < 0.6]
        chosen = {column: (generator.choice(_WAYS), _order(count, generator)) for column in columns}
        yield cloned(seed, count, domain, chosen=chosen)


def _more_rows(
    seed: Witness, number: int, count: int, near: Neighborhood, generator: random.Random
) -> Witness | None:
    """So many more rows of one table, like its first one, with copies of what refers to it."""
    row = seed.rows[number][0]
    found: Witness | None = seed
    for _ in range(count):
        found = found and near.with_children(found, number, row, row, generator)
    return found


def _order(count: int, generator: random.Random) -> Sequence[int]:
    """The copies from the first to the last, or in any order."""
    return range(count) if generator.random() < 0.5 else _shuffled(count, generator)


def _shuffled(count: int, generator: random.Random) -> Sequence[int]:
    numbers = list(range(count))
    generator.shuffle(numbers)
    return numbers


def multiples(
    witness: Witness, numbers: Sequence[int | float], domain: Domain, near: Neighborhood
) -> Iterator[Witness]:
    """The witness several times over, in the same groups, as often as a number of the query."""
    counts = {int(n) for n in numbers if 1 <= n <= _MOST_ALIKE and n == int(n)}
    for count in sorted(counts)[-3:]:
        if witness.count() * (count + 1) > _MOST_ALIKE_ROWS:
            continue
        found = cloned(witness, count + 1, domain, alike=True)
        if found is not None and near.refers_rightly(found):
            yield found
