"""A scratch engine in memory, where queries run on witnesses: the user's tables stay untouched.

SQLite answers for its own dialect, DuckDB for its own and, translated, for PostgreSQL and MySQL.
For those SQLite searches first, because it is some thirty times faster on a few rows.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlwright.engines.reading import deadline, first_line
from sqlwright.engines.sampling import quoted
from sqlwright.errors import DatabaseError, QueryTimeout
from sqlwright.schema import Table, kind_of
from sqlwright.verify.sqlite_functions import add_functions, add_opaque
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness

Row = tuple[Any, ...]


class Scratch(Protocol):
    """An empty database in memory that witnesses are loaded into, one after the other."""

    name: str
    dialect: str
    opaque: list[str]  # functions that it does not have and took for unknown ones

    def load(self, witness: Witness) -> None:
        """Put the witness's rows in the place of those that were there."""

    def run(self, text: str, seconds: float) -> list[Row]:
        """All rows of the query.

        Raises:
            DatabaseError: if the engine refuses the text.
            QueryTimeout: if it takes longer.
        """

    def close(self) -> None:
        """Drop the database."""


#: Scratch engines in memory for a dialect, the truest first.
ENGINES = {
    "sqlite": ("sqlite",),
    "duckdb": ("duckdb", "sqlite"),
    "postgres": ("duckdb", "sqlite"),
    "mysql": ("duckdb", "sqlite"),
}


def open_scratch(engine: str, tables: Sequence[Table], dialect: str) -> Scratch:
    """A scratch database of the engine with these tables, empty."""
    return _Sqlite(tables, dialect) if engine == "sqlite" else _Duckdb(tables, dialect)


def _quoted(name: str) -> str:
    return quoted(name.lower())


def _create(table: Table, type_of: Callable[[str], str]) -> str:
    # keys are not declared: the witness keeps them, and without them loading is faster
    columns = ", ".join(f"{_quoted(c.name)} {type_of(c.type)}" for c in table.columns)
    return f"CREATE TABLE {_quoted(table.name)} ({columns})"


_SQLITE_TYPES = {
    "int": "INTEGER",
    "num": "REAL",  # NUMERIC would keep 2.0 as an integer, and 2 / 4 is 0
    "real": "REAL",
    "bool": "INTEGER",
}
_ROW_LIMIT = 20_000  # a tiny database that returns more says nothing that fewer rows would not


class _Sqlite:
    name = "SQLite"
    dialect = "sqlite"

    def __init__(self, tables: Sequence[Table], dialect: str) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # no file can be reached
        if dialect in ("postgres", "duckdb"):
            self._connection.execute("PRAGMA case_sensitive_like = ON")
        add_functions(self._connection)
        self.opaque: list[str] = []
        self._stop = 0.0
        self._connection.set_progress_handler(lambda: time.monotonic() > self._stop, 10_000)
        self._loaded: dict[str, Sequence[Row]] = {}
        for table in tables:
            declared = _create(
                table,
                # its own declared types: SQLite's comparisons depend on a column's affinity
                (lambda t: t)
                if dialect == "sqlite"
                else lambda t: _SQLITE_TYPES.get(kind_of(t), "TEXT"),
            )
            self._connection.execute(declared)

    def load(self, witness: Witness) -> None:
        run = self._connection
        self._stop = time.monotonic() + 60
        run.execute("BEGIN")
        for table, rows in zip(witness.tables, witness.rows, strict=True):
            before = self._loaded.get(table.name, ())
            if before is rows:
                continue  # as it was: most witnesses of a search differ in one table
            name, number = _quoted(table.name), _number_of_rows(table)
            same = _shared(before, rows) if number else 0
            run.execute(f"DELETE FROM {name}" + (f" WHERE {number} > {same}" if same else ""))
            if rows:
                marks = ", ".join("?" * len(table.columns))
                run.executemany(f"INSERT INTO {name} VALUES ({marks})", rows[same:])
            self._loaded[table.name] = rows
        run.execute("COMMIT")

    def run(self, text: str, seconds: float) -> list[Row]:
        self._stop = time.monotonic() + seconds
        for _ in range(_MOST_OPAQUE):
            try:
                return self._connection.execute(text).fetchmany(_ROW_LIMIT)
            except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
                if time.monotonic() > self._stop:
                    raise QueryTimeout(f"not finished within {seconds:g} s") from None
                if "user-defined aggregate" in str(error):  # only a scalar subquery's fails
                    raise DatabaseError("More than one row returned by a subquery") from None
                _, found, name = str(error).partition("no such function: ")
                if not found or name.lower() in self.opaque:
                    raise DatabaseError(first_line(error)) from None
                add_opaque(self._connection, name)
                self.opaque.append(name.lower())
        raise DatabaseError(f"more than {_MOST_OPAQUE} functions that SQLite does not have")

    def close(self) -> None:
        self._connection.close()


