"""DuckDB as an engine that only reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlwright.engines.reading import Field, Rows, deadline, drain, first_line, timeout
from sqlwright.engines.sampling import (
    SAMPLE,
    SECONDS_A_QUERY,
    Found,
    base_tables,
    first_rows,
    quoted,
    sampled,
)
from sqlwright.errors import DatabaseError
from sqlwright.schema import Column, Facts, ForeignKey, Index, Routine, Schema, Table


class Duckdb:
    """DuckDB: opened read_only, without external access, its settings locked."""

    dialect = "duckdb"

    def __init__(self, path: Path) -> None:
        import duckdb

        try:
            self._connection = duckdb.connect(str(path), read_only=True)
            self._connection.execute("SET enable_external_access = false")
            self._connection.execute("SET lock_configuration = true")
        except duckdb.Error as error:
            raise DatabaseError(f"{path}: cannot be opened ({first_line(error)})") from None

    def fetch(self, text: str, seconds: float, max_rows: int) -> Rows:
        import duckdb

        with deadline(seconds, self._connection.interrupt) as fired:
            try:
                cursor = self._connection.execute(text)
                names = tuple(item[0] for item in cursor.description or ())
                rows, truncated = drain(cursor.fetchmany, max_rows)
            except duckdb.Error as error:
                if fired.is_set():
                    raise timeout(seconds) from None
                raise DatabaseError(f"DuckDB refused the query: {first_line(error)}") from None
        return Rows(names, rows, truncated)

    def describe(self, text: str, seconds: float) -> tuple[Field, ...]:
        found = self.fetch(f"DESCRIBE {text}", seconds, 100_000)
        return tuple(Field(row[0], _field_kind(row[1])) for row in found.rows)

    def explain(self, text: str, seconds: float) -> str:
        found = self.fetch(f"EXPLAIN {text}", seconds, 100)
        return "\n".join(str(row[-1]) for row in found.rows)

    def measure(self, text: str, seconds: float) -> str:
        found = self.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", seconds, 100)
        return "\n".join(str(row[-1]) for row in found.rows)

    def read_schema(self) -> Schema:
        import duckdb

        try:
            return Schema(tuple(self._tables()))
        except duckdb.Error as error:
            raise DatabaseError(f"the database cannot be read ({first_line(error)})") from None

    def _tables(self) -> Iterator[Table]:
        own = "database_name = current_database() AND schema_name = current_schema()"
        run = self._connection.execute
        # one question for all tables: each is a walk through the whole catalog
        columns: dict[str, list[Column]] = {}
        for table, name, type_name, nullable, text in run(
            "SELECT table_name, column_name, data_type, is_nullable, comment"
            f" FROM duckdb_columns() WHERE {own} ORDER BY table_name, column_index"
        ).fetchall():
            columns.setdefault(table, []).append(Column(name, type_name, nullable, text or ""))
        keys: dict[tuple[str, str], list[Any]] = {}
        for name, kind, own_columns, target, targets, check in run(
            "SELECT table_name, constraint_type, constraint_column_names, referenced_table,"
            f" referenced_column_names, expression FROM duckdb_constraints() WHERE {own}"
        ).fetchall():
            key: Any = tuple(own_columns)
            if kind == "FOREIGN KEY":
                key = ForeignKey(key, target, tuple(targets))
            keys.setdefault((name, kind), []).append(check if kind == "CHECK" else key)
        for name, index in self._indexes(own):
            keys.setdefault((name, "INDEX"), []).append(index)
        for name, comment, rows in run(
            f"SELECT table_name, comment, estimated_size FROM duckdb_tables() WHERE {own}"
            f" UNION ALL SELECT view_name, comment, NULL FROM duckdb_views() WHERE {own}"
            " AND NOT internal ORDER BY 1"
        ).fetchall():
            yield Table(
                name,
                tuple(columns.get(name, ())),
                primary_key=keys.get((name, "PRIMARY KEY"), [()])[0],
                unique=tuple(keys.get((name, "UNIQUE"), ())),
                foreign_keys=tuple(keys.get((name, "FOREIGN KEY"), ())),
                indexes=tuple(keys.get((name, "INDEX"), ())),
                checks=tuple(keys.get((name, "CHECK"), ())),
                comment=comment or "",
                rows=rows,
            )

    def _indexes(self, own: str) -> Iterator[tuple[str, Index]]:
        for table, index, unique, expressions in self._connection.execute(
            "SELECT table_name, index_name, is_unique, expressions FROM duckdb_indexes()"
            f" WHERE {own}"
        ).fetchall():
            words = [word.strip(" '\"") for word in expressions.strip("[]").split(",")]
            if all(word.isidentifier() for word in words):
                yield table, Index(index, tuple(words), unique)

    def read_facts(self, schema: Schema, values: bool, seconds: float) -> Facts:
        import duckdb

        own = "database_name = current_database() AND schema_name = current_schema()"
        try:
            views = dict(
                self._connection.execute(
                    f"SELECT lower(view_name), sql FROM duckdb_views() WHERE {own} AND NOT internal"
                ).fetchall()
            )
            macros = self._connection.execute(
                "SELECT function_name, function_type, parameters, macro_definition, comment"
                f" FROM duckdb_functions() WHERE {own} AND NOT internal"
                " AND macro_definition IS NOT NULL ORDER BY 1"
            ).fetchall()
        except duckdb.Error as error:
            raise DatabaseError(f"the database cannot be read ({first_line(error)})") from None
        routines = tuple(
            Routine(
                name, kind.replace("_", " "), f"{name}({', '.join(given)}) AS {text}", said or ""
            )
            for name, kind, given, text, said in macros
        )
        tables = base_tables(schema, views)
        # an exact count of 11 columns took 35 times as long, whatever their number of rows
        found, unread = sampled(
            tables,
            self.fetch,
            _sample,
            distinct="APPROX_COUNT_DISTINCT({})",
            values=values,
            seconds=seconds,
        )
        for table in tables:
            if (table.rows or 0) > SAMPLE:
                found |= self._distinct(table, found)
        return Facts(found, views, routines, tuple(unread))

    def _distinct(self, table: Table, found: Found) -> Found:
        """Facts of a large table with the number of values that DuckDB itself keeps."""
        known = {(table.name.lower(), column.name.lower()): column.name for column in table.columns}
        missing = [key for key in known if key in found and found[key].distinct is None]
        if not missing:
            return {}
        asked = ", ".join(f"stats({quoted(known[key])}).approx_unique" for key in missing)
        try:
            text = f"SELECT {asked} FROM {quoted(table.name)} LIMIT 1"
            row = self.fetch(text, SECONDS_A_QUERY, 1).rows[0]
        except (DatabaseError, IndexError):  # older versions tell it in one text
            return {}
        return {
            key: replace(found[key], distinct=count)
            for key, count in zip(missing, row, strict=True)
            if isinstance(count, int)
        }

    def close(self) -> None:
        self._connection.close()


def _sample(table: Table, seconds: float) -> tuple[str, bool]:
    name = quoted(table.name)
    columns = ", ".join(quoted(column.name) for column in table.columns)
    if (table.rows or 0) <= SAMPLE:
        return first_rows(name, columns), False
    # some blocks of rows are read whole and no others; the seed makes it repeatable
    share = 100 * max(4 * SAMPLE, 20 * _BLOCK) / (table.rows or 1)
    drawn = f"SELECT {columns} FROM {name} USING SAMPLE {min(share, 100):.6f} PERCENT (system, 42)"
    return f"({drawn}) AS sampled", True


def _field_kind(type_name: str) -> str:
    for kind, pattern in _FIELD_KINDS:
        if re.fullmatch(pattern, type_name):
            return kind
    return "other"


_BLOCK = 2048  # rows that DuckDB keeps or leaves together
_FIELD_KINDS = (
    ("exact", r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(.*\)|BIGNUM"),
    ("float", r"FLOAT|DOUBLE"),
    ("bool", r"BOOLEAN"),
    ("text", r"VARCHAR|ENUM\((?!.*\)\[).*\)|UUID|CHAR"),
    ("date", r"DATE"),
    ("timestamp", r"TIMESTAMP(_S|_MS|_NS)?"),
    ("zoned", r"TIMESTAMP WITH TIME ZONE"),
    ("time", r"TIME"),
    ("interval", r"INTERVAL"),
    ("bytes", r"BLOB"),
    ("nested", r".*\[\d*\]|STRUCT\(.*|MAP\(.*|UNION\(.*"),
)
