"""Where texts are tried: a user's database, read-only, or an empty scratch database in memory.

A user's engine only ever gets a query that was read and written again (`database.Database`). What
the text itself would meet there is asked of an empty database of the same engine, in memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from sqlwright import sql
from sqlwright.database import Database
from sqlwright.engines.reading import deadline, first_line
from sqlwright.engines.sampling import quoted
from sqlwright.errors import DatabaseError
from sqlwright.schema import Schema, Table, kind_of

_SECONDS = 5.0
_MOST_TABLES = 120  # to make them all takes a tenth of a second
#: Engines that read the raw text of their own dialect.
_RAW = ("sqlite", "duckdb")
NAMES = {"sqlite": "SQLite", "duckdb": "DuckDB", "postgres": "PostgreSQL", "mysql": "MySQL"}


class Ground:
    """Says why a text does not run; holds connections until it is closed.

    Attributes:
        dialect: of the texts.
        schema: what they may name; None where nothing is known.
        tried_on: the engine that has the last word, for people, and in Russian; "" for none.
    """

    def __init__(self, schema: Schema | None, dialect: str, database: Database | None) -> None:
        self.schema, self.dialect, self.database = schema, dialect, database
        self.tried_on, self.tried_on_ru = self._labels()
        self._raw: dict[tuple[str, ...], Any] = {}
        self._known: dict[str, str | None] = {}

    def _labels(self) -> tuple[str, str]:
        if self.database is not None:
            return self.database.label, self.database.label
        if self.schema is None:
            return "", ""
        name = NAMES[self.dialect]
        if self.dialect in _RAW:
            return (
                f"an empty {name} database with the schema",
                f"пустая база {name} с этой схемой",
            )
        return (
            f"an empty DuckDB database with the schema, in {name}'s place",
            f"пустая база DuckDB с этой схемой, вместо {name}",
        )

    def why_refused(self, text: str, query: exp.Query) -> str | None:
        """What the engine says against the text, or None; the query is the text, read."""
        if text not in self._known:
            self._known[text] = self._refusal(text, query)
        return self._known[text]

    def _refusal(self, text: str, query: exp.Query) -> str | None:
        written = None
        if self.database is not None:
            try:
                self.database.plan(query, seconds=_SECONDS)
            except DatabaseError as error:
                return re.sub(r"^\w+ refused the query: ", "", str(error))
            except SqlglotError as error:
                return first_line(error)
            written = sql.write(query, self.dialect)
        if self.schema is None or self.dialect not in _RAW:
            return self._stand_in(query) if self.database is None else None
        raw = self._explain(text, query)
        if raw is not None and written is not None and self._explain(written, query) is not None:
            return None  # the scratch database lacks what the user's has
        return raw

    def _stand_in(self, query: exp.Query) -> str | None:
        """What DuckDB says in another engine's place, where that tells of the query itself."""
        if self.schema is None:
            return None
        try:
            text = query.sql("duckdb", comments=False, unsupported_level=ErrorLevel.IGNORE)
        except (SqlglotError, ValueError):
            return None
        refusal = self._explain(text, query)
        if refusal is None or _TELLING.search(refusal):
            return refusal
        strict = self.dialect == "postgres" and _MIXED.search(refusal)
        return refusal if strict else None

    def _explain(self, text: str, query: exp.Query) -> str | None:
        assert self.schema is not None
        tables = self.schema.tables
        if len(tables) > _MOST_TABLES:
            tables = sql.tables_of(query, self.schema)
        engine = "sqlite" if self.dialect == "sqlite" else "duckdb"
        key = tuple(table.name for table in tables)
        if key not in self._raw:
            self._raw[key] = _open_raw(engine, tables)
        return str(why) if (why := _ask(self._raw[key], text, engine)) is not None else None

    def close(self) -> None:
        """Close the scratch databases; the user's database stays open."""
        for connection in self._raw.values():
            connection.close()
        self._raw.clear()


# what another engine would say as well; MySQL compares values of all types
_TELLING = re.compile(
    r"GROUP BY|aggregate|window function|number of result columns|not found in FROM"
    r"|Ambiguous reference|does not have a column|Referenced table|Duplicate alias"
)

# DuckDB's words for what PostgreSQL refuses too
_MIXED = re.compile(
    r"Cannot compare values of type (VARCHAR|DATE|TIMESTAMP)\S* and type (INTEGER|BIGINT|DECIMAL)"
    r"|Cannot compare values of type (INTEGER|BIGINT|DECIMAL)\S* and type (VARCHAR|DATE|TIMESTAMP)"
)


def open_ground(schema: Schema | None, dialect: str, database: Database | None = None) -> Ground:
    """The ground for texts of the dialect; close it after use."""
    if database is not None and schema is None:
        schema = database.schema
    return Ground(schema, dialect, database)


def _open_raw(engine: str, tables: Sequence[Table]) -> Any:
    """A connection to an empty database in memory with the tables, that reaches no file."""
    if engine == "sqlite":
        import sqlite3

        lite = sqlite3.connect(":memory:", isolation_level=None)
        lite.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for table in tables:
            plain = tuple(_SQLITE_TYPES.get(kind_of(c.type), "TEXT") for c in table.columns)
            for types in (tuple(c.type for c in table.columns), plain):
                with suppress(sqlite3.Error):
                    lite.execute(_create(table, types))
                    break
        return lite
    import duckdb

    duck = duckdb.connect(":memory:", config={"threads": 1, "enable_external_access": "false"})
    # what is refused is refused before; the order of 300 joins would take minutes, and no stop
    duck.execute("PRAGMA disable_optimizer")
    for table in tables:
        plain = tuple(_DUCKDB_TYPES.get(kind_of(c.type), "VARCHAR") for c in table.columns)
        duck.execute(_create(table, plain))
    return duck


def _create(table: Table, types: Sequence[str]) -> str:
    columns = ", ".join(
        f"{quoted(column.name)} {kind}" for column, kind in zip(table.columns, types, strict=True)
    )
    return f"CREATE TABLE {quoted(table.name)} ({columns})"


def _ask(connection: Any, text: str, engine: str) -> str | None:
    """What the engine says when it is asked for its plan of the text; nothing runs."""
    text = f"EXPLAIN {text.strip().removesuffix(';')}"
    if engine == "sqlite":
        import sqlite3

        try:
            connection.execute(text).fetchall()
        except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
            return first_line(error)
        return None
    import duckdb

    with deadline(_SECONDS, connection.interrupt):
        try:
            connection.execute(text).fetchall()
        except duckdb.Error as error:
            return first_line(error)
    return None


_SQLITE_TYPES = {"int": "INTEGER", "num": "NUMERIC", "real": "REAL", "bool": "INTEGER"}
_DUCKDB_TYPES = {
    "int": "BIGINT",
    "num": "DECIMAL(18, 4)",
    "real": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
}
