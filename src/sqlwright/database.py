"""The only door to a user's database: read-only, one query at a time, with a time and a row limit.

Each engine is refused everything but reading at three depths: the tree (`sql.why_not_read_only`),
the connection (read-only mode, an authorizer, locked settings) and the transaction (read-only,
rolled back). Passwords stay inside the driver: no label, error or log holds one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlglot import exp

from sqlwright import sql
from sqlwright.engines.duckdb import Duckdb
from sqlwright.engines.mysql import open_mysql
from sqlwright.engines.postgres import open_postgres
from sqlwright.engines.reading import Engine, Field, Rows
from sqlwright.engines.sqlite import Sqlite
from sqlwright.errors import DatabaseError, SqlError, UsageError
from sqlwright.schema import Facts, Schema

if TYPE_CHECKING:
    from sqlalchemy.engine import URL


class Database:
    """One open connection to a user's database, which only reads.

    Attributes:
        dialect: the dialect of its queries, as `sql.DIALECTS` names it.
        label: how to name it to a person, without a password.
        name: its own name, without where it is.
    """

    def __init__(self, engine: Engine, label: str, name: str = "") -> None:
        self._engine = engine
        self.dialect = engine.dialect
        self.label = label
        self.name = name

    @cached_property
    def schema(self) -> Schema:
        """The tables, columns, keys, indexes, comments and row counts."""
        schema = self._engine.read_schema()
        if not schema.tables:
            raise DatabaseError(f"{self.label} has no tables that can be read: check the address")
        return schema

    def facts(
        self, schema: Schema | None = None, *, values: bool = True, seconds: float = 60.0
    ) -> Facts:
        """What it tells of its columns' values, its views and its routines, beside the schema.

        From the engine's own statistics where it keeps them, else from a bounded sample of rows.

        Args:
            schema: the columns that may be read; those of `self.schema` where None.
            values: also the frequent values of columns that have few.
            seconds: for all tables together; `Facts.unread` names those that were not reached.

        Raises:
            DatabaseError: if the catalog cannot be read.
        """
        return self._engine.read_facts(schema or self.schema, values, seconds)

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

    def measured_plan(self, query: exp.Query, *, seconds: float = 30.0) -> str:
        """The plan with the rows, loops and time that each step really took.

        The query runs for it, as `rows` would run it, and its rows are dropped. SQLite measures
        nothing: there it is the plan alone, and nothing runs.

        Raises:
            SqlError: if the tree is not one read-only query.
            QueryTimeout: if it does not finish within `seconds`.
            DatabaseError: if the engine refuses it, or cannot measure.
        """
        return self._engine.measure(self._text(query), seconds)

    def describe(self, query: exp.Query, *, seconds: float = 10.0) -> tuple[Field, ...]:
        """The query's output columns; no row is read."""
        empty = query.copy()
        for name in ("offset", "fetch", "order"):
            empty.set(name, None)
        empty.set("limit", exp.Limit(expression=exp.Literal.number(0)))
        return self._engine.describe(self._text(empty), seconds)

    def rows_around(
        self,
        queries: Sequence[exp.Query],
        wrap: Callable[..., str],
        *,
        seconds: float = 30.0,
        max_rows: int = 1000,
    ) -> Rows:
        """The rows of the text that `wrap` makes around the texts of read-only queries.

        Each query is checked and written as `rows` would; `wrap` takes the texts, one an argument,
        and must put each between parentheses.
        """
        text = wrap(*map(self._text, queries))
        return self._engine.fetch(text, seconds, max_rows)

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
        where: `sqlite:///file`, `duckdb:///file`, `postgresql://user@host/name`,
            `mysql://user@host/name` (or mariadb://), or the path of a SQLite or DuckDB file, told
            apart by its first bytes.

    Raises:
        UsageError: if the address names no file or no engine that sqlwright has.
        DatabaseError: if the database cannot be opened.
        MissingExtra: if the engine's driver is not installed.
    """
    if "://" not in where:
        return _connect_file(Path(where))
    url = read_url(where)
    backend = url.get_backend_name()
    if backend in ("sqlite", "duckdb"):
        if not url.database or url.database == ":memory:":
            raise UsageError(f"the address {backend}:// names no file: give {backend}:///path")
        return _connect_file(Path(url.database), backend)
    label = label_of(url)
    if backend in ("postgresql", "postgres"):
        return Database(open_postgres(url, label), label, url.database or "")
    if backend in ("mysql", "mariadb"):
        return Database(open_mysql(url, label), label, url.database or "")
    raise UsageError(f"no engine for {backend}: use sqlite, duckdb, postgresql or mysql")


def read_url(where: str) -> URL:
    """The parts of a SQLAlchemy URL.

    Raises:
        UsageError: if it is none; the sentence does not repeat it, for it may hold a password.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(where)
    except (ArgumentError, ValueError):
        raise UsageError(
            "the database address is not a URL that can be read: give a file path, or a URL such as"
            " postgresql://user@host/name"
        ) from None


def label_of(url: URL) -> str:
    """How to name the address to a person, without a password, wherever one was given."""
    shown = {n: v for n, v in url.query.items() if n in ("host", "port", "unix_socket")}
    return url.set(query=shown).render_as_string(hide_password=True)


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
    return Database(engine, str(path), path.stem)
