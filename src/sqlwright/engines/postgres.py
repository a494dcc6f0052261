"""PostgreSQL as an engine that only reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlwright.engines.reading import Engine, Field, Rows, drain, first_line, timeout
from sqlwright.engines.sampling import (
    Found,
    base_tables,
    first_rows,
    is_worth_listing,
    listed,
    quoted,
    sampled,
)
from sqlwright.errors import DatabaseError, MissingExtra
from sqlwright.schema import (
    Column,
    ColumnFacts,
    Facts,
    ForeignKey,
    Index,
    Routine,
    Schema,
    Table,
)
from sqlwright.schema.facts import LEAST_ROWS, MOST_VALUES


def open_postgres(url: Any, label: str) -> Engine:
    """PostgreSQL through psycopg, in a session that only reads."""
    connection = dial_postgres(url, label, options="-c default_transaction_read_only=on")
    connection.read_only = True
    return Postgres(connection)


def dial_postgres(url: Any, label: str, *, options: str = "") -> Any:
    """A psycopg connection; the password goes from the URL to the driver and nowhere else."""
    try:
        import psycopg
    except ImportError:
        raise MissingExtra("the PostgreSQL driver", "postgres") from None
    settings = {
        "host": url.host or url.query.get("host"),
        "port": url.port or url.query.get("port"),
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
        **{name: url.query.get(name) for name in ("sslmode", "sslrootcert", "sslcert", "sslkey")},
    }
    try:
        return psycopg.connect(
            "",
            connect_timeout=10,
            options=options,
            application_name="sqlwright",
            **{name: value for name, value in settings.items() if value},
        )
    except psycopg.Error as error:
        reason = first_line(error)
        raise DatabaseError(f"{label}: cannot be opened ({reason}): check the address") from None


class Postgres:
    """PostgreSQL: one statement in a read-only transaction with a timeout, then a rollback."""

    dialect = "postgres"

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @contextmanager
    def _reading(self, seconds: float) -> Iterator[Any]:
        import psycopg

        try:
            milliseconds = max(1, int(seconds * 1000))
            self._connection.execute(f"SET LOCAL statement_timeout = {milliseconds}")
            yield self._connection
        except psycopg.errors.QueryCanceled:
            raise timeout(seconds) from None
        except psycopg.Error as error:
            raise DatabaseError(f"PostgreSQL refused the query: {first_line(error)}") from None
        finally:
            if not self._connection.closed:
                self._connection.rollback()

    def fetch(self, text: str, seconds: float, max_rows: int) -> Rows:
        with self._reading(seconds) as connection, connection.cursor() as cursor:
            # prepared: the extended protocol refuses a second statement; LIMIT bounds memory
            if max_rows:
                text = f"SELECT * FROM ({text}) AS limited LIMIT {max_rows + 1}"
            cursor.execute(text.encode(), prepare=True)
            names = tuple(item.name for item in cursor.description or ())
            rows, truncated = drain(cursor.fetchmany, max_rows)
        return Rows(names, rows, truncated)

    def describe(self, text: str, seconds: float) -> tuple[Field, ...]:
        with self._reading(seconds) as connection, connection.cursor() as cursor:
            cursor.execute(text.encode(), prepare=True)
            columns = [(item.name, item.type_code) for item in cursor.description or ()]
            cursor.execute(
                "SELECT oid, typname, typtype::text FROM pg_type WHERE oid = ANY(%s)",
                [[oid for _, oid in columns]],
            )
            kinds = {
                oid: "text" if kind == "e" else _PG_KINDS.get(name, "other")
                for oid, name, kind in cursor.fetchall()
            }
        return tuple(Field(name, kinds.get(oid, "other")) for name, oid in columns)

    def explain(self, text: str, seconds: float) -> str:
        return self._plan("EXPLAIN", text, seconds)

    def measure(self, text: str, seconds: float) -> str:
        return self._plan("EXPLAIN (ANALYZE, BUFFERS off)", text, seconds)

    def _plan(self, how: str, text: str, seconds: float) -> str:
        with self._reading(seconds) as connection:
            found = connection.execute(f"{how} {text}".encode(), prepare=True).fetchall()
        return "\n".join(row[0] for row in found)

    def read_schema(self) -> Schema:
        with self._reading(60.0) as connection:
            columns: dict[str, list[Column]] = {}
            for table, name, type_name, not_null, comment in connection.execute(_PG_COLUMNS):
                columns.setdefault(table, []).append(
                    Column(name, type_name, not not_null, comment or "")
                )
            keys: dict[tuple[str, str], list[Any]] = {}
            for table, kind, own, target, references in connection.execute(_PG_CONSTRAINTS):
                item = (
                    ForeignKey(tuple(own), target, tuple(references)) if kind == "f" else tuple(own)
                )
                keys.setdefault((table, kind), []).append(item)
            for table, check in connection.execute(_PG_CHECKS):
                keys.setdefault((table, "c"), []).append(check)
            for table, index, unique, own in connection.execute(_PG_INDEXES):
                keys.setdefault((table, "i"), []).append(Index(index, tuple(own), unique))
            tables = connection.execute(_PG_TABLES).fetchall()
        return Schema(
            tuple(
                Table(
                    name,
                    tuple(columns.get(name, ())),
                    primary_key=keys.get((name, "p"), [()])[0],
                    unique=tuple(keys.get((name, "u"), ())),
                    foreign_keys=tuple(keys.get((name, "f"), ())),
                    indexes=tuple(keys.get((name, "i"), ())),
                    checks=tuple(keys.get((name, "c"), ())),
                    comment=comment or "",
                    rows=int(rows) if rows >= 0 else None,
                )
                for name, rows, comment in tables
            )
        )

    def read_facts(self, schema: Schema, values: bool, seconds: float) -> Facts:
        with self._reading(60.0) as connection:
            views = dict(connection.execute(_PG_VIEWS).fetchall())
            routines = connection.execute(_PG_ROUTINES).fetchall()
            # what the planner counted, of these columns alone
            names = [(table.name, c.name) for table in schema.tables for c in table.columns]
            asked = [[name for name, _ in names], [name for _, name in names]]
            kept = connection.execute(_PG_STATS if values else _PG_COUNTS, asked).fetchall()
            remote = {name for (name,) in connection.execute(_PG_REMOTE)}
        found = _from_statistics(schema, kept)
        known = {table for table, _ in found}
        tables = [
            table
            for table in base_tables(schema, {*views, *remote})
            if table.name.lower() not in known  # never analyzed
        ]
        more, unread = sampled(tables, self.fetch, _sample, values=values, seconds=seconds)
        made = tuple(Routine(name, kind, text, said or "") for name, kind, text, said in routines)
        return Facts(found | more, views, made, tuple(unread))

    def close(self) -> None:
        self._connection.close()


def _sample(table: Table, seconds: float) -> tuple[str, bool]:
    columns = ", ".join(quoted(column.name) for column in table.columns)
    return first_rows(quoted(table.name), columns), False


def _from_statistics(schema: Schema, kept: list[Any]) -> Found:
    """The facts that pg_stats holds, of the columns of the schema alone."""
    found: Found = {}
    for name, column_name, null_share, counted, values, shares in kept:
        table = schema.table(name)
        column = table.column(column_name) if table else None
        if table is None or column is None:
            continue
        rows = max(table.rows or 0, 0)
        # below zero it is a share of the rows
        distinct = round(counted if counted >= 0 else -counted * rows) or None
        frequent: tuple[str, ...] = ()
        if values and is_worth_listing(table, column, distinct):
            held = zip(values, shares or (), strict=False)
            frequent = listed(value for value, share in held if share * rows >= LEAST_ROWS)
        facts = ColumnFacts(distinct, float(null_share), frequent)
        found.setdefault((table.name.lower(), column.name.lower()), facts)
    return found


_PG_SEEN = "pg_table_is_visible(c.oid) AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
_PG_TABLES = f"""
    SELECT c.relname, c.reltuples, obj_description(c.oid, 'pg_class')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_PG_SEEN} ORDER BY c.oid