def _number_of_rows(table: Table) -> str | None:
    """A name for SQLite's own number of a row, from 1 on; None where columns have all of them."""
    taken = {column.name.lower() for column in table.columns}
    return next((name for name in ("rowid", "_rowid_", "oid") if name not in taken), None)


def _shared(before: Sequence[Row], rows: Sequence[Row]) -> int:
    """How many rows at the beginning are the very ones that are there, where these are many."""
    if min(len(before), len(rows)) < _MANY_ROWS:
        return 0
    pairs = enumerate(zip(before, rows, strict=False))
    return next((n for n, (old, new) in pairs if old is not new), min(len(before), len(rows)))


_MANY_ROWS = 500
_MOST_OPAQUE = 5
_DUCKDB_TYPES = {
    "int": "BIGINT",
    "num": "DECIMAL(18, 4)",
    "real": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
}


class _Duckdb:
    name = "DuckDB"
    dialect = "duckdb"

    def __init__(self, tables: Sequence[Table], dialect: str) -> None:
        import duckdb

        self._error = duckdb.Error
        self.opaque: list[str] = []
        self._loaded: dict[str, object] = {}
        self._connection = duckdb.connect(
            ":memory:", config={"threads": 1, "enable_external_access": "false"}
        )
        for table in tables:
            self._connection.execute(
                _create(table, lambda t: _DUCKDB_TYPES.get(kind_of(t), "VARCHAR"))
            )

    def load(self, witness: Witness) -> None:
        statements = []
        crowds = []
        for table, rows in zip(witness.tables, witness.rows, strict=True):
            if self._loaded.get(table.name) is rows:
                continue
            self._loaded[table.name] = rows
            statements.append(f"DELETE FROM {_quoted(table.name)}")
            if len(rows) > _MANY_ROWS:
                crowds.append((_quoted(table.name), rows))
            elif rows:
                values = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
                statements.append(f"INSERT INTO {_quoted(table.name)} VALUES {values}")
        if not statements:
            return
        try:
            self._connection.execute("BEGIN; " + "; ".join(statements))
            for name, rows in crowds:
                self._connection.execute(*_insert_many(name, rows))
            self._connection.execute("COMMIT")
        except self._error as error:
            self._loaded.clear()
            self._connection.execute("ROLLBACK")
            raise DatabaseError(first_line(error)) from None

    def run(self, text: str, seconds: float) -> list[Row]:
        with deadline(seconds, self._connection.interrupt) as fired:
            try:
                return self._connection.execute(text).fetchmany(_ROW_LIMIT)
            except self._error as error:
                if fired.is_set():
                    raise QueryTimeout(f"not finished within {seconds:g} s") from None
                raise DatabaseError(first_line(error)) from None

    def close(self) -> None:
        self._connection.close()


def _insert_many(name: str, rows: Sequence[Row]) -> tuple[str, list[list[Value]]]:
    """Text and parameters that insert column by column: where a value never changes, it once."""
    items, lists = [], []
    for column in zip(*rows, strict=True):
        if all(value is column[0] for value in column):
            items.append(_literal(column[0]))
        else:
            items.append("unnest(?)")
            lists.append(list(column))
    if not lists:
        items[0] = "unnest(?)"
        lists = [[row[0] for row in rows]]
    return f"INSERT INTO {name} SELECT {', '.join(items)}", lists


def _literal(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + value.replace("'", "''") + "'"
