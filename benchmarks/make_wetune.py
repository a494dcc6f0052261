"""Invents rows for the applications of the WeTune queries, whose schemas come without any.

    python benchmarks/make_wetune.py build/wetune [--rows 100000]

A folder of Parquet files for each schema, of the tables that a query reads. A table that refers to
another has --rows rows, any other a fifth; references follow the declared keys, or the name
(topic_id: topics), and are skewed: few rows are referred to often. A fifth of a column takes the
constants that the queries compare it with, so that conditions select something; a fifth of a
nullable column is NULL (four fifths of deleted_at). Keys, declared references, NOT NULL and CHECK
hold. Every value is a hash of its place, so that each run writes the same.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from sqlwright import sql
from sqlwright.analyze.scope import schema_column
from sqlwright.schema import Column, Schema, Table, kind_of, read_ddl

SHARED = Path(__file__).parents[2] / "shared" / "data"
_TYPES = {
    "int": "BIGINT",
    "num": "DECIMAL(18, 2)",
    "real": "DOUBLE PRECISION",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
}
_COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In)


@dataclass(frozen=True, slots=True)
class Application:
    """A schema, its queries by name as written, and their dialect."""

    name: str
    schema: Schema
    dialect: str
    queries: tuple[tuple[str, str], ...]

    def plain(self) -> Schema:
        """The tables that the queries read, with column types that DuckDB and PostgreSQL share.

        A flag of MySQL is a number, as its queries compare it with 0 and 1.
        """
        read = {t.name for _, query in self.bound() for t in sql.tables_of(query, self.schema)}
        return Schema(
            tuple(
                replace(
                    table,
                    columns=tuple(
                        replace(column, type=_plain_type(column.type, self.dialect))
                        for column in table.columns
                    ),
                )
                for table in self.schema.tables
                if table.name in read
            )
        )

    def bound(self) -> Iterator[tuple[str, exp.Query]]:
        """The queries with their names resolved."""
        for name, text in self.queries:
            query = sql.read(text, self.dialect)
            yield name, sql.bind(query, self.schema, self.dialect)


def _plain_type(type_name: str, dialect: str) -> str:
    kind = kind_of(type_name)
    if kind == "bool":
        return "SMALLINT" if dialect == "mysql" else "BOOLEAN"
    return _TYPES.get(kind, "VARCHAR")


def applications() -> list[Application]:
    """The applications of the 50 queries, in the order of the file."""
    lines = (SHARED / "rewrites" / "wetune-issues.jsonl").read_text(encoding="utf-8").splitlines()
    queries: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in lines:
        found = json.loads(line)
        queries[found["schema"]].append((found["id"], found["before"]))
    made = []
    for path, texts in queries.items():
        ddl = (SHARED / path).read_text(encoding="utf-8")
        dialect = sql.guess_dialect(*(text for _, text in texts), ddl=ddl)
        made.append(Application(Path(path).stem, read_ddl(ddl), dialect, tuple(texts)))
    return made


# --- what a column holds -------------------------------------------------------------------------


def constants(application: Application) -> dict[tuple[str, str], list[str]]:
    """The constants that each column is compared with, as SQL literals of DuckDB."""
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for _, query in application.bound():
        for node in query.find_all(*_COMPARED):
            others = node.expressions if isinstance(node, exp.In) else [node.expression]
            place = isinstance(node.this, exp.Column) and schema_column(
                node.this, application.schema
            )
            for other in others if place else ():
                if isinstance(other, exp.Literal | exp.Neg | exp.Boolean):
                    table, column = place
                    kind = kind_of(column.type)
                    if kind == "int" and isinstance(other, exp.Literal) and other.is_string:
                        continue  # a number that is compared with a word
                    if kind == "text":
                        other = exp.Literal.string(other.name)
                    found[table.name, column.name][other.sql(dialect="duckdb")] = None
    return {key: list(values) for key, values in found.items()}


def parent_of(table: Table, column: Column, schema: Schema) -> Table | None:
    """The table whose id the column holds: declared, or named by it."""
    for key in table.foreign_keys:
        if key.columns == (column.name,):
            return schema.table(key.table)
    stem = column.name.removesuffix("_id")
    if stem == column.name or kind_of(column.type) != "int":
        return None
    names = (f"{stem}s", f"spree_{stem}s", f"{stem[:-1]}ies")
    return next((found for name in names if (found := schema.table(name))), None)


def rows_of(table: Table, schema: Schema, rows: int) -> int:
    """How many rows the table gets before its keys and CHECKs drop some."""
    parents = (parent_of(table, column, schema) for column in table.columns)
    return rows if any(parent and parent != table for parent in parents) else rows // 5


class Writer:
    """The expressions of an application's columns over `i`, the number of a row."""

    def __init__(self, application: Application, rows: int) -> None:
        self.schema = application.plain()
        self._rows = rows
        self._constants = constants(application)

    def _ids(self, table: Table) -> list[str]:
        """Ids beyond the table's rows that some query asks for: its own and of those that refer."""
        count = rows_of(table, self.schema, self._rows)
        found = dict.fromkeys(self._constants.get((table.name, "id"), ()))
        for other in self.schema.tables:
            for column in other.columns:
                if parent_of(other, column, self.schema) == table:
                    found |= dict.fromkeys(self._constants.get((other.name, column.name), ()))
        return [text for text in found if text.lstrip("-").isdigit() and int(text) > count]

    def value(self, table: Table, column: Column) -> str:
        """The column's value in row `i`."""
        key = (table.name, column.name)
        wanted = self._constants.get(key, [])
        chance = _uniform(key, "chance")
        if table.primary_key == (column.name,) and not parent_of(table, column, self.schema):
            return _listed(self._ids(table), "i", "i")
        unique = (column.name,) in table.keys()
        parent = parent_of(table, column, self.schema)
        if parent is not None:
            often = f"1 + CAST(floor({_uniform(key, 'parent')} ** 2 * {{}}) AS BIGINT)"
            plain = "i" if unique else often.format(rows_of(parent, self.schema, self._rows) - 1)
            ids = self._ids(parent) if parent.primary_key == ("id",) else wanted
            text = _listed(ids, f"CAST(floor({chance} * {100 * len(ids)}) AS BIGINT) + 1", plain)
        elif unique:
            text = _listed(wanted, "i", _plain(column, key, "i"))
        else:
            many = 5 * len(wanted)
            place = f"CAST(floor({chance} * {many}) AS BIGINT) + 1"
            text = _listed(wanted, place, _plain(column, key, None, bool(wanted)))
        if column.nullable and column.name not in table.primary_key:
            share = 0.8 if column.name == "deleted_at" else 0.2
            text = f"CASE WHEN {_uniform(key, 'null')} < {share} THEN NULL ELSE {text} END"
        return text

    def write(self, folder: Path) -> dict[str, int]:
        """Writes a Parquet file for each table; how many rows each has."""
        connection = duckdb.connect()
        for table in self.schema.tables:
            connection.execute(f'CREATE TABLE "{table.name}" AS {self._select(table)}')
        changed = 1
        while changed:  # a row that a key drops may have been another's parent
            adopted = sum(self._adopt(connection, table) for table in self.schema.tables)
            dropped = sum(self._drop(connection, table) for table in self.schema.tables)
            changed = adopted + dropped
        counts = {}
        for table in self.schema.tables:
            counts[table.name] = _count(connection, f'FROM "{table.name}"')
            select = f'SELECT * EXCLUDE (i) FROM "{table.name}" ORDER BY i'
            connection.execute(f"COPY ({select}) TO '{folder}/{table.name}.parquet'")
        return counts

    def _select(self, table: Table) -> str:
        """The table's rows with their numbers."""
        items = ", ".join(
            f'CAST({self.value(table, column)} AS {column.type}) AS "{column.name}"'
            for column in table.columns
        )
        count = rows_of(table, self.schema, self._rows)
        return f"SELECT i, {items} FROM range(1, {count + 1}) AS numbers(i)"

    def _adopt(self, connection: duckdb.DuckDBPyConnection, table: Table) -> int:
        """Gives rows whose declared parent is not there another one; how many."""
        adopted = 0
        for key in table.foreign_keys:
            parent = self.schema.table(key.table)
            if parent is None or len(key.columns) > 1:
                continue
            own, its = f'"{key.columns[0]}"', f'"{key.references[0]}"'
            parents = f'SELECT {its} FROM "{parent.name}"'
            ids = f'(SELECT list({its} ORDER BY i) FROM "{parent.name}")'
            left = _count(connection, f'FROM "{parent.name}"')
            number = f"hash(i, '{table.name}.{own} adopted {adopted}') % {left}"
            orphan = f"{own} IS NOT NULL AND {own} NOT IN ({parents})"
            found = _count(connection, f'FROM "{table.name}" WHERE {orphan}')
            if found:
                chosen = f"{ids}[1 + CAST({number} AS BIGINT)]"
                connection.execute(f'UPDATE "{table.name}" SET {own} = {chosen} WHERE {orphan}')
            adopted += found
        return adopted

    def _drop(self, connection: duckdb.DuckDBPyConnection, table: Table) -> int:
        """Deletes rows that a key or a CHECK does not allow; how many."""
        unwanted = [
            f"NOT ({sqlglot.transpile(check, read='postgres', write='duckdb')[0]})"
            for check in table.checks
        ]
        for key in table.keys():
            names = ", ".join(f'"{name}"' for name in key)
            known = " AND ".join(f'"{name}" IS NOT NULL' for name in key)
            first = f"row_number() OVER (PARTITION BY {names} ORDER BY i) > 1"
            unwanted.append(
                f'i IN (SELECT i FROM "{table.name}" WHERE {known} QUALIFY {first})',
            )
        dropped = 0
        for condition in unwanted:
            rows = f'FROM "{table.name}" WHERE {condition}'
            dropped += _count(connection, rows)
            connection.execute(f"DELETE {rows}")
        return dropped


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    return int(connection.execute(f"SELECT count(*) {source}").fetchall()[0][0])