"""
# an enum is spelled with its labels, a domain as what it is made of
_PG_COLUMNS = f"""
    SELECT c.relname, a.attname,
           CASE t.typtype
               WHEN 'e' THEN (SELECT 'ENUM(' || string_agg(quote_literal(e.enumlabel), ','
                                                           ORDER BY e.enumsortorder) || ')'
                              FROM pg_enum e WHERE e.enumtypid = t.oid)
               WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod)
               ELSE format_type(a.atttypid, a.atttypmod) END,
           a.attnotnull OR t.typnotnull, col_description(c.oid, a.attnum)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND {_PG_SEEN} ORDER BY c.oid, a.attnum
"""
# a check that was added NOT VALID may not hold for older rows
_PG_CHECKS = f"""
    SELECT c.relname, pg_get_expr(k.conbin, k.conrelid)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype = 'c' AND k.convalidated AND {_PG_SEEN} ORDER BY k.oid
"""
_PG_NAMES = """
    ARRAY(SELECT a.attname::text FROM unnest({keys}) WITH ORDINALITY AS u(number, position)
          JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = u.number ORDER BY u.position)
"""
_PG_CONSTRAINTS = f"""
    SELECT c.relname, k.contype::text, {_PG_NAMES.format(keys="k.conkey", table="k.conrelid")},
           f.relname, {_PG_NAMES.format(keys="k.confkey", table="k.confrelid")}
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class f ON f.oid = k.confrelid
    WHERE k.contype IN ('p', 'u', 'f') AND {_PG_SEEN} ORDER BY k.oid
