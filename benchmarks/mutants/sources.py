"""The queries that mutants are made from: TPC-H, TPC-DS 1-49, WeTune's and Calcite's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlglot import exp

from sqlwright import sql
from sqlwright.errors import SqlwrightError
from sqlwright.schema import Schema, kind_of, read_ddl

DATA = Path(__file__).parents[3] / "shared" / "data"

#: The sets by name.
SETS = ("tpch", "tpcds", "wetune", "calcite")


@dataclass(frozen=True, slots=True)
class Source:
    """One query of a set, bound to its schema."""

    set: str
    name: str
    query: exp.Query
    schema: str  # the DDL file
    dialect: str


@lru_cache(maxsize=32)
def schema_of(name: str) -> Schema:
    """The schema of a DDL file of the shared data."""
    return read_ddl((DATA / name).read_text(encoding="utf-8"))


def read_sources() -> Iterator[Source]:
    """Every query that binds and that DuckDB runs on empty tables; of equal ones the first."""
    seen = set()
    for set_name, name, text, schema, dialect in _texts():
        try:
            query = sql.bind(sql.read(text, dialect), schema_of(schema), dialect)
            query = sql.read(sql.write(query, dialect), dialect)  # what a worker will read
        except SqlwrightError:
            continue
        if (schema, query) not in seen and Engine.of(schema).runs(query):
            seen.add((schema, query))
            yield Source(set_name, name, query, schema, dialect)


def _texts() -> Iterator[tuple[str, str, str, str, str]]:
    for name in ("tpch", "tpcds"):
        for path in sorted((DATA / "queries" / name).glob("*.sql"), key=_by_number):
            text = path.read_text(encoding="utf-8")
            yield name, f"{name}-{path.stem}", text, f"schemas/{name}.sql", "postgres"
    for name, file in (("wetune", "wetune-issues"), ("calcite", "calcite-spark")):
        for line in (DATA / "rewrites" / f"{file}.jsonl").read_text(encoding="utf-8").splitlines():
            pair = json.loads(line)
            ddl = (DATA / pair["schema"]).read_text(encoding="utf-8")
            dialect = sql.guess_dialect(pair["before"], pair["after"], ddl=ddl)
            yield name, pair["id"], pair["before"], pair["schema"], dialect
            if name == "wetune":
                yield name, f"{pair['id']}-after", pair["after"], pair["schema"], dialect


def _by_number(path: Path) -> tuple[int, str]:
    digits = "".join(c for c in path.stem if c.isdigit())
    return int(digits), path.stem


_TYPES = {
    "int": "BIGINT", "num": "DECIMAL(18, 4)", "real": "DOUBLE", "bool": "BOOLEAN", "date": "DATE",
    "time": "TIME", "timestamp": "TIMESTAMP",
}  # fmt: skip


class Engine:
    """DuckDB with the empty tables of one schema: it tells whether a query runs at all."""

    _held: dict[str, Engine] = {}  # noqa: RUF012

    def __init__(self, schema: Schema) -> None:
        import duckdb

        self._error = duckdb.Error
        self._connection: Any = duckdb.connect(":memory:", config={"threads": 1})
        for table in schema.tables:
            columns = ", ".join(
                f'"{c.name.lower()}" {_TYPES.get(kind_of(c.type), "VARCHAR")}'
                for c in table.columns
            )
            self._connection.execute(f'CREATE TABLE "{table.name.lower()}" ({columns})')

    @classmethod
    def of(cls, schema: str) -> Engine:
        """The engine of a DDL file, opened once."""
        if schema not in cls._held:
            cls._held[schema] = cls(schema_of(schema))
        return cls._held[schema]

    def runs(self, query: exp.Query) -> bool:
        """Does DuckDB run the query on empty tables?"""
        try:
            self._connection.execute(query.sql(dialect="duckdb", identify=True)).fetchall()
        except self._error:
            return False
        return True
