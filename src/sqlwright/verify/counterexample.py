"""A counterexample: the smallest witness found on which two queries differ, with both results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from sqlwright.schema import Table
from sqlwright.verify.results import plain
from sqlwright.verify.script import write_script
from sqlwright.verify.shrink import columns_read
from sqlwright.verify.witness import Witness

Row = tuple[Any, ...]
_MANY = 8  # columns, beyond which those that are only handed through are not the point


@dataclass(frozen=True, slots=True)
class Shown:
    """A small table to show: a name, its columns, its rows.

    Attributes:
        telling: positions of the columns to show first, where not all can be shown.
        differing: cells (row, column) that the other query's result does not have.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    telling: tuple[int, ...] = ()
    differing: tuple[tuple[int, int], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The table as JSON types."""
        return {
            "name": self.name,
            "columns": list(self.columns),
            "rows": [list(map(plain, row)) for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Tables with the columns that the queries read, and what each query returns from them.

    Attributes:
        schema: the tables as declared, with the columns that are shown.
        queries: both, bound, as texts of the dialect.
    """

    tables: tuple[Shown, ...]
    original: Shown
    proposal: Shown
    engine: str
    dialect: str
    schema: tuple[Table, ...]
    queries: tuple[str, str]

    def script(self, dialect: str | None = None) -> str:
        """SQL that makes the tables, runs both queries and says what each returned here.

        Args:
            dialect: of the script; the queries' own where None.
        """
        return write_script(
            [(table, shown.rows) for table, shown in zip(self.schema, self.tables, strict=True)],
            self.queries,
            (
                (self.original.columns, self.original.rows),
                (self.proposal.columns, self.proposal.rows),
            ),
            self.engine,
            self.dialect,
            dialect or self.dialect,
        )

    def as_dict(self) -> dict[str, Any]:
        """The counterexample as JSON types."""
        return {
            "engine": self.engine,
            "tables": [table.as_dict() for table in self.tables],
            "original": self.original.as_dict(),
            "proposal": self.proposal.as_dict(),
            "script": self.script(),
        }


def describe(
    witness: Witness,
    original: exp.Query,
    proposal: exp.Query,
    outputs: tuple[list[Row], list[Row]],
    engine: str,
    dialect: str,
) -> Counterexample:
    """The counterexample to show: the columns that a query reads, and what each returned.

    Args:
        original: bound, as the proposal is.
        outputs: the rows of each.
        engine: where they ran.
        dialect: of the queries.
    """
    read = columns_read((original, proposal), witness.tables)
    deciding = {name for query in (original, proposal) for name in _deciding(query)}
    tables, declared = [], []
    for number, (table, rows) in enumerate(zip(witness.tables, witness.rows, strict=True)):
        kept = _kept(table, rows, [column for found, column in read if found == number])
        names = tuple(table.columns[i].name for i in kept)
        shown = tuple(tuple(row[i] for i in kept) for row in rows)
        telling = tuple(i for i, name in enumerate(names) if name.lower() in deciding)
        tables.append(Shown(table.name, names, shown, telling))
        declared.append(_narrowed(table, kept))
    cells = _differing(*outputs)
    results = [
        Shown(name, tuple(query.named_selects), tuple(rows), _columns(found), found)
        for name, query, rows, found in zip(
            ("original", "proposal"), (original, proposal), outputs, cells, strict=True
        )
    ]
    # quoted, or else a name that is a word of SQL could not be read again
    first_text, second_text = (
        query.sql(dialect=dialect, identify=True, comments=False) for query in (original, proposal)
    )
    first, second = results
    texts = (first_text, second_text)
    return Counterexample(tuple(tables), first, second, engine, dialect, tuple(declared), texts)


def _kept(table: Table, rows: Sequence[Row], read: list[int]) -> list[int]:
    """The columns to show: those read, and the primary key where rows would look alike."""
    names = [column.name.lower() for column in table.columns]
    key = [names.index(name.lower()) for name in table.primary_key if name.lower() in names]
    if len({tuple(row[i] for i in read) for row in rows}) < len(rows) or not read:
        return sorted({*read, *key}) or [0]
    return read


def _narrowed(table: Table, kept: Sequence[int]) -> Table:
    """The table with some of its columns, and the keys that lie in them."""
    names = {table.columns[i].name.lower() for i in kept}

    def inside(columns: Sequence[str]) -> bool:
        return all(name.lower() in names for name in columns)

    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        primary_key=table.primary_key if inside(table.primary_key) else (),
        unique=tuple(filter(inside, table.unique)),
        foreign_keys=tuple(key for key in table.foreign_keys if inside(key.columns)),
        indexes=tuple(index for index in table.indexes if inside(index.columns)),
        checks=(),  # the rows keep them; their texts may name columns that are left out
    )


def _deciding(query: exp.Query) -> set[str]:
    """Names of columns, but for those that are only selected as they are, when there are many."""
    every = {column.name.lower() for column in query.find_all(exp.Column)}
    plain_columns = {item.unalias() for item in query.selects}
    deciding = {
        column.name.lower()
        for column in query.find_all(exp.Column)
        if column not in plain_columns or column.find_ancestor(exp.Where, exp.Join, exp.Group)
    }
    return every if len(every) <= _MANY else deciding


Cells = tuple[tuple[int, int], ...]


def _differing(first: Sequence[Row], second: Sequence[Row]) -> tuple[Cells, Cells]:
    """The cells of each result that the other one does not have.

    A row without its like is held against the row of the other side that is nearest to it; where
    both hold the same rows in another order, against the row in its place.
    """
    left, right = ([tuple(map(plain, row)) for row in rows] for rows in (first, second))
    over, under = Counter(left) - Counter(right), Counter(right) - Counter(left)
    if not over and not under:
        pairs = [(i, i) for i in range(len(left)) if left[i] != right[i]]
    else:
        pairs = _nearest(left, right, _picked(left, over), _picked(right, under))
    marked: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for one, other in pairs:
        a, b = (left[one] if one >= 0 else ()), (right[other] if other >= 0 else ())
        marked[0].extend((one, i) for i, v in enumerate(a) if i >= len(b) or b[i] != v)
        marked[1].extend((other, i) for i, v in enumerate(b) if i >= len(a) or a[i] != v)
    return tuple(marked[0]), tuple(marked[1])


def _picked(rows: Sequence[Row], wanted: Counter[Row]) -> list[int]:
    """Positions of the rows that the other side lacks; of like rows the last ones."""
    left = Counter(wanted)
    found = []
    for position in range(len(rows) - 1, -1, -1):
        if left[rows[position]] > 0:
            left[rows[position]] -= 1
            found.append(position)
    return found[::-1]


def _nearest(
    left: Sequence[Row], right: Sequence[Row], over: list[int], under: list[int]
) -> list[tuple[int, int]]:
    """Pairs of positions with the most equal cells; -1 stands for no row."""
    pairs, free = [], list(under)
    for one in over:
        alike = {o: sum(a == b for a, b in zip(left[one], right[o], strict=False)) for o in free}
        other = max(alike, key=lambda o: alike[o], default=-1)
        if other >= 0:
            free.remove(other)
        pairs.append((one, other))
    return [*pairs, *((-1, other) for other in free)]


def _columns(cells: Cells) -> tuple[int, ...]:
    return tuple(sorted({column for _, column in cells}))
