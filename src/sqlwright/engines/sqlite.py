"""SQLite as an engine that only reads."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlwright.engines.reading import Field, Rows, drain, first_line, timeout
from sqlwright.engines.row_keys import add_sqlite_functions
from sqlwright.engines.sampling import SAMPLE, base_tables, first_rows, quoted, sampled, slices
from sqlwright.errors import DatabaseError, SqlError
from sqlwright.schema import Column, Facts, ForeignKey, Index, Schema, Table, read_ddl


class Sqlite:
    """SQLite: opened with mode=ro, query_only, an authorizer that lets only reading pass."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        import sqlite3

        self._path = path
        try:
            uri = f"{path.resolve().as_uri()}?mode=ro"
            self._connection = sqlite3.connect(uri, uri=True, isolation_level=None)
            add_sqlite_functions(self._connection)
            self._connection.execute("PRAGMA query_only = ON")
            self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            raise DatabaseError(f"{path}: cannot be opened ({first_line(error)})") from None

    def _authorize(self, action: int, first: str | None, second: str | None, *_: object) -> int:
        import sqlite3

        reading = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE)
        if action in reading:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() not in _SQLITE_FUNCTIONS:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    def fetch(self, text: str, seconds: float, max_rows: int) -> Rows:
        import sqlite3

        stop = time.monotonic() + seconds
        # the handler runs every so many virtual-machine steps: often enough for a limit in tenths
        self._connection.set_progress_handler(lambda: time.monotonic() > stop, 20_000)
        self._connection.set_authorizer(self._authorize)
        try:
            cursor = self._connection.execute(text)
            names = tuple(item[0] for item in cursor.description or ())
            rows, truncated = drain(cursor.fetchmany, max_rows)
            cursor.close()
        except (sqlite3.Error, sqlite3.Warning) as error:
            if time.monotonic() > stop and "interrupt" in str(error):
                raise timeout(seconds) from None
            raise DatabaseError(f"SQLite refused the query: {first_line(error)}") from None
        finally:
            self._connection.set_progress_handler(None, 0)
            self._connection.set_authorizer(None)
        return Rows(names, rows, truncated)

    def describe(self, text: str, seconds: float) -> tuple[Field, ...]:
        # a collation, in the schema or the query, may count two spellings as one
        declared = self._connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE sql LIKE '%collate%'"
        ).fetchone()[0]
        kind = "folding" if declared or "collate" in text.lower() else "any"
        return tuple(Field(name, kind) for name in self.fetch(text, seconds, 1).columns)

    def explain(self, text: str, seconds: float) -> str:
        import sqlite3

        try:
            found = self._connection.execute(f"EXPLAIN QUERY PLAN {text}").fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise DatabaseError(f"SQLite refused the query: {first_line(error)}") from None
        depth = {0: -1}
        lines = []
        for node, parent, _, detail in found:
            depth[node] = depth.get(parent, -1) + 1
            lines.append("  " * depth[node] + detail)
        return "\n".join(lines)

    def measure(self, text: str, seconds: float) -> str:
        return self.explain(text, seconds)  # SQLite tells no times and no rows of a step

    def read_schema(self) -> Schema:
        import sqlite3

        try:
            return Schema(tuple(self._tables()))
        except sqlite3.Error as error:
            raise DatabaseError(f"{self._path}: cannot be read ({first_line(error)})") from None

    def _tables(self) -> Iterator[Table]:
        run = self._connection.execute
        named = run(
            "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')"
            " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY rowid"
        ).fetchall()
        for name, kind, declared in named:
            columns, primary = [], []
            for _, column, type_name, not_null, _, position in run(
                "SELECT * FROM pragma_table_info(?)", (name,)
            ):
                if position:
                    primary.append((position, column))
                nullable = not not_null and not position
                columns.append(Column(column, type_name or "TEXT", nullable))
            # a count reads the smallest index; a view is not counted, it may be slow
            counted = f"SELECT count(*) FROM {quoted(name)}"
            rows = run(counted).fetchone()[0] if kind == "table" else None
            yield Table(
                name,
                tuple(columns),
                primary_key=tuple(column for _, column in sorted(primary)),
                foreign_keys=tuple(self._foreign_keys(name)),
                checks=_checks(declared) if kind == "table" else (),
                rows=rows,
                **self._indexes(name),
            )

    def _foreign_keys(self, name: str) -> Iterator[ForeignKey]:
        found: dict[int, list[tuple[str, str, str | None]]] = {}
        for number, _, table, column, target, *_ in self._connection.execute(
            "SELECT * FROM pragma_foreign_key_list(?)", (name,)
        ):
            found.setdefault(number, []).append((table, column, target))
        for number in sorted(found, reverse=True):  # SQLite lists the last declared first
            table, columns = found[number][0][0], tuple(item[1] for item in found[number])
            targets = tuple(item[2] or "" for item in found[number])
            if not all(targets):  # REFERENCES without columns means the primary key
                info = self._connection.execute("SELECT * FROM pragma_table_info(?)", (table,))
                targets = tuple(i[1] for i in sorted(info, key=lambda i: i[5]) if i[5])
            if len(targets) == len(columns):
                yield ForeignKey(columns, table, targets)

    def _indexes(self, name: str) -> dict[str, Any]:
        indexes, unique = [], []
        for _, index, is_unique, origin, partial in self._connection.execute(
            "SELECT * FROM pragma_index_list(?)", (name,)
        ).fetchall():
            info = self._connection.execute(
                "SELECT * FROM pragma_index_info(?)", (index,)
            ).fetchall()
            columns = tuple(item[2] for item in info if item[2] is not None)
            whole = len(columns) == len(info) and not partial
            if origin == "u" and whole:
                unique.append(columns)
            elif origin == "c" and columns:
                indexes.append(Index(index, columns, bool(is_unique) and whole))
        return {"indexes": tuple(indexes), "unique": tuple(unique)}

    def read_facts(self, schema: Schema, values: bool, seconds: float) -> Facts:
        import sqlite3

        try:
            views = self._connection.execute(
                "SELECT lower(name), sql FROM sqlite_master WHERE type = 'view'"
            ).fetchall()
        except sqlite3.Error as error:
            raise DatabaseError(f"{self._path}: cannot be read ({first_line(error)})") from None
        texts = {name: text for name, text in views if text}
        tables = base_tables(schema, texts)
        found, unread = sampled(tables, self.fetch, self._sample, values=values, seconds=seconds)
        return Facts(found, texts, (), tuple(unread))

    def _sample(self, table: Table, seconds: float) -> tuple[str, bool]:
        name = quoted(table.name)
        columns = ", ".join(quoted(column.name) for column in table.columns)
        hides_rowid = any(column.name.lower() == "rowid" for column in table.columns)
        if (table.rows or 0) > SAMPLE and not hides_rowid:
            try:
                ends = self.fetch(f"SELECT min(rowid), max(rowid) FROM {name}", seconds, 1).rows[0]
            except DatabaseError:  # WITHOUT ROWID
                ends = (None, None)
            if isinstance(ends[0], int) and isinstance(ends[1], int):
                return slices(name, columns, "rowid", *ends), True
        return first_rows(name, columns), False

    def close(self) -> None:
        self._connection.close()


def _checks(declared: str | None) -> tuple[str, ...]:
    """The CHECKs that a CREATE TABLE declares; none where its text cannot be read."""
    if not declared or "check" not in declared.lower():
        return ()  # parsing takes longer than all else here
    try:
        return read_ddl(declared, "sqlite").tables[0].checks
    except SqlError:
        return ()


# functions that SQLite builds may carry and that touch files or load code
_SQLITE_FUNCTIONS = frozenset(
    ("load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "lsdir", "fsdir")
)
