"""Witnesses: small databases made to tell two queries apart.

Each keeps the schema's keys, foreign keys and NOT NULL, draws its values from the constants of both
queries, and holds sets of rows that pass every predicate of a scope together, or all but one.
Sources: XData (Chandra et al., VLDB Journal 2015) for rows that violate exactly one condition; the
small-scope hypothesis (Jackson 2006) for why few rows are enough to refute most wrong rewrites.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlwright.schema import Table
from sqlwright.verify import values
from sqlwright.verify.domain import Domain
from sqlwright.verify.draft import Draft
from sqlwright.verify.reading import Assembly, Clause, Link, Place, Reading, Test
from sqlwright.verify.values import Value


@dataclass(frozen=True, slots=True)
class Witness:
    """Rows for each table, their values in the order of the table's columns."""

    tables: tuple[Table, ...]
    rows: tuple[tuple[tuple[Value, ...], ...], ...]  # one tuple of rows for each table

    def count(self) -> int:
        """The number of rows in all tables."""
        return sum(map(len, self.rows))


@dataclass(frozen=True, slots=True)
class Profile:
    """How a witness is drawn: sets of rows that meet, loose rows, shares of NULL and violation."""

    meeting: int
    loose: int
    nulls: float
    violate: float
    keys: int  # join columns draw from 1 to keys


_PROFILES = (
    Profile(meeting=1, loose=1, nulls=0.1, violate=0.0, keys=2),
    Profile(meeting=2, loose=2, nulls=0.3, violate=0.3, keys=2),
    Profile(meeting=3, loose=1, nulls=0.1, violate=0.5, keys=3),
    Profile(meeting=1, loose=0, nulls=0.0, violate=0.0, keys=1),
    Profile(meeting=2, loose=4, nulls=0.5, violate=0.2, keys=3),
    Profile(meeting=4, loose=2, nulls=0.2, violate=0.6, keys=2),
    Profile(meeting=0, loose=5, nulls=0.2, violate=0.0, keys=3),
    Profile(meeting=2, loose=1, nulls=0.0, violate=1.0, keys=2),
    Profile(meeting=3, loose=3, nulls=0.8, violate=0.2, keys=4),
    Profile(meeting=6, loose=0, nulls=0.1, violate=0.1, keys=5),
)


def witnesses(
    tables: Sequence[Table],
    readings: Sequence[Reading],
    seed: int = 0,
    dialect: str = "",
) -> Iterator[Witness]:
    """Witnesses without end, the same ones for the same seed; the second one is empty.

    Args:
        tables: every table that either query reads.
        readings: what each query says of its columns (`predicates.read_predicates`).
        dialect: the one of the schema's types and CHECKs.
    """
    domain = Domain(tables, readings, dialect)
    assemblies = [assembly for reading in readings for assembly in reading.assemblies]
    depths = _depths({table.name.lower(): table for table in tables})
    number = 0
    while True:
        if number == 1:
            yield Witness(tuple(tables), ((),) * len(tables))
        else:
            generator = random.Random(f"{seed}/{number}")
            profile = _PROFILES[number % len(_PROFILES)]
            draft = Draft(tables, domain, profile.nulls, profile.keys, generator)
            yield _Meetings(draft, profile, depths).fill(assemblies)
        number += 1


