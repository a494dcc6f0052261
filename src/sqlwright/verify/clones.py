"""A witness many times over: as many result rows as a LIMIT or a rank needs to matter.

Every copy has keys of its own and other values wherever no condition speaks of them, so that it
makes groups of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlglot import exp

from sqlwright.verify import freedom
from sqlwright.verify.domain import Column, Domain
from sqlwright.verify.prepare import Pair
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness

_MOST = 130
_APART = 1000  # keys of one copy are so far from those of the next


def counts_that_matter(pair: Pair) -> list[int]:
    """How many copies may show a difference: one more than a LIMIT or a rank of only one query."""
    found: set[int] = set()
    limits = [freedom.limits(query) or (0, None) for query in pair.both()]
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
    chosen: Mapping[Column, bool] | None = None,
) -> Witness | None:
    """The witness `count` times, or None where a constraint does not allow it.

    Args:
        alike: copies differ in their keys alone, so that they fall into the same groups.
        chosen: columns that differ or stay whatever conditions say.
    """
    chosen = chosen or {}
    every = []
    for table, rows in zip(witness.tables, witness.rows, strict=True):
        columns = [(table.name.lower(), column.name.lower()) for column in table.columns]
        copies = [
            tuple(
                _moved(domain, c, v, n, alike, chosen.get(c))
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


def _moved(
    domain: Domain, column: Column, value: Value, number: int, alike: bool, choice: bool | None
) -> Value:
    """The value in copy `number`: another one, unless a condition compares the column."""
    root = domain.root(column)
    if value is None or number == 0 or choice is False:
        return value
    if choice is None and (domain.constants.get(root) or (alike and root not in domain.joined)):
        return value
    if domain.constants.get(root) and root not in domain.joined:
        named = domain.pool(column, 3)  # what conditions name, as long as there is enough
        if number < len(named):
            return named[((named.index(value) if value in named else 0) + number) % len(named)]
    kind = domain.kinds[column]
    if kind in ("int", "num", "real") and isinstance(value, int | float):
        step = _APART * number if root in domain.joined else number
        return value + step
    if kind == "text":
        moved = f"{value}{number}"
        if domain.fit(column, moved) == moved:
            return moved
        short = domain.fit(column, f"{number}")
        return short if short == f"{number}" else domain.fit(column, chr(ord("A") + number % 57))
    if kind == "date" and root in domain.joined:
        return (date.fromisoformat(str(value)) + timedelta(days=number)).isoformat()
    return value
