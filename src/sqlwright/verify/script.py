"""A counterexample as SQL that anybody can run: tables, rows, both queries, what each returned.

It leaves nothing behind. Where the engine can, all of it happens in temporary tables inside a
transaction that is rolled back, so tables of the same names are neither read nor changed; MySQL,
whose temporary tables can be read only once in a query, gets a database of its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from sqlwright.schema import Column, Table, kind_of
from sqlwright.verify.results import plain
from sqlwright.verify.values import coerce, form_of

Row = tuple[Any, ...]
Results = tuple[tuple[str, ...], tuple[Row, ...]]  # names of the columns, rows

_MOST_ROWS = 20  # of a result in the comments
_DATABASE = "sqlwright_counterexample"
_DIGITS = "sqlwright_digits"  # to count out rows with, in a way that every engine takes
_LONG_RUN = 50
_TYPES = {
    "int": "BIGINT", "num": "DECIMAL(18, 4)", "real": "DOUBLE PRECISION", "bool": "BOOLEAN",
    "date": "DATE", "time": "TIME", "timestamp": "TIMESTAMP",
    "text": "VARCHAR(200)", "other": "VARCHAR(200)",
}  # fmt: skip
_EVERYWHERE = {
    "SMALLINT", "INT", "INTEGER", "BIGINT", "DECIMAL", "NUMERIC", "REAL", "BOOLEAN", "VARCHAR",
    "CHAR", "TEXT", "DATE", "TIME", "TIMESTAMP",
}  # fmt: skip
# types that each engine has without an extension or a CREATE TYPE
_KNOWN = {
    "postgres": _EVERYWHERE | {"DOUBLE PRECISION", "TIMESTAMPTZ"},
    "duckdb": _EVERYWHERE
    | {"TINYINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE"}
    | {"TIMESTAMPTZ"},
    "mysql": _EVERYWHERE - {"TIMESTAMP"}
    | {"TINYINT", "MEDIUMINT", "FLOAT", "DOUBLE", "DATETIME"}
    | {"TINYTEXT", "MEDIUMTEXT", "LONGTEXT", "ENUM", "SET"},
}
# and forms of values that have a type there which takes them as witnesses spell them
_FORMS = {
    "postgres": {"uuid", "json", "array", "interval", "inet", "xml"},
    "duckdb": {"uuid", "json", "interval"},
    "mysql": {"year", "json"},
}


def write_script(
    tables: Sequence[tuple[Table, Sequence[Row]]],
    queries: tuple[str, str],
    results: tuple[Results, Results],
    engine: str,
    written: str,
    dialect: str,
) -> str:
    """The script.

    Args:
        tables: those that the queries read, with the columns to declare, and their rows.
        queries: both as texts of the dialect `written`.
        results: what each returned.
        engine: where they ran.
        dialect: of the script.
    """
    lines = [
        "-- Two queries that should mean the same, and a database on which they do not.",
        f"-- The results in the comments are those of {engine}.",
        *_opening(dialect),
    ]
    inserts = {table.name: list(_insert(table, rows, dialect)) for table, rows in tables}
    if any(_DIGITS in text for texts in inserts.values() for text in texts):
        kind = "TABLE" if dialect == "mysql" else "TEMPORARY TABLE"
        values = ", ".join(f"({digit})" for digit in range(10))
        lines += [f"CREATE {kind} {_DIGITS} (d INT);", f"INSERT INTO {_DIGITS} VALUES {values};"]
    declared: dict[str, set[tuple[str, ...]]] = {}
    for table, rows in _parents_first(tables):
        lines += ["", _create(table, rows, written, dialect, declared)]
        lines += inserts[table.name]
    titles = ("The original", "The rewrite")
    for title, text, result in zip(titles, queries, results, strict=True):
        lines += ["", *_say(title, *result), f"{_query(text, written, dialect)};"]
    return "\n".join((*lines, "", *_closing(dialect), ""))


def _opening(dialect: str) -> tuple[str, ...]:
    if dialect == "mysql":
        return (f"CREATE DATABASE {_DATABASE};", f"USE {_DATABASE};")
    return ("BEGIN;",)


def _closing(dialect: str) -> tuple[str, ...]:
    return (f"DROP DATABASE {_DATABASE};",) if dialect == "mysql" else ("ROLLBACK;",)


def _parents_first(
    tables: Sequence[tuple[Table, Sequence[Row]]],
) -> list[tuple[Table, Sequence[Row]]]:
    """The tables in an order in which foreign keys look back, as far as there is one."""
    waiting, done = list(tables), []
    while waiting:
        names = {table.name.lower() for table, _ in waiting}
        ready = next(
            (
                item
                for item in waiting
                if not {key.table.lower() for key in item[0].foreign_keys}
                & (names - {item[0].name.lower()})
            ),
            waiting[0],
        )
        waiting.remove(ready)
        done.append(ready)
    return done


def _create(
    table: Table,
    rows: Sequence[Row],
    written: str,
    dialect: str,
    declared: dict[str, set[tuple[str, ...]]],
) -> str:
    """CREATE TABLE with the keys that can be declared; `declared` learns them."""

    def names(columns: Sequence[str]) -> str:
        return ", ".join(_name(column, dialect) for column in columns)

    types = {
        column.name.lower(): _type(column, [row[i] for row in rows], written, dialect)
        for i, column in enumerate(table.columns)
    }
    lines = [
        f"{_name(c.name, dialect)} {types[c.name.lower()]}{'' if c.nullable else ' NOT NULL'}"
        for c in table.columns
    ]
    keys = [
        key
        for key in table.keys()
        if all(name.lower() in types and _can_be_key(types[name.lower()], dialect) for name in key)
    ]
    for key in keys:
        lines.append(f"{'PRIMARY KEY' if key == table.primary_key else 'UNIQUE'} ({names(key)})")
    for foreign in table.foreign_keys:
        target = tuple(name.lower() for name in foreign.references)
        # a key to the table itself, or in a circle, would ask for an order of the rows
        if target in declared.get(foreign.table.lower(), ()):
            if all(name.lower() in types for name in foreign.columns):
                there = f"{_name(foreign.table, dialect)} ({names(foreign.references)})"
                lines.append(f"FOREIGN KEY ({names(foreign.columns)}) REFERENCES {there}")
    declared[table.name.lower()] = {tuple(name.lower() for name in key) for key in keys}
    kind = "TABLE" if dialect == "mysql" else "TEMPORARY TABLE"
    return f"CREATE {kind} {_name(table.name, dialect)} (\n  " + ",\n  ".join(lines) + "\n);"


def _can_be_key(type_name: str, dialect: str) -> bool:
    return dialect != "mysql" or not re.search(r"TEXT|BLOB|JSON", type_name)


def _type(column: Column, found: Sequence[Any], written: str, dialect: str) -> str:
    """The column's own type where the engine has it and it takes the values, or a plain one."""
    plain = _TYPES[kind_of(column.type)]
    if dialect == "sqlite":
        own = column.type if written == dialect else ""
        # SQLite takes any name, and its comparisons depend on it
        return own or ("REAL" if plain == "DOUBLE PRECISION" else plain)
    if written == dialect:
        try:
            own = exp.DataType.build(column.type, dialect=written).sql(dialect=dialect)
        except (SqlglotError, ValueError):
            own = ""
        name, form = own.partition("(")[0].strip().upper(), form_of(column.type)
        fits = all(value is None or coerce(form, value) is not None for value in found)
        if name in _KNOWN[dialect] or (form in _FORMS[dialect] and fits):
            return own if dialect == "mysql" else re.sub(r"^(\w*INT\w*)\s*\(\d+\)", r"\1", own)
    if dialect == "mysql":
        return {"DOUBLE PRECISION": "DOUBLE", "TIMESTAMP": "DATETIME"}.get(plain, plain)
    return plain


