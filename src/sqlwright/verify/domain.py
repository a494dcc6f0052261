"""The values that a witness draws from: for each column those around what it is compared with.

Columns that are compared with each other, by a query or by a foreign key, share one pool.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

from sqlwright.schema import Table
from sqlwright.verify import values
from sqlwright.verify.checks import read_checks
from sqlwright.verify.reading import Link, Reading
from sqlwright.verify.values import Value, form_of
from sqlwright.verify.widths import closed, coerce_to, fresh

Column = tuple[str, str]  # (table, column), in lower case
_MOST_CONSTANTS = 24  # of a list of hundreds the rest tells nothing more


class Domain:
    """For each column the class of columns it is compared with, and the values of that class."""

    def __init__(
        self, tables: Sequence[Table], readings: Sequence[Reading], dialect: str = ""
    ) -> None:
        self._dialect = dialect
        self._types = {
            (table.name.lower(), column.name.lower()): column.type
            for table in tables
            for column in table.columns
        }
        self.kinds = {column: form_of(type_name) for column, type_name in self._types.items()}
        self._checks = {t.name.lower(): read_checks(t, dialect) for t in tables if t.checks}
        self._parent: dict[Column, Column] = {column: column for column in self.kinds}
        names = {table.name.lower() for table in tables}
        joined: set[Column] = set()
        for table in tables:
            for key in table.foreign_keys:
                if key.table.lower() in names:
                    for own, target in zip(key.columns, key.references, strict=False):
                        joined |= self._join(
                            (table.name.lower(), own.lower()), (key.table.lower(), target.lower())
                        )
        for reading in readings:
            for link in reading.links:
                if link.operator == "=" and not link.shift:
                    joined |= self._join(
                        (link.left.table, link.left.column), (link.right.table, link.right.column)
                    )
        keys = {(t.name.lower(), c.lower()) for t in tables for key in t.keys() for c in key}
        self.joined = {self.root(column) for column in joined | (keys & self.kinds.keys())}
        constants: dict[Column, list[Value]] = {}
        for column, found in _told_apart(readings):
            if column in self.kinds:
                constants.setdefault(self.root(column), []).extend(found)
        for name, checks in self._checks.items():
            for named in checks.columns:
                if (name, named) in self.kinds:
                    known = constants.setdefault(self.root((name, named)), [])
                    known.extend(checks.constants(named))
        for _ in range(2):  # a < b: values around a's constants decide b too, and one step further
            for reading in readings:
                for link in reading.links:
                    self._share(link, constants)
        loose = [value for reading in readings for value in reading.loose]
        self.constants = constants
        self._loose = tuple(dict.fromkeys(v for v in loose if isinstance(v, str) and len(v) < 40))
        self._trims = any(reading.trims for reading in readings)
        self._folds = any(reading.folds for reading in readings)
        self._as_numbers = {c for reading in readings for c in reading.as_numbers}
        self._mixed: set[Column] | None = None
        self._pools: dict[tuple[Column, int], tuple[Value, ...]] = {}

    def root(self, column: Column) -> Column:
        """The column that stands for the class of the column."""
        while self._parent[column] != column:
            column = self._parent[column]
        return column

    def _join(self, left: Column, right: Column) -> set[Column]:
        if left not in self.kinds or right not in self.kinds:
            return set()
        self._parent[self.root(left)] = self.root(right)
        return {left, right}

    def _share(self, link: Link, constants: dict[Column, list[Value]]) -> None:
        ends = [(place.table, place.column) for place in (link.left, link.right)]
        if (link.operator != "=" or link.shift) and all(end in self.kinds for end in ends):
            left, right = (constants.setdefault(self.root(end), []) for end in ends)
            left += [value for value in right if value not in left]
            right += [value for value in left if value not in right]

    def pool(self, column: Column, keys: int) -> tuple[Value, ...]:
        """The values to draw the column from: few in a join column, so that rows meet."""
        found = self._pools.get((column, keys))
        if found is None:
            found = self._pools[(column, keys)] = self._make_pool(column, keys)
        return found

    def _is_mixed(self, root: Column) -> bool:
        """Are columns of the class numbers and others texts, or texts taken for numbers?"""
        if self._mixed is None:
            kinds: dict[Column, set[str]] = {}
            for column, kind in self.kinds.items():
                kinds.setdefault(self.root(column), set()).add(kind)
            self._mixed = {
                r for r, k in kinds.items() if "text" in k and k & {"int", "num", "real"}
            }
            self._mixed |= {self.root(column) for column in self._as_numbers & self.kinds.keys()}
        return root in self._mixed

    def allows(self, table: Table, row: Sequence[Value]) -> bool:
        """Does the row (values in the order of the columns) pass the table's CHECKs?"""
        checks = self._checks.get(table.name.lower())
        if checks is None:
            return True
        names = (column.name.lower() for column in table.columns)
        return checks.allows(dict(zip(names, row, strict=True)))

    def mend(
        self,
        table: Table,
        row: Mapping[str, Value],
        pools: Mapping[str, Sequence[Value]],
        generator: random.Random,
    ) -> dict[str, Value] | None:
        """The row with other values in the columns of `pools` so that CHECKs pass, or None."""
        checks = self._checks.get(table.name.lower())
        return dict(row) if checks is None else checks.mend(row, pools, generator)

    def fit(self, column: Column, value: Value) -> Value:
        """The nearest value that the column's type holds, None where there is none."""
        return coerce_to(self._types[column], value, self._dialect)

    def fresh(self, column: Column, used: Sequence[Value]) -> Value:
        """A value of the column that is not among those used, None where it has no more."""
        numbers = [v for v in used if isinstance(v, int | float) and not isinstance(v, bool)]
        if numbers and (found := self.fit(column, max(numbers) + 1)) not in used:
            return found
        made = (fresh(self._types[column], n, self._dialect) for n in range(len(used) + 4))
        return next((value for value in made if value is not None and value not in used), None)

    def defaults(self, column: Column) -> tuple[Value, ...]:
        """Values that no predicate asks for."""
        return self._fitting(column, values.defaults(self.kinds[column])) or self.pool(column, 3)

    def _fitting(self, column: Column, found: Iterable[Value]) -> tuple[Value, ...]:
        """The values that the column's type and its own CHECKs take; of an ENUM all there are."""
        listed = closed(self._types[column])
        wanted = [v for v in found if v in listed] + list(listed) if listed else found
        fitted = (self.fit(column, value) for value in wanted)
        # types are part of the key, or else True would equal 1
        distinct = {(type(value), value): value for value in fitted if value is not None}
        checks = self._checks.get(column[0])
        if checks is None:
            return tuple(distinct.values())
        return tuple(v for v in distinct.values() if checks.allows_value(column[1], v))

    def _make_pool(self, column: Column, keys: int) -> tuple[Value, ...]:
        made = self._fitting(column, self._near(column, keys))
        return made or self._fitting(column, values.defaults(self.kinds[column])) or (None,)

    def _near(self, column: Column, keys: int) -> tuple[Value, ...]:
        kind, root = self.kinds[column], self.root(column)
        constants = list(dict.fromkeys(self.constants.get(root, [])))[:_MOST_CONSTANTS]
        if kind == "text" and self._is_mixed(root):  # an engine casts it, or fails: numbers then
            numbers = [str(n) for n in (*constants, *range(1, keys + 2)) if str(n).isdigit()]
            return tuple(dict.fromkeys(numbers))
        if root in self.joined:
            if kind in ("int", "num", "real"):
                near = values.pool(kind, constants, 0)
                small = tuple(values.coerce(kind, n) for n in range(1, keys + 1))
                return tuple(dict.fromkeys((*near, *small)))
            found = values.pool(kind, constants, min(keys, 3))
            if kind == "text" and self._folds:  # or else texts that differ by case would never meet
                found = (*found, *(text.swapcase() for text in found if isinstance(text, str)))
            return tuple(dict.fromkeys(found))
        found = values.pool(kind, constants, 2 if constants else 4)
        if kind == "text" and not constants:
            found = (*found, *self._loose[:4])
        if kind == "text" and self._trims:  # or else TRIM would have nothing to do
            texts = [text for text in (*constants, "a", "B") if isinstance(text, str)][:2]
            found = (*found, *(f" {text}" for text in texts), *(f"{text} " for text in texts))
        return found


def _told_apart(readings: Sequence[Reading]) -> list[tuple[Column, list[Value]]]:
    """Constants by column, first those that only one of the queries names: there they differ."""
    found: list[tuple[Column, list[Value]]] = []
    columns = list(dict.fromkeys(column for reading in readings for column in reading.constants))
    for column in columns:
        lists = [reading.constants.get(column, []) for reading in readings]
        if len(lists) == 2:
            alone = [v for v in lists[0] if v not in lists[1]]
            alone += [v for v in lists[1] if v not in lists[0]]
            found.append((column, alone))
        found += [(column, values_) for values_ in lists]
    return found
