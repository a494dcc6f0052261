"""What an engine is asked so that it compares two results itself: counts, hashes, a few rows.

Every question is one statement that holds both queries, so that both see one snapshot of the data.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from sqlwright.database import Database
from sqlwright.engines import row_keys
from sqlwright.engines.reading import Row
from sqlwright.errors import QueryTimeout
from sqlwright.verify.cuts import is_cut

_SIDES = ("sqlwright_original", "sqlwright_proposed")


@dataclass(frozen=True, slots=True)
class Total:
    """One result: how many rows, how many of them could be hashed, and the sums of the hashes."""

    rows: int
    hashed: int
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Excess:
    """Rows that look alike and that one result holds `count` times more often than the other."""

    key: str
    count: int
    floats: tuple[Any, ...]  # the least value of each float column, with all its digits

    def values(self) -> Row:
        """The row, its floats to nine digits."""
        return tuple(row_keys.read_key(self.key))


class Bags:
    """The results of two queries on one database, as bags of rows.

    Attributes:
        names: the output columns of both.
        kinds: how each column is written, for both.
    """

    def __init__(
        self, database: Database, pair: tuple[exp.Query, exp.Query], stop: float, max_rows: int
    ) -> None:
        self._database = database
        self._pair = tuple(map(_unordered, pair))
        self._stop = stop
        self._max_rows = max_rows
        self.names: list[tuple[str, ...]] = []
        self.kinds: list[list[str]] = []

    def describe(self, side: int) -> None:
        """Read the output columns of one of the queries."""
        query = self._pair[side]
        fields = self._database.describe(query, seconds=self._left())
        self.names.append(tuple(field.name for field in fields))
        kinds = [field.kind for field in fields]
        if any(query.find(exp.Collate) for query in self._pair):
            kinds = ["folded" if kind == "text" else kind for kind in kinds]
        self.kinds.append(kinds)

    def settle_kinds(self) -> None:
        """Write columns of two types so that equal values look alike."""
        pairs = [row_keys.meet(one, other) for one, other in zip(*self.kinds, strict=True)]
        self.kinds = [[one for one, _ in pairs], [other for _, other in pairs]]

    def floats(self) -> list[int]:
        """The positions of columns that hold floats."""
        return [n for n, kind in enumerate(self.kinds[0]) if row_keys.is_float(kind)]

    def are_soft(self) -> bool:
        """Is there a column in which two right answers may differ a little?"""
        return any(map(row_keys.is_soft, self.kinds[0]))

    def learn_floats(self) -> bool:
        """Note which columns of SQLite hold a float; False where nothing new was learned.

        Its columns have no type of their own, and looking at each value costs a run.
        """
        untyped = [n for n, kind in enumerate(self.kinds[0]) if kind in ("any", "folding")]
        if not untyped:
            return False

        def select(side: int) -> str:
            tests = ", ".join(f"MAX(typeof({self._column(side, n)}) = 'real')" for n in untyped)
            return f"SELECT {tests} FROM {_SIDES[side]}"

        rows = self._run((0, 1), select)
        learned = {n for row in rows for n, test in zip(untyped, row, strict=True) if test}
        for n in learned:
            self.kinds[0][n] = self.kinds[1][n] = "float"
        return bool(learned)

    def totals(self, *sides: int, loose: bool = False) -> list[Total]:
        """Counts and hashes of the results named."""
        dialect = self._database.dialect
        hashes = ", ".join(row_keys.sums(dialect, "k"))

        def select(side: int) -> str:
            key = self._key(side, loose)
            if dialect == "mysql":
                key = row_keys.digest(dialect, key)  # once, and not once for each sum
            return (
                f"SELECT {side}, COUNT(*), COUNT(k), {hashes} FROM"
                f" (SELECT {key} AS k FROM {_SIDES[side]} LIMIT {self._max_rows + 1}) AS limited"
            )

        rows = sorted(self._run(sides, select), key=lambda row: int(row[0]))
        return [Total(int(row[1]), int(row[2]), tuple(map(str, row[3:]))) for row in rows]

    def excesses(self, most: int) -> tuple[list[Excess], list[Excess]]:
        """What each result holds more often than the other, at most `most` kinds of rows each."""
        signed, floats = self._signed(loose=False)
        lowest = "".join(f", MIN({name})" for name in floats)
        found = []
        for more in (">", "<"):
            text = (
                f"SELECT MIN(k), ABS(SUM(s)){lowest} FROM ({signed}) AS signed"
                f" GROUP BY g HAVING SUM(s) {more} 0 LIMIT {most}"
            )
            rows = self._run((0, 1), text, most)
            found.append([Excess(str(row[0]), int(row[1]), row[2:]) for row in rows])
        return found[0], found[1]

    def are_floats_apart(self) -> bool:
        """Does some group of rows, alike but for floats, differ in its least or greatest float?

        Groups whose rows pair off within a tolerance agree in both within the same tolerance.
        """
        signed, floats = self._signed(loose=True)
        tests = []
        for name in floats:
            one, other = (f"CASE WHEN s = {sign} THEN {name} END" for sign in (1, -1))
            tests.append(f"COUNT({one}) <> COUNT({other})")
            for edge in ("MIN", "MAX"):
                a, b = f"{edge}({one})", f"{edge}({other})"
                gap = f"ABS({a} - {b})"
                # NaN and infinity equal themselves, but their gap is no number
                tests.append(
                    f"({a} <> {b} AND {gap} > 1e-9 AND {gap} > 1e-7 * (ABS({a}) + ABS({b})))"
                )
        having = " OR ".join(tests)
        text = f"SELECT MIN(k) FROM ({signed}) AS signed GROUP BY g HAVING {having} LIMIT 1"
        return bool(tests and self._run((0, 1), text, 1))

    def _signed(self, loose: bool) -> tuple[str, list[str]]:
        """SQL of all rows: s is 1 or -1 by side, k the key, g its digest, f... the floats."""
        dialect = self._database.dialect
        parts = []
        for side, sign in ((0, 1), (1, -1)):
            key = self._key(side, loose)
            values = [f"{sign} AS s", f"{key} AS k"]
            for n in self.floats():
                kind = self.kinds[side][n]
                values.append(f"{row_keys.number(dialect, self._column(side, n), kind)} AS f{n}")
            parts.append(f"SELECT {', '.join(values)} FROM {_SIDES[side]}")
        rows = " UNION ALL ".join(parts)
        text = f"SELECT keyed.*, {row_keys.digest(dialect, 'k')} AS g FROM ({rows}) AS keyed"
        return text, [f"f{n}" for n in self.floats()]

    def _column(self, side: int, number: int) -> str:
        if self._is_renamed(side):
            return f"c{number + 1}"
        return "`" + self.names[side][number].replace("`", "``") + "`"

    def _is_renamed(self, side: int) -> bool:
        """Are the columns given names of ours?

        MariaDB cannot where the ORDER BY of a UNION names one; two of one name need it.
        """
        query = self._pair[side]
        is_odd = isinstance(query, exp.SetOperation) and query.args.get("order") is not None
        names = {name.lower() for name in self.names[side]}
        is_mysql = self._database.dialect == "mysql"
        return not (is_mysql and is_odd and len(names) == len(self.names[side]))

    def _key(self, side: int, loose: bool = False) -> str:
        columns = [(self._column(side, n), kind) for n, kind in enumerate(self.kinds[side])]
        return row_keys.key(self._database.dialect, columns, loose=loose)

    def _left(self) -> float:
        left = self._stop - time.monotonic()
        if left <= 0:
            raise QueryTimeout("no time is left")
        return left

    def _run(
        self, sides: Sequence[int], select: Callable[[int], str] | str, most: int = 10
    ) -> tuple[Row, ...]:
        """The rows of `select`, one for each side or one text that reads both."""

        def wrap(*texts: str) -> str:
            results = []
            for side, text in zip(sides, texts, strict=True):
                names = ", ".join(f"c{n + 1}" for n in range(len(self.names[side])))
                names = f" ({names})" if self._is_renamed(side) else ""
                results.append(f"{_SIDES[side]}{names} AS ({text})")
            selects = [select] if isinstance(select, str) else map(select, sides)
            return f"WITH {', '.join(results)} {' UNION ALL '.join(selects)}"

        queries = [self._pair[side] for side in sides]
        found = self._database.rows_around(queries, wrap, seconds=self._left(), max_rows=most)
        return found.rows


def _unordered(query: exp.Query) -> exp.Query:
    """The query without an ORDER BY that only sorts: sorting takes time, and order is no matter."""
    if is_cut(query):
        return query
    copy = query.copy()
    if not (isinstance(copy, exp.Select) and copy.args.get("distinct") and _has_on(copy)):
        copy.set("order", None)
    return copy


def _has_on(query: exp.Select) -> bool:
    return query.args["distinct"].args.get("on") is not None  # which row it keeps, ORDER BY says