def _insert(table: Table, rows: Sequence[Row], dialect: str) -> Iterator[str]:
    """Statements that insert the rows; a long run of them is counted out by the engine."""
    name = _name(table.name, dialect)
    start = plain = 0
    while start < len(rows):
        end = _end_of_run(rows, start)
        if end - start < _LONG_RUN:
            start = end
            continue
        yield from _insert_each(name, rows[plain:start])
        yield _insert_run(name, rows[start], rows[start + 1], end - start)
        start = plain = end
    yield from _insert_each(name, rows[plain:])


def _insert_each(name: str, rows: Sequence[Row]) -> Iterator[str]:
    if rows:
        values = ",\n  ".join(f"({', '.join(map(_literal, row))})" for row in rows)
        yield f"INSERT INTO {name} VALUES\n  {values};"


def _end_of_run(rows: Sequence[Row], start: int) -> int:
    """Where the rows end of which every column keeps its value, or has the next number in each."""
    if start + 1 == len(rows):
        return start + 1
    first = rows[start]
    steps = [_step(*pair) for pair in zip(first, rows[start + 1], strict=True)]
    if None in steps:
        return start + 1
    end = start + 2
    while end < len(rows) and all(
        value == (old + (end - start) if step else old) and type(value) is type(old)
        for value, old, step in zip(rows[end], first, steps, strict=True)
    ):
        end += 1
    return end


