"""MySQL and MariaDB as engines that only read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot.errors import TokenError

from sqlwright.engines import mysql_catalog
from sqlwright.engines.reading import Engine, Field, Rows, deadline, drain, timeout
from sqlwright.engines.sampling import (
    SAMPLE,
    base_tables,
    first_rows,
    quoted_for_mysql,
    sampled,
    slices,
)
from sqlwright.errors import DatabaseError, MissingExtra
from sqlwright.schema import Facts, Schema, Table, kind_of


def open_mysql(url: Any, label: str) -> Engine:
    """MySQL or MariaDB through pymysql, in a session that only reads."""
    return Mysql(dial_mysql(url, label), url, label)


def dial_mysql(url: Any, label: str, *, many: bool = False) -> Any:
    """A pymysql connection; the password goes from the URL to the driver and nowhere else.

    Args:
        many: let one text hold several statements. Only for texts that hold nothing of a user's.
    """
    try:
        import pymysql
        from pymysql.constants import CLIENT
    except ImportError:
        raise MissingExtra("the MySQL driver", "mysql") from None
    settings = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "database": url.database,
        **{name: url.query.get(name) for name in _SETTINGS},
    }
    try:
        connection = pymysql.connect(
            charset="utf8mb4",
            connect_timeout=10,
            local_infile=False,
            client_flag=CLIENT.MULTI_STATEMENTS if many else 0,
            program_name="sqlwright",
            **{name: value for name, value in settings.items() if value},
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT @@sql_mode")
            modes = str(cursor.fetchone()[0]).split(",")
            kept = ",".join(mode for mode in modes if mode in _MODES)
            cursor.execute("SET SESSION sql_mode = %s", (kept,))
    except (pymysql.Error, OSError, ValueError, RuntimeError) as error:
        # RuntimeError: the server's way to ask for the password needs a package
        why = complaint(error)
        raise DatabaseError(f"{label}: cannot be opened ({why}): check the address") from None
    return connection


_SETTINGS = (
    "unix_socket", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_cert", "ssl_verify_identity",
)  # fmt: skip
# Modes that change what values are taken. Those that change how text is read (ANSI_QUOTES,
# NO_BACKSLASH_ESCAPES, PIPES_AS_CONCAT, ORACLE ...) are dropped, or else the engine would read
# another query than the parser wrote.
_MODES = frozenset(
    (
        "STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "ONLY_FULL_GROUP_BY", "NO_ZERO_DATE",
        "NO_ZERO_IN_DATE", "ERROR_FOR_DIVISION_BY_ZERO", "ALLOW_INVALID_DATES",
        "NO_ENGINE_SUBSTITUTION", "NO_UNSIGNED_SUBTRACTION", "PAD_CHAR_TO_FULL_LENGTH",
        "TIME_TRUNCATE_FRACTIONAL", "TIME_ROUND_FRACTIONAL", "NO_AUTO_VALUE_ON_ZERO",
    )
)  # fmt: skip


def complaint(error: Exception) -> str:
    """The server's complaint in one line, without its number."""
    text = str(error.args[-1] if error.args else "").strip()
    return text.splitlines()[0].rstrip(".") if text else "the connection is lost"


