"""Scratch tables on the user's own PostgreSQL: temporary ones, of one connection.

No other session sees them, and they go with the connection, however it ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sqlwright.database import label_of
from sqlwright.engines.postgres import Postgres, dial_postgres
from sqlwright.engines.reading import Row, first_line
from sqlwright.engines.sampling import quoted
from sqlwright.errors import DatabaseError
from sqlwright.schema import Table, kind_of
from sqlwright.verify.scratch_beside import (
    PLAIN_TYPE,
    ROW_LIMIT,
    Loaded,
    Types,
    columns_and_keys,
    why_outside,
)  # fmt: skip
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness


class PostgresScratch:
    """Temporary tables, filled and read by one connection that can write nothing else."""

    name = "PostgreSQL"
    dialect = "postgres"

    def __init__(self, url: Any, tables: Sequence[Table]) -> None:
        import psycopg

        self.opaque: list[str] = []
        self._names = frozenset(table.name.lower() for table in tables)
        self._loaded = Loaded(tables)
        label = label_of(url)
        self._connection = dial_postgres(url, label)
        try:
            self._create(tables)
        except psycopg.Error as error:
            self._connection.close()
            raise DatabaseError(
                f"{label}: no temporary tables can be made ({first_line(error)}):"
                " they need the right TEMPORARY on the database, and a server that can write"
            ) from None
        # rows of temporary tables may be changed in a read-only transaction, and no others
        self._connection.read_only = True
        self._engine = Postgres(self._connection)

    def _create(self, tables: Sequence[Table]) -> None:
        run = self._connection.execute
        found = run(_PG_VISIBLE, [list(self._names)]).fetchall()
        oids = {oid: name for name, oid in found}
        # Nothing of the user's is seen without its schema, and format_type names each in full.
        run("SET search_path = pg_temp, pg_catalog")
        run("SET standard_conforming_strings = on")
        types: Types = {}
        made: dict[str, int] = {}
        schemas: dict[str, None] = {}
        for oid, column, spelled, enum, labels, schema, array in run(_PG_TYPES, [list(oids)]):
            if enum is not None:
                # a copy, or else a cast to it in a query would not find it
                name = quoted(labels[0])
                if name not in made:
                    texts = ", ".join(map(_single, labels[1:]))
                    run(f"CREATE TYPE pg_temp.{name} AS ENUM ({texts})")
                    made[name] = enum
                if made[name] == enum:
                    spelled = f"pg_temp.{name}" + ("[]" if array else "")
            elif schema is not None:
                schemas[quoted(schema)] = None  # citext compares by operators beside its type
            types[(oids[oid], column)] = spelled
        known = {c.type: None for t in tables for c in t.columns if PLAIN_TYPE.fullmatch(c.type)}
        usable = {
            spelled
            for (spelled,) in run(
                "SELECT spelled FROM unnest(%s::text[]) AS spelled"
                " WHERE to_regtype(spelled) IS NOT NULL",
                [list(known)],
            )
        }

        def plain(spelled: str) -> str:
            return spelled if spelled in usable else _PG_PLAIN.get(kind_of(spelled), "text")

        for table in tables:
            columns, keys = columns_and_keys(table, types, plain, quoted)
            create = f"CREATE TEMP TABLE {quoted(table.name.lower())} "
            self._try(create, [(*columns, *keys[: bool(table.primary_key)]), columns])
        run(f"SET search_path = {', '.join(('pg_temp', 'pg_catalog', *schemas))}")
        self._connection.commit()

    def _try(self, create: str, bodies: Sequence[Sequence[str]]) -> None:
        """Create with the first body that the server takes: a type may have no key."""
        import psycopg

        for number, body in enumerate(bodies, 1):
            try:
                with self._connection.transaction():  # a savepoint
                    self._connection.execute(f"{create}({', '.join(body)})")
                return
            except psycopg.Error:
                if number == len(bodies):
                    raise

    def load(self, witness: Witness) -> None:
        import psycopg

        statements = list(self._loaded.statements(witness, quoted, _pg_literal))
        if not statements:
            return
        try:
            self._connection.execute("; ".join(statements).encode(), prepare=False)
            self._connection.commit()
        except (psycopg.Error, UnicodeEncodeError) as error:
            self._loaded.forget()
            if not self._connection.closed:
                self._connection.rollback()
            raise DatabaseError(
                f"PostgreSQL does not take a witness: {first_line(error)}"
            ) from None

    def run(self, text: str, seconds: float) -> list[Row]:
        if reason := why_outside(text, self.dialect, self._names):
            raise DatabaseError(f"{reason}: it is not run on the scratch tables")
        return list(self._engine.fetch(text, seconds, ROW_LIMIT).rows)

    def close(self) -> None:
        self._connection.close()


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _pg_literal(value: Value, kind: str) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value)) if kind in ("int", "num", "real") else _single(str(value).lower())
    if isinstance(value, int | float) and math.isfinite(value) and kind in ("int", "num", "real"):
        return repr(value)
    return _single(str(value))  # of unknown type: the column's own reads it


_PG_PLAIN = {
    "int": "bigint", "num": "numeric", "real": "double precision", "bool": "boolean",
    "date": "date", "time": "time", "timestamp": "timestamp",
}  # fmt: skip
_PG_VISIBLE = """
    SELECT lower(c.relname), c.oid FROM pg_class c
    WHERE lower(c.relname) = ANY(%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND pg_table_is_visible(c.oid)
"""
# what a domain is made of; labels are the enum's name, then its labels
_PG_TYPES = """
    SELECT a.attrelid, lower(a.attname),
           CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod)
                          ELSE format_type(a.atttypid, a.atttypmod) END
           || CASE WHEN a.attcollation NOT IN (0, t.typcollation)
                   THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END,
           e.oid::int8,
           ARRAY[e.typname::text] || ARRAY(SELECT l.enumlabel::text FROM pg_enum l
                                           WHERE l.enumtypid = e.oid ORDER BY l.enumsortorder),
           CASE WHEN n.nspname <> 'pg_catalog' AND t.typtype <> 'd' THEN n.nspname END,
           e.oid <> t.oid
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_type e ON e.typtype = 'e' AND e.oid IN (t.oid, t.typelem)
    WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped
"""