def _uniform(key: tuple[str, str], purpose: str) -> str:
    """A number from 0 to 1 for row i."""
    return f"(hash(i, '{'.'.join(key)} {purpose}') / 18446744073709551616.0)"


def _listed(values: list[str], position: str, otherwise: str) -> str:
    """The value at the position, counted from 1; `otherwise` beyond the list."""
    if not values:
        return otherwise
    cases = " ".join(f"WHEN {number} THEN {v}" for number, v in enumerate(values, 1))
    return f"CASE {position} {cases} ELSE {otherwise} END"


def _plain(column: Column, key: tuple[str, str], own: str | None, few: bool = False) -> str:
    """A value that no query asks for; of its row alone where `own` is its number."""
    part = _uniform(key, "value")
    kind = kind_of(column.type)
    if kind == "bool" or column.type == "SMALLINT":
        return f"({part} < 0.2)"
    if kind == "int":
        most = 20 if column.name.endswith("number") or column.name == "iid" else 1000
        return own or f"CAST(floor({part} ** 2 * {most}) AS BIGINT) + 1"
    if kind in ("num", "real"):
        return f"round({part} * 100, 2)"
    if kind in ("date", "timestamp"):
        return f"TIMESTAMP '2000-01-01' + to_seconds(CAST({part} * 788400000 AS BIGINT))"
    if few and own is None:
        return f"'value ' || CAST(floor({part} * 20) AS BIGINT)"
    return f"'value ' || {own or part}"


def main() -> None:
    """The command at the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    said = parser.parse_args()
    for application in applications():
        folder = said.folder / application.name
        folder.mkdir(parents=True, exist_ok=True)
        counts = Writer(application, said.rows).write(folder)
        print(f"{folder}: {len(counts)} tables, {sum(counts.values()):,} rows")


if __name__ == "__main__":
    main()
