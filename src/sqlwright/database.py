"""The only door to a user's database: read-only, one query at a time, with a time and a row limit.

Each engine is refused everything but reading at three depths: the tree (`sql.why_not_read_only`),
the connection (read-only mode, an authorizer, locked settings) and the transaction (read-only,
rolled back). Passwords stay inside the driver: no label, error or log holds one.
"""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlglot import exp

from sqlwright import sql
from sqlwright.engines.duckdb import Duckdb
from sqlwright.engines.postgres import open_postgres
from sqlwright.engines.reading import Engine, Rows
from sqlwright.engines.sqlite import Sqlite
from sqlwright.errors import DatabaseError, SqlError, UsageError
from sqlwright.schema import Schema


class Database:
    """One open connection to a user's database, which only reads.

    Attributes:
        dialect: the dialect of its queries, as `sql.DIALECTS` names it.
        label: how to name it to a person, without a password.
    """

    def __init__(self, engine: Engine, label: str) -> None:
        self._engine = engine
        self.dialect = engine.dialect
        self.label = label

    @cached_property
    def schema(self) -> Schema:
        """The tables, columns, keys, indexes, comments and row counts."""
        schema = self._engine.read_schema()
        if not schema.tables:
            raise DatabaseError(f"{self.label} has no tables that can be read: check the address")
        return schema

    def rows(self, query: exp.Query, *, seconds: float = 30.0, max_rows: int = 1000) -> Rows:
        """The query's first `max_rows` rows.

        Raises:
            SqlError: if the tree is not one read-only query.
            QueryTimeout: if it does not finish within `seconds`.
            DatabaseError: if the engine refuses it.
        """
        return self._engine.fetch(self._text(query), seconds, max_rows)

    def time(self, query: exp.Query, *, seconds: float) -> float:
        """Seconds of wall time that the query takes, all its rows fetched and dropped."""
        text = self._text(query)
        start = time.perf_counter()
        self._engine.fetch(text, seconds, 0)
        return time.perf_counter() - start

    def plan(self, query: exp.Query, *, seconds: float = 10.0) -> str:
        """The engine's plan as text; the query does not run."""
        return self._engine.explain(self._text(query), seconds)

    def _text(self, query: exp.Query) -> str:
        reason = sql.why_not_read_only(query)
        if reason is not None:
            raise SqlError(f"{reason}: only one read-only query is taken")
        return sql.write(query, self.dialect)

    def close(self) -> None:
        """Close the connection."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def connect(where: str) -> Database:
    """Open the database at a SQLAlchemy URL or a file path, read-only.

    Args:
        where: `sqlite:///file`, `duckdb:///file`, `postgresql://user@host/name`, or the path of a
            SQLite or DuckDB file, told apart by its first bytes.

    Raises:
        UsageError: if the address names no file or no engine that sqlwright has.
        DatabaseError: if the database cannot be opened.
        MissingExtra: if the engine's driver is not installed.
    """
    if "://" not in where:
        return _connect_file(Path(where))
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        raise UsageError(
            "the database address is not a URL that can be read: give a file path, or a URL such as"
            " postgresql://user@host/name"
        ) from None
    backend = url.get_backend_name()
    if backend in ("sqlite", "duckdb"):
        if not url.database or url.database == ":memory:":
            raise UsageError(f"the address {backend}:// names no file: give {backend}:///path")
        return _connect_file(Path(url.database), backend)
    if backend in ("postgresql", "postgres"):
        label = url.render_as_string(hide_password=True)
        return Database(open_postgres(url, label), label)
    raise UsageError(f"no engine for {backend}: use sqlite, duckdb or postgresql")


def _connect_file(path: Path, backend: str | None = None) -> Database:
    if not path.is_file():
        raise UsageError(f"{path}: no such database file: check the path, or give a URL")
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise DatabaseError(
            f"{path}: cannot be read ({error.strerror}): check its rights"
        ) from None
    found = "sqlite" if head.startswith(b"SQLite format 3") else None
    found = found or ("duckdb" if head[8:12] == b"DUCK" else None)
    if found is None or backend not in (None, found):
        wanted = backend or "SQLite or DuckDB"
        raise DatabaseError(f"{path}: not a {wanted} database: check the path")
    engine: Engine = Sqlite(path) if found == "sqlite" else Duckdb(path)
    return Database(engine, str(path))
