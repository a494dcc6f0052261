"""The catalog of MySQL and MariaDB: a schema out of information_schema, and what makes views."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from sqlwright.engines.sampling import quoted_for_mysql
from sqlwright.schema import Column, ForeignKey, Index, Routine, Schema, Table

Read = Callable[[str], list[Any]]


def read_schema(read: Read, *, is_mariadb: bool) -> Schema:
    """The tables of the database that the connection is in.

    Args:
        read: runs a text and gives all its rows.
        is_mariadb: the two keep checks in different places.
    """
    columns: dict[str, list[Column]] = {}
    for table, name, type_name, nullable, comment in read(_COLUMNS):
        spelled = re.sub(r"^enum\(", "ENUM(", type_name)
        columns.setdefault(table, []).append(
            Column(name, spelled, nullable == "YES", comment or "")
        )
    keys = _read_keys(read(_KEYS))
    for table, index, unique, names in _indexes(read(_INDEXES)):
        if (table, index) not in keys:
            keys[(table, index)] = ("i", Index(index, names, unique))
    by_table: dict[str, dict[str, list[Any]]] = {}
    for (table, _), (kind, key) in keys.items():
        by_table.setdefault(table, {}).setdefault(kind, []).append(key)
    tables = read(_TABLES)
    checks = (read(_MARIADB_CHECKS) if is_mariadb else read(_CHECKS)) if read(_HAS_CHECKS) else []
    for table, text in checks:
        by_table.setdefault(table, {}).setdefault("c", []).append(_check(text))
    return Schema(tuple(_table(row, columns, by_table.get(row[0], {})) for row in tables))


def read_definitions(read: Read) -> tuple[dict[str, str], tuple[Routine, ...]]:
    """(the query of each view by its name in lower case, routines); '' where it may not be seen."""
    # the server writes the database before each name
    here = f"{quoted_for_mysql(read(_HERE)[0][0])}."
    views = {name.lower(): (text or "").replace(here, "") for name, text in read(_VIEWS)}
    routines = tuple(
        Routine(name, kind.lower(), text, comment or "")
        for name, kind, text, comment in read(_ROUTINES)
        if text
    )
    return views, routines


def _read_keys(rows: list[Any]) -> dict[tuple[str, str], tuple[str, Any]]:
    """(table, constraint) → (p, u or f, the key), out of one row a column."""
    grouped: dict[tuple[str, str], list[Any]] = {}
    for table, constraint, *rest in rows:
        grouped.setdefault((table, constraint), []).append(rest)
    keys: dict[tuple[str, str], tuple[str, Any]] = {}
    for place, found in grouped.items():
        kind, own = found[0][0], tuple(item[1] for item in found)
        if kind == "FOREIGN KEY":
            keys[place] = ("f", ForeignKey(own, found[0][2], tuple(item[3] for item in found)))
        else:
            keys[place] = ("p" if kind == "PRIMARY KEY" else "u", own)
    return keys


def _indexes(rows: list[Any]) -> Iterator[tuple[str, str, bool, tuple[str, ...]]]:
    grouped: dict[tuple[str, str], list[Any]] = {}
    for table, index, *rest in rows:
        grouped.setdefault((table, index), []).append(rest)
    for (table, index), found in grouped.items():
        names = tuple(item[1] for item in found)
        if None in names:
            continue  # over an expression
        # a unique index over the head of a text makes whole texts unique, too
        yield table, index, not found[0][0], names


def _table(row: Any, columns: dict[str, list[Column]], own: dict[str, list[Any]]) -> Table:
    name, rows, comment = row
    return Table(
        name,
        tuple(columns.get(name, ())),
        primary_key=own.get("p", [()])[0],
        unique=tuple(own.get("u", ())),
        foreign_keys=tuple(own.get("f", ())),
        indexes=tuple(own.get("i", ())),
        checks=tuple(own.get("c", ())),
        comment="" if comment in (None, "VIEW") else comment,
        rows=None if rows is None else int(rows),
    )


def _check(text: str) -> str:
    # MySQL, unlike MariaDB, escapes the whole text and puts a character set before each literal
    if not re.search(r"_\w+\\'", text):
        return text
    return re.sub(r"\b_\w+(?=')", "", re.sub(r"\\(.)", r"\1", text))


_TABLES = """
    SELECT table_name, CASE table_type WHEN 'VIEW' THEN NULL ELSE table_rows END, table_comment
    FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
    ORDER BY create_time, table_name
"""
_HERE = "SELECT DATABASE()"
_VIEWS = """
    SELECT table_name, view_definition FROM information_schema.views
    WHERE table_schema = DATABASE() ORDER BY table_name
"""
_ROUTINES = """
    SELECT routine_name, routine_type, routine_definition, routine_comment
    FROM information_schema.routines WHERE routine_schema = DATABASE() ORDER BY routine_name
"""
_COLUMNS = """
    SELECT table_name, column_name, column_type, is_nullable, column_comment
    FROM information_schema.columns WHERE table_schema = DATABASE()
    ORDER BY table_name, ordinal_position
"""
_KEYS = """
    SELECT c.table_name, c.constraint_name, c.constraint_type, u.column_name,
           u.referenced_table_name, u.referenced_column_name
    FROM information_schema.table_constraints c
    JOIN information_schema.key_column_usage u ON u.table_schema = c.table_schema
        AND u.table_name = c.table_name AND u.constraint_name = c.constraint_name
    WHERE c.table_schema = DATABASE()
        AND c.constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')
    ORDER BY c.table_name, c.constraint_name, u.ordinal_position
"""
_INDEXES = """
    SELECT table_name, index_name, non_unique, column_name FROM information_schema.statistics
    WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index
"""
_HAS_CHECKS = """
    SELECT 1 FROM information_schema.tables
    WHERE table_schema = 'information_schema' AND table_name = 'CHECK_CONSTRAINTS'
"""
_MARIADB_CHECKS = """
    SELECT table_name, check_clause FROM information_schema.check_constraints
    WHERE constraint_schema = DATABASE() ORDER BY table_name, constraint_name
"""
_CHECKS = """
    SELECT c.table_name, k.check_clause FROM information_schema.table_constraints c
    JOIN information_schema.check_constraints k ON k.constraint_schema = c.constraint_schema
        AND k.constraint_name = c.constraint_name
    WHERE c.table_schema = DATABASE() AND c.constraint_type = 'CHECK'
    ORDER BY c.table_name, c.constraint_name
"""
