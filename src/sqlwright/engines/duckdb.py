"""DuckDB as an engine that only reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlwright.engines.reading import Field, Rows, deadline, drain, first_line, timeout
from sqlwright.errors import DatabaseError
from sqlwright.schema import Column, ForeignKey, Index, Schema, Table


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

    def read_schema(self) -> Schema:
        import duckdb

        try:
            return Schema(tuple(self._tables()))
        except duckdb.Error as error:
            raise DatabaseError(f"the database cannot be read ({first_line(error)})") from None

    def _all(self, text: str, name: str) -> list[Any]:
        return self._connection.execute(text, [name]).fetchall()

    def _tables(self) -> Iterator[Table]:
        own = "database_name = current_database() AND schema_name = current_schema()"
        named = self._connection.execute(
            f"SELECT table_name, comment, estimated_size FROM duckdb_tables() WHERE {own}"
            f" UNION ALL SELECT view_name, comment, NULL FROM duckdb_views() WHERE {own}"
            " AND NOT internal ORDER BY 1"
        ).fetchall()
        for name, comment, rows in named:
            columns = tuple(
                Column(column, type_name, nullable, text or "")
                for column, type_name, nullable, text in self._all(
                    "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns()"
                    f" WHERE {own} AND table_name = ? ORDER BY column_index",
                    name,
                )
            )
            keys: dict[str, list[Any]] = {
                "PRIMARY KEY": [], "UNIQUE": [], "FOREIGN KEY": [], "CHECK": []
            }  # fmt: skip
            for kind, own_columns, table, targets, check in self._all(
                "SELECT constraint_type, constraint_column_names, referenced_table,"
                " referenced_column_names, expression FROM duckdb_constraints()"
                f" WHERE {own} AND table_name = ?",
                name,
            ):
                if kind == "FOREIGN KEY":
                    keys[kind].append(ForeignKey(tuple(own_columns), table, tuple(targets)))
                elif kind == "CHECK":
                    keys[kind].append(check)
                elif kind in keys:
                    keys[kind].append(tuple(own_columns))
            yield Table(
                name,
                columns,
                primary_key=(keys["PRIMARY KEY"] or [()])[0],
                unique=tuple(keys["UNIQUE"]),
                foreign_keys=tuple(keys["FOREIGN KEY"]),
                indexes=tuple(self._indexes(name, own)),
                checks=tuple(keys["CHECK"]),
                comment=comment or "",
                rows=rows,
            )

    def _indexes(self, name: str, own: str) -> Iterator[Index]:
        for index, unique, expressions in self._all(
            "SELECT index_name, is_unique, expressions FROM duckdb_indexes()"
            f" WHERE {own} AND table_name = ?",
            name,
        ):
            words = [word.strip(" '\"") for word in expressions.strip("[]").split(",")]
            if all(word.isidentifier() for word in words):
                yield Index(index, tuple(words), unique)

    def close(self) -> None:
        self._connection.close()


def _field_kind(type_name: str) -> str:
    for kind, pattern in _FIELD_KINDS:
        if re.fullmatch(pattern, type_name):
            return kind
    return "other"


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
