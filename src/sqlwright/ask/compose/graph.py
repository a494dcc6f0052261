"""How to get from one table to another over foreign keys, and which way multiplies rows."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlwright.schema import ForeignKey, Schema, Table

_FARTHEST = 4  # foreign keys of one way
_MOST_WAYS = 3000  # that are looked at: where every table points to every other there are many


@dataclass(frozen=True, slots=True)
class Step:
    """From table `here` to table `there` over a key; `down` leads to many rows, as to children."""

    here: str
    there: str
    pairs: tuple[tuple[str, str], ...]
    down: bool
    key: ForeignKey


Path = tuple[Step, ...]


@lru_cache(maxsize=16)
def _steps(schema: Schema) -> dict[str, list[Step]]:
    return {table.name.lower(): _steps_from(table, schema) for table in schema.tables}


def _steps_from(table: Table, schema: Schema) -> list[Step]:
    """The keys of the table, then those that lead to it, the plain ones first."""
    found = []
    for key in table.foreign_keys:
        target = schema.table(key.table)
        if target is not None:
            pairs = tuple(zip(key.columns, key.references, strict=False))
            found.append(Step(table.name, target.name, pairs, False, key))
    for other in schema.tables:
        for key in other.foreign_keys:
            if key.table.lower() == table.name.lower():
                pairs = tuple(zip(key.references, key.columns, strict=False))
                unique = any({*k} == {*key.columns} for k in other.keys())
                found.append(Step(table.name, other.name, pairs, not unique, key))
    return sorted(found, key=lambda step: len(step.pairs))


def path(
    start: str, goal: str, schema: Schema, *,
    only_up: bool = False, through: Iterable[str] = (), via: ForeignKey | None = None,
) -> Path | None:  # fmt: skip
    """The shortest way, or None; of ways of like length one through tables that are named.

    Args:
        only_up: take no step that multiplies rows.
        via: a key that the way has to take.
    """
    named = {name.lower() for name in through}
    best: tuple[tuple[int, int, int], Path] | None = None
    steps, looked = _steps(schema), 0
    waiting: deque[tuple[str, Path]] = deque([(start, ())])
    while waiting and looked < _MOST_WAYS:
        looked += 1
        here, taken = waiting.popleft()
        if best is not None and len(taken) > best[0][0] + 1:
            break
        if here.lower() == goal.lower() and (via is None or any(s.key is via for s in taken)):
            inner = [step.there.lower() for step in taken[:-1]]
            # a way past a table that nobody named costs, one through a named table does not
            cost = (
                len(taken) - sum(name in named for name in inner) + _peaks(taken),
                len(taken),
                _width(taken, schema),
            )
            if best is None or cost < best[0]:
                best = (cost, taken)
            continue
        if len(taken) >= _FARTHEST:
            continue
        seen = {start.lower(), *(step.there.lower() for step in taken)}
        for step in steps.get(here.lower(), ()):
            if step.there.lower() not in seen and not (only_up and step.down):
                waiting.append((step.there, (*taken, step)))
    return best[1] if best is not None else None


def _peaks(taken: Path) -> int:
    """How often the way goes up and down again: rows with one owner need not belong together."""
    return sum(
        not one.down and other.down for one, other in itertools.pairwise(taken)
    )  # fmt: skip


def _width(taken: Path, schema: Schema) -> int:
    """Rows of the tables between: a plain bridge is taken before a table of events."""
    return sum((t.rows or 0) if (t := schema.table(s.there)) is not None else 0 for s in taken[:-1])


def is_up(way: Path) -> bool:
    """Does the way keep one row for one?"""
    return not any(step.down for step in way)