class Mysql:
    """MySQL or MariaDB: one statement in a read-only transaction with limits, then a rollback."""

    dialect = "mysql"

    def __init__(self, connection: Any, url: Any, label: str) -> None:
        self._connection = connection
        self._address = (url, label)
        self._is_mariadb = "mariadb" in connection.get_server_info().lower()

    @contextmanager
    def _reading(self, seconds: float, max_rows: int) -> Iterator[Any]:
        import pymysql
        from pymysql.cursors import SSCursor

        # the server's own limit comes first; the other connection is for what that does not stop
        with deadline(seconds + 1.0, self._kill) as killed:
            cursor = None
            try:
                with self._connection.cursor() as own:
                    for text in self._limits(seconds, max_rows):
                        own.execute(text)
                cursor = self._connection.cursor(SSCursor)  # rows come only when asked for
                yield cursor
            except pymysql.Error as error:
                code = error.args[0] if error.args else 0
                if killed.is_set() or code in _STOPPED:
                    raise timeout(seconds) from None
                raise DatabaseError(
                    f"{self._name()} refused the query: {complaint(error)}"
                ) from None
            finally:
                self._finish(cursor)

    def _name(self) -> str:
        return "MariaDB" if self._is_mariadb else "MySQL"

    def _limits(self, seconds: float, max_rows: int) -> Iterator[str]:
        # MariaDB: START TRANSACTION READ ONLY alone lets DROP TABLE pass, which ends it first
        yield "SET SESSION TRANSACTION READ ONLY"
        yield f"SET SESSION sql_select_limit = {max_rows + 1 if max_rows else 'DEFAULT'}"
        if self._is_mariadb:
            yield f"SET SESSION max_statement_time = {max(0.001, seconds):.3f}"
        else:
            yield f"SET SESSION max_execution_time = {max(1, int(seconds * 1000))}"
        yield "START TRANSACTION READ ONLY"

    def _kill(self) -> None:
        try:
            other = dial_mysql(*self._address)
        except DatabaseError:
            return
        with other, other.cursor() as cursor:
            cursor.execute(f"KILL QUERY {self._connection.thread_id()}")

    def _finish(self, cursor: Any) -> None:
        """Roll back; if the server went away in the midst, the next query dials again."""
        import pymysql

        try:
            self._connection.rollback()
        except pymysql.Error:
            if cursor is not None and cursor._result is not None:
                cursor._result.unbuffered_active = False  # or else it waits for rows for ever
            if self._connection.open:
                self._connection.close()
            try:
                self._connection = dial_mysql(*self._address)
            except DatabaseError:
                return  # the query's own error says enough

    def fetch(self, text: str, seconds: float, max_rows: int) -> Rows:
        import pymysql

        if reason := why_not_reading(text):
            raise DatabaseError(f"{self._name()} is not given the query: {reason}")
        with self._reading(seconds, max_rows) as cursor:
            cursor.execute(text)
            names = tuple(item[0] for item in cursor.description or ())
            rows, truncated = drain(cursor.fetchmany, max_rows)
            if truncated:  # a LIMIT of the query's own goes before ours: do not read all the rest
                self._kill()
                with suppress(pymysql.Error):  # that it was killed
                    cursor.close()
            else:
                cursor.close()
        return Rows(names, rows, truncated)

    def describe(self, text: str, seconds: float) -> tuple[Field, ...]:
        with self._reading(seconds, 1) as cursor:
            cursor.execute(text)
            found = tuple(
                Field(item[0], _FIELD_KINDS.get(item[1], "folded")) for item in cursor.description
            )
            cursor.close()
        return found

    def explain(self, text: str, seconds: float) -> str:
        found = self.fetch(f"EXPLAIN {text}", seconds, 100)
        lines = [found.columns, *found.rows]
        return "\n".join("\t".join("" if v is None else str(v) for v in line) for line in lines)

    def measure(self, text: str, seconds: float) -> str:
        if reason := why_not_reading(text):
            raise DatabaseError(f"{self._name()} is not given the query: {reason}")
        how = "ANALYZE FORMAT=JSON" if self._is_mariadb else "EXPLAIN ANALYZE"
        with self._reading(seconds, 0) as cursor:
            cursor.execute(f"{how} {text}")
            found = cursor.fetchall()
            cursor.close()
        return "\n".join(str(row[0]) for row in found)

    def read_schema(self) -> Schema:
        with self._reading(60.0, 0) as cursor:

            def read(text: str) -> list[Any]:
                cursor.execute(text)
                return list(cursor.fetchall())

            return mysql_catalog.read_schema(read, is_mariadb=self._is_mariadb)

    def read_facts(self, schema: Schema, values: bool, seconds: float) -> Facts:
        with self._reading(60.0, 0) as cursor:

            def read(text: str) -> list[Any]:
                cursor.execute(text)
                return list(cursor.fetchall())

            views, routines = mysql_catalog.read_definitions(read)
        columns, unread = sampled(
            base_tables(schema, views),
            self.fetch,
            self._sample,
            quote=quoted_for_mysql,
            values=values,
            seconds=seconds,
        )
        texts = {name: text for name, text in views.items() if text}
        return Facts(columns, texts, routines, tuple(unread))

    def _sample(self, table: Table, seconds: float) -> tuple[str, bool]:
        name = quoted_for_mysql(table.name)
        columns = ", ".join(quoted_for_mysql(column.name) for column in table.columns)
        key = table.column(table.primary_key[0]) if table.primary_key else None
        if (table.rows or 0) > SAMPLE and key and kind_of(key.type) == "int":
            own = quoted_for_mysql(key.name)
            ends = self.fetch(f"SELECT MIN({own}), MAX({own}) FROM {name}", seconds, 1).rows[0]
            if isinstance(ends[0], int) and isinstance(ends[1], int):
                return slices(name, columns, own, *ends), True
        return first_rows(name, columns), False

    def close(self) -> None:
        self._connection.close()


@lru_cache(maxsize=64)
def why_not_reading(text: str) -> str | None:
    """Why the text may do more than read, told by its words alone, or None.

    SELECT ... INTO OUTFILE writes a file even in a read-only transaction, and SET, FLUSH and DO
    pass one, too.
    """
    try:
        tokens = sqlglot.tokenize(text, read="mysql")
    except TokenError:
        return "it cannot be split into words"
    words = [token.token_type.name for token in tokens]
    first = next((word for word in words if word not in ("L_PAREN", "DESCRIBE")), "")
    if first not in ("SELECT", "WITH", "VALUES"):
        return "it does not begin with SELECT or WITH"
    if any(token.comments for token in tokens):
        return "it holds a comment, and the server runs what is in some, INTO among it"
    return "it holds INTO" if "INTO" in words else None


_STOPPED = (1969, 3024, 1317)  # statement timeout of MariaDB, of MySQL; query interrupted

# by pymysql.constants.FIELD_TYPE; what is not here is text
_FIELD_KINDS = {
    **dict.fromkeys((0, 1, 2, 3, 8, 9, 13, 246), "exact"),
    **dict.fromkeys((4, 5), "float"),
    **dict.fromkeys((7, 12), "timestamp"),
    10: "date",
    11: "time",
    16: "bits",
    245: "json",
    255: "bytes",
}
