"""A counterexample: the smallest witness found on which two queries differ, with both results."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from sqlwright.verify.results import plain
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A small table to show: a name, its columns, its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def as_dict(self) -> dict[str, Any]:
        """The table as JSON types."""
        return {
            "name": self.name,
            "columns": list(self.columns),
            "rows": [list(map(plain, row)) for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Tables with the columns that the queries read, and what each query returns from them."""

    tables: tuple[Shown, ...]
    original: Shown
    proposal: Shown
    engine: str

    def as_dict(self) -> dict[str, Any]:
        """The counterexample as JSON types."""
        return {
            "engine": self.engine,
            "tables": [table.as_dict() for table in self.tables],
            "original": self.original.as_dict(),
            "proposal": self.proposal.as_dict(),
        }


def shrink(witness: Witness, differs: Callable[[Witness], bool], seconds: float) -> Witness:
    """The witness with as many rows taken away as can be while the queries still differ.

    Rows go one by one, over and over, until none can go or the time is up; a row that another one
    refers to stays.
    """
    stop = time.monotonic() + seconds
    current, changed = witness, True
    while changed:
        changed = False
        for number in range(len(current.tables)):
            position = 0
            while position < len(current.rows[number]):
                if time.monotonic() > stop:
                    return current
                smaller = _without(current, number, position)
                if _keeps_references(smaller) and differs(smaller):
                    current, changed = smaller, True
                else:
                    position += 1
    return current


def _without(witness: Witness, number: int, position: int) -> Witness:
    rows = list(witness.rows)
    rows[number] = rows[number][:position] + rows[number][position + 1 :]
    return Witness(witness.tables, tuple(rows))


def _keeps_references(witness: Witness) -> bool:
    """Does every foreign key between the witness's tables find its row?"""
    columns = {
        table.name.lower(): [column.name.lower() for column in table.columns]
        for table in witness.tables
    }
    rows = dict(zip(columns, witness.rows, strict=True))
    for table in witness.tables:
        for key in table.foreign_keys:
            target = key.table.lower()
            if target not in columns:
                continue
            own = _project(rows[table.name.lower()], columns[table.name.lower()], key.columns)
            there = set(_project(rows[target], columns[target], key.references))
            if any(None not in value and value not in there for value in own):
                return False
    return True


def _project(
    rows: Sequence[tuple[Value, ...]], columns: list[str], names: Sequence[str]
) -> list[tuple[Value, ...]]:
    positions = [columns.index(name.lower()) for name in names]
    return [tuple(row[position] for position in positions) for row in rows]


def describe(
    witness: Witness,
    original: exp.Query,
    proposal: exp.Query,
    outputs: tuple[list[Row], list[Row]],
    engine: str,
) -> Counterexample:
    """The counterexample to show: keys, and the columns that a query does more with than show."""
    used = {name for query in (original, proposal) for name in _deciding(query)}
    tables = []
    for table, rows in zip(witness.tables, witness.rows, strict=True):
        names = [column.name for column in table.columns]
        kept = [i for i, name in enumerate(names) if name.lower() in used] or list(
            range(len(names))
        )
        shown = tuple(tuple(row[i] for i in kept) for row in rows)
        tables.append(Shown(table.name, tuple(names[i] for i in kept), shown))
    return Counterexample(
        tuple(tables),
        Shown("original", _names(original), tuple(outputs[0])),
        Shown("proposal", _names(proposal), tuple(outputs[1])),
        engine,
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
    return every if len(every) <= 8 else deciding


def _names(query: exp.Query) -> tuple[str, ...]:
    return tuple(query.named_selects)