"""
_PG_INDEXES = f"""
    SELECT c.relname, i.relname, x.indisunique AND x.indpred IS NULL,
           {_PG_NAMES.format(keys="x.indkey::int2[]", table="x.indrelid")}
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE x.indexprs IS NULL AND NOT x.indisprimary AND {_PG_SEEN}
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid
                      AND k.contype IN ('p', 'u'))
    ORDER BY x.indexrelid
"""
_PG_VIEWS = f"""
    SELECT lower(c.relname), pg_get_viewdef(c.oid, true)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND {_PG_SEEN} ORDER BY c.oid
"""
_PG_REMOTE = f"""
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'f' AND {_PG_SEEN}
"""
# without what an extension brought, and what is no text
_PG_ROUTINES = """
    SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
           CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END,
           pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_language l ON l.oid = p.prolang
    WHERE p.prokind IN ('f', 'p') AND l.lanname NOT IN ('c', 'internal')
      AND pg_function_is_visible(p.oid)
      AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d
                      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    ORDER BY p.oid
"""
# of a table with parts, what was counted over all of them comes first
_PG_STATISTICS = f"""
    SELECT c.relname, s.attname, s.null_frac, s.n_distinct, {{values}}
    FROM pg_stats s JOIN pg_namespace n ON n.nspname = s.schemaname
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
    JOIN unnest(%s::text[], %s::text[]) AS asked (relation, attribute)
        ON asked.relation = c.relname AND asked.attribute = s.attname
    WHERE {_PG_SEEN} ORDER BY c.oid, s.inherited DESC
"""
_PG_FEW = (
    "CASE WHEN s.n_distinct <= {most} AND -s.n_distinct * c.reltuples <= {most} THEN {value} END"
)
_PG_STATS = _PG_STATISTICS.format(
    values=", ".join(
        _PG_FEW.format(most=MOST_VALUES, value=value)
        for value in ("s.most_common_vals::text::text[]", "s.most_common_freqs::float8[]")
    )
)
_PG_COUNTS = _PG_STATISTICS.format(values="NULL, NULL")
_PG_KINDS = {
    **dict.fromkeys(("int2", "int4", "int8", "numeric", "oid"), "exact"),
    **dict.fromkeys(("float4", "float8"), "float"),
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "char", "uuid", "unknown"), "text"),
    **dict.fromkeys(("json", "jsonb"), "json"),
    "bool": "bool", "citext": "folded", "date": "date", "timestamp": "timestamp",
    "timestamptz": "zoned", "time": "time", "interval": "interval", "bytea": "bytes",
}  # fmt: skip