class _Meetings:
    """Fills a draft with rows that meet."""

    def __init__(self, draft: Draft, profile: Profile, depths: dict[str, int]) -> None:
        self.draft = draft
        self.domain = draft.domain
        self.random = draft.random
        self.profile = profile
        # rows that others refer to come first, or they would be made with any values
        self.depths = depths

    def fill(self, assemblies: Sequence[Assembly]) -> Witness:
        """Add sets of rows that meet, then loose rows."""
        if assemblies:
            for _ in range(self.profile.meeting):
                self._meet(self.random.choice(assemblies))
        for name in self.draft.tables:
            for _ in range(self.random.randint(0, self.profile.loose)):
                self.draft.add(name, {})
        return self._freeze()

    def _freeze(self) -> Witness:
        frozen = []
        for name, table in self.draft.tables.items():
            rows = self.draft.rows[name]
            self.random.shuffle(rows)  # so that an order by arrival shows itself
            columns = [column.name.lower() for column in table.columns]
            frozen.append(tuple(tuple(row[column] for column in columns) for row in rows))
        return Witness(tuple(self.draft.tables.values()), tuple(frozen))

    def _meet(self, assembly: Assembly) -> None:
        """Add one row for each instance so that together they pass the clauses, or all but one."""
        clauses = [list(self.random.choice(alternatives)) for alternatives in assembly.clauses]
        flat = [clause for conjunction in clauses for clause in conjunction]
        broken: Clause | None = None
        if flat and self.random.random() < self.profile.violate:
            broken = self.random.choice(flat)
        chosen = self._solve(flat, broken)
        copies = 2 if self.random.random() < 0.25 else 1
        for _ in range(copies):  # twice the same: groups of two, ties, duplicates
            for scope, alias, table in sorted(assembly.instances, key=lambda i: self.depths[i[2]]):
                fixed = {
                    place.column: value
                    for place, value in chosen.items()
                    if (place.scope, place.alias, place.table) == (scope, alias, table)
                }
                self.draft.add(table, fixed)

    def _solve(self, clauses: list[Clause], broken: Clause | None) -> dict[Place, Value]:
        """A value for each place that the clauses name."""
        parent: dict[Place, Place] = {}

        def root(place: Place) -> Place:
            parent.setdefault(place, place)
            while parent[place] != place:
                place = parent[place]
            return place

        for clause in clauses:
            if isinstance(clause, Link):
                left, right = root(clause.left), root(clause.right)
                if clause.operator == "=" and not clause.shift and clause is not broken:
                    parent[left] = right
            else:
                root(clause.place)
        tests: dict[Place, list[tuple[Test, bool]]] = {}
        for clause in clauses:
            if isinstance(clause, Test):
                tests.setdefault(root(clause.place), []).append((clause, clause is not broken))
        solved = {group: self._value(group, tests.get(group, [])) for group in map(root, parent)}
        for place in parent:
            if not tests.get(root(place)) and self.random.random() < 0.7:
                self._freshen(place, root(place), solved)
        self._order(clauses, broken, solved, root, tests)
        return {place: solved[root(place)] for place in parent}

    def _freshen(self, place: Place, group: Place, solved: dict[Place, Value]) -> None:
        """Give a key that another row has already a new value: its row shall pass the tests too."""
        key = (place.column,)
        taken = self.draft.taken.get((place.table, key)) or set()
        numbers = [value[0] for value in taken if isinstance(value[0], int | float)]
        if (solved[group],) in taken and numbers:
            column = (place.table, place.column)
            solved[group] = self.domain.fit(column, max(numbers) + 1)

    def _value(self, place: Place, tests: list[tuple[Test, bool]]) -> Value:
        """A value that passes most of the tests (those marked False it should fail)."""
        column = (place.table, place.column)
        if column not in self.domain.kinds:
            return None
        pool: list[Value] = list(self.domain.pool(column, self.profile.keys))
        for test, _ in tests:
            for constant in test.constants():
                near = values.around(self.domain.kinds[column], constant)
                fitted = (self.domain.fit(column, v) for v in near)
                pool += [value for value in fitted if value is not None]
        if any(test.operator == "null" for test, _ in tests):
            pool.append(None)
        best = max(sum(test.holds(v) == wanted for test, wanted in tests) for v in pool)
        good = [v for v in pool if sum(t.holds(v) == wanted for t, wanted in tests) == best]
        return self.random.choice(good)

    def _order(
        self,
        clauses: list[Clause],
        broken: Clause | None,
        solved: dict[Place, Value],
        root: Callable[[Place], Place],
        tests: dict[Place, list[tuple[Test, bool]]],
    ) -> None:
        """Draw again where a comparison of two columns fails; a few tries, not a search."""
        links = [c for c in clauses if isinstance(c, Link)]
        comparisons = [c for c in links if c.operator != "=" or c.shift]
        for clause in comparisons * 3:
            left, right = root(clause.left), root(clause.right)
            if clause.shift:
                if clause is not broken:
                    self._shift(clause, left, right, solved, tests)
                continue
            for _ in range(6):
                test = Test(clause.left, clause.operator, solved[right])
                if test.holds(solved[left]) == (clause is not broken):
                    break
                side = self.random.choice((left, right))
                solved[side] = self._value(side, tests.get(side, []))

    def _shift(
        self,
        clause: Link,
        left: Place,
        right: Place,
        solved: dict[Place, Value],
        tests: dict[Place, list[tuple[Test, bool]]],
    ) -> None:
        """Move the end that no test holds so that left = right + shift."""
        moved, other, step = (left, right, clause.shift)
        if tests.get(left) and not tests.get(right):
            moved, other, step = right, left, -clause.shift
        there = solved[other]
        column = (moved.table, moved.column)
        if isinstance(there, int | float) and column in self.domain.kinds:
            solved[moved] = values.coerce(self.domain.kinds[column], there + step)


def _depths(tables: dict[str, Table]) -> dict[str, int]:
    """How many foreign keys lead on from each table, one after the other; a cycle counts once."""
    found: dict[str, int] = {}

    def depth(name: str, above: frozenset[str]) -> int:
        if name not in found:
            targets = {key.table.lower() for key in tables[name].foreign_keys}
            inner = [
                depth(target, above | {name})
                for target in targets
                if target in tables and target not in above and target != name
            ]
            found[name] = 1 + max(inner, default=-1)
        return found[name]

    for name in tables:
        depth(name, frozenset())
    return found