def _step(value: Any, after: Any) -> int | None:
    if type(value) is not type(after):
        return None
    if value == after:
        return 0
    return 1 if type(value) is int and after == value + 1 else None


def _insert_run(name: str, first: Row, second: Row, count: int) -> str:
    cells = (
        f"{_literal(value)} + n" if _step(value, after) else _literal(value)
        for value, after in zip(first, second, strict=True)
    )
    places = [chr(ord("a") + i) for i in range(len(str(count - 1)))]
    number = " + ".join(f"{10**i} * {place}.d" for i, place in enumerate(places))
    digits = ", ".join(f"{_DIGITS} AS {place}" for place in places)
    return (
        f"INSERT INTO {name}\n  SELECT {', '.join(cells)}\n"
        f"  FROM (SELECT {number} AS n FROM {digits}) AS numbers WHERE n < {count};"
    )


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def _query(text: str, written: str, dialect: str) -> str:
    """The query with names in lower case, quoted where they must be, as the tables are declared."""
    try:
        tree = sqlglot.parse_one(text, read=written)
    except (SqlglotError, RecursionError):
        return text  # what was written cannot be read again: the engine may yet take it
    for name in tree.find_all(exp.Identifier):
        spelled = name.name.lower()
        name.replace(exp.to_identifier(spelled, quoted=_must_be_quoted(spelled, dialect)))
    for alias in list(tree.find_all(exp.Alias)):  # binding gives every column its own name
        if isinstance(alias.this, exp.Column) and alias.alias == alias.this.name:
            alias.replace(alias.this)
    for table in tree.find_all(exp.Table):
        if table.alias == table.name and not table.args["alias"].columns:
            table.set("alias", None)
    for division in list(tree.find_all(exp.IntDiv)):
        if dialect in ("postgres", "sqlite"):  # where / divides integers so
            own = exp.Div(this=division.left, expression=division.right, typed=True)
            division.replace(own)
    return tree.sql(dialect=dialect, pretty=True, comments=False)


def _name(name: str, dialect: str) -> str:
    quoted = _must_be_quoted(name.lower(), dialect)
    return exp.to_identifier(name.lower(), quoted=quoted).sql(dialect=dialect)


def _must_be_quoted(name: str, dialect: str) -> bool:
    return not re.fullmatch(r"[a-z_][a-z0-9_]*", name) or name.upper() in _words(dialect)


@lru_cache
def _words(dialect: str) -> frozenset[str]:
    """The words that mean something to the dialect, those of ORDER BY each."""
    keywords = Dialect.get_or_raise(dialect).tokenizer_class.KEYWORDS
    return frozenset(word for keyword in keywords for word in keyword.split())


def _say(title: str, names: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    """What a query returned as comments; letters that would end a comment are escaped."""
    count = f"{len(rows)} row{'' if len(rows) == 1 else 's'}" if rows else "no rows"
    yield f"-- {title} returns {count}{':' if rows else '.'}"
    if rows:
        yield f"--   {' | '.join(repr(name)[1:-1] for name in names)}"
    for row in rows[:_MOST_ROWS]:
        cells = ("NULL" if value is None else repr(plain(value)) for value in row)
        yield f"--   {' | '.join(cells)}"
    if len(rows) > _MOST_ROWS:
        yield f"--   and {len(rows) - _MOST_ROWS} more"
