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

from sqlwright.schema import ForeignKey, Table
from sqlwright.verify import values
from sqlwright.verify.domain import Column, Domain
from sqlwright.verify.reading import Assembly, Clause, Link, Place, Reading, Test
from sqlwright.verify.values import Value

Fixed = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Witness:
    """Rows for each table, their values in the order of the table's columns."""

    tables: tuple[Table, ...]
    rows: tuple[tuple[tuple[Value, ...], ...], ...]  # one tuple of rows for each table

    def count(self) -> int:
        """The number of rows in all tables."""
        return sum(map(len, self.rows))


_CHECK_ATTEMPTS = 40


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
    number = 0
    while True:
        if number == 1:
            yield Witness(tuple(tables), ((),) * len(tables))
        else:
            generator = random.Random(f"{seed}/{number}")
            profile = _PROFILES[number % len(_PROFILES)]
            draft = _Draft(tables, domain, profile, generator)
            yield draft.fill(assemblies)
        number += 1


class _Draft:
    """A witness while it is filled."""

    def __init__(
        self,
        tables: Sequence[Table],
        domain: Domain,
        profile: Profile,
        generator: random.Random,
    ) -> None:
        self.tables = {table.name.lower(): table for table in tables}
        self.domain = domain
        self.profile = profile
        self.random = generator
        self.rows: dict[str, list[Fixed]] = {name: [] for name in self.tables}
        self.taken: dict[tuple[str, tuple[str, ...]], set[tuple[Value, ...]]] = {}
        # rows that others refer to come first, or they would be made with any values
        self.depths = {name: _depth(name, self.tables, ()) for name in self.tables}

    def fill(self, assemblies: Sequence[Assembly]) -> Witness:
        """Add sets of rows that meet, then loose rows."""
        if assemblies:
            for _ in range(self.profile.meeting):
                self._meet(self.random.choice(assemblies))
        for name in self.tables:
            for _ in range(self.random.randint(0, self.profile.loose)):
                self.add(name, {})
        return self._freeze()

    def _freeze(self) -> Witness:
        frozen = []
        for name, table in self.tables.items():
            rows = self.rows[name]
            self.random.shuffle(rows)  # so that an order by arrival shows itself
            columns = [column.name.lower() for column in table.columns]
            frozen.append(tuple(tuple(row[column] for column in columns) for row in rows))
        return Witness(tuple(self.tables.values()), tuple(frozen))

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
                self.add(table, fixed)

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
        taken = self.taken.get((place.table, key)) or set()
        numbers = [value[0] for value in taken if isinstance(value[0], int | float)]
        if (solved[group],) in taken and numbers:
            kind = self.domain.kinds[(place.table, place.column)]
            solved[group] = values.coerce(kind, max(numbers) + 1)

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

    def add(self, name: str, fixed: Fixed, depth: int = 0) -> Fixed | None:
        """Add a row with these values, and the rows that its foreign keys need, if that can be."""
        table = self.tables[name]
        row: Fixed = {column: value for column, value in fixed.items() if table.column(column)}
        for key in table.foreign_keys:
            if not self._refer(name, table, key, row, depth):
                return None
        for column in table.columns:
            lower = column.name.lower()
            if lower not in row:
                row[lower] = self._draw((name, lower), column.nullable)
            elif row[lower] is None and not column.nullable:
                row[lower] = self._draw((name, lower), False)
        for attempt in range(8):
            taken = self._taken(name, table, row)
            if taken is None:
                break
            free = [column for column in taken if column not in fixed] or (
                list(taken) if attempt > 3 else []
            )
            if not free or not self._renew(name, table, free, row):
                return None
        else:
            return None
        if not self._pass_checks(name, table, row, fixed):
            return None
        for unique in map(_lower, table.keys()):
            self.taken.setdefault((name, unique), set()).add(_key_values(row, unique))
        self.rows[name].append(row)
        return row

    def _pass_checks(self, name: str, table: Table, row: Fixed, fixed: Fixed) -> bool:
        """Does the row pass the table's CHECKs, if need be with other values in free columns?"""
        if not table.checks:
            return True
        columns = [column.name.lower() for column in table.columns]
        bound = {own.lower() for key in table.foreign_keys for own in key.columns}
        bound |= {own.lower() for key in table.keys() for own in key}
        free = [c for c in table.columns if c.name.lower() not in bound]
        loose = [c for c in free if c.name.lower() not in fixed]
        for attempt in range(_CHECK_ATTEMPTS):
            if self.domain.allows(table, [row[column] for column in columns]):
                return True
            options = loose if attempt < _CHECK_ATTEMPTS * 2 // 3 else free
            if not options:
                continue
            chosen = self.random.choice(options)
            row[chosen.name.lower()] = self._draw((name, chosen.name.lower()), chosen.nullable)
        return False

    def _draw(self, column: Column, nullable: bool) -> Value:
        if nullable and self.random.random() < self.profile.nulls:
            return None
        if self.domain.root(column) not in self.domain.joined and self.random.random() < 0.4:
            # a value that no predicate speaks of: around constants most pass or most fail
            return self.random.choice(self.domain.defaults(column))
        return self.random.choice(self.domain.pool(column, self.profile.keys))

    def _taken(self, name: str, table: Table, row: Fixed) -> tuple[str, ...] | None:
        """The key, in lower case, that another row already has, or None."""
        for key in map(_lower, table.keys()):
            found = _key_values(row, key)
            if None not in found and found in self.taken.get((name, key), ()):
                return key
        return None

    def _renew(self, name: str, table: Table, free: list[str], row: Fixed) -> bool:
        """Give one of the key's free columns another value, if one is to be had."""
        bound = {column.lower() for key in table.foreign_keys for column in key.columns}
        own = [column for column in free if column not in bound] or free
        column = self.random.choice(own)
        if column in bound:
            for key in table.foreign_keys:
                if column in (item.lower() for item in key.columns):
                    row.pop(column)
                    return self._refer(name, table, key, row, depth=9) and column in row
        used = [other[column] for other in self.rows[name]]
        value = self.domain.fresh((name, column), used)
        if value is None:
            return False
        row[column] = value
        return True

    def _refer(self, name: str, table: Table, key: ForeignKey, row: Fixed, depth: int) -> bool:
        """Make the foreign key point at a row that exists; False where it cannot."""
        parent = key.table.lower()
        if parent not in self.tables:
            return True
        columns = [column.lower() for column in key.columns]
        references = [column.lower() for column in key.references]
        wanted = {
            target: row[own] for own, target in zip(columns, references, strict=True) if own in row
        }
        if None in wanted.values():
            return True
        fitting = [
            other
            for other in self.rows[parent]
            if all(other[column] == value for column, value in wanted.items())
        ]
        open_columns = [column for column in columns if column not in row]
        nullable = [c for c in open_columns if (found := table.column(c)) and found.nullable]
        if open_columns and nullable and self.random.random() < self.profile.nulls:
            row[nullable[0]] = None
            return True
        target_row = self.random.choice(fitting) if fitting else None
        if target_row is None and depth < 4 and not (parent == name and depth > 0):
            target_row = self.add(parent, wanted, depth + 1)
            if target_row and any(target_row[c] != v for c, v in wanted.items()):
                target_row = None  # the wanted key was taken by a row made on the way
        if target_row is None:
            if nullable:
                row[nullable[0]] = None
            return bool(nullable)
        for own, target in zip(columns, references, strict=True):
            row[own] = target_row[target]
        return True


def _key_values(row: Fixed, key: Sequence[str]) -> tuple[Value, ...]:
    return tuple(row[column] for column in key)


def _lower(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)


def _depth(name: str, tables: dict[str, Table], seen: tuple[str, ...]) -> int:
    """How many foreign keys lead on from the table, one after the other."""
    targets = {key.table.lower() for key in tables[name].foreign_keys} - {name, *seen}
    inner = [_depth(target, tables, (*seen, name)) for target in targets if target in tables]
    return 1 + max(inner, default=-1)
