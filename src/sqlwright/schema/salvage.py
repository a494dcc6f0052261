"""What plain reading of DDL misses: enums and domains, and items that no dialect's parser knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqlwright.schema.tables import Column, Table

_NAME = r'((?:"[^"]+"|\w+)\.)*(?P<name>"[^"]+"|\w+)'
_ENUM = re.compile(rf"CREATE\s+TYPE\s+{_NAME}\s+AS\s+ENUM\s*(?P<rest>\(.*\))\s*$", re.I | re.S)
_DOMAIN = re.compile(rf"CREATE\s+DOMAIN\s+{_NAME}\s+(AS\s+)?(?P<rest>.*)$", re.I | re.S)


def read_type(statement: str) -> tuple[str, str] | None:
    """(name, a CREATE TABLE whose one column `value` is of the type), for an enum or a domain."""
    for pattern, kind in ((_ENUM, "ENUM"), (_DOMAIN, "")):
        if found := pattern.match(statement):
            name = found.group("name").strip('"')
            return name, f"CREATE TABLE of_type (value {kind}{found.group('rest')})"
    return None


def resolve_types(table: Table, types: Mapping[str, Table], dialect: str) -> Table:
    """The table with what stands behind the names of enums and domains, and the domains' CHECKs."""
    columns, checks = [], list(table.checks)
    for column in table.columns:
        seen = set()
        while (made := types.get(_plain(column.type))) and made.name and made not in seen:
            seen.add(made)  # a domain over itself is nonsense, but no reason to hang
            behind = made.columns[0]
            kind = re.sub(r"^ENUM \(", "ENUM(", behind.type)
            nullable = column.nullable and behind.nullable
            column = replace(column, type=kind, nullable=nullable)
            checks += [_about(check, column, dialect) for check in made.checks]
        columns.append(column)
    if tuple(columns) == table.columns:
        return table
    return replace(table, columns=tuple(columns), checks=tuple(checks))


def _plain(type_name: str) -> str:
    return type_name.replace('"', "").split(".")[-1].strip().lower()


def _about(check: str, column: Column, dialect: str) -> str:
    """The check of a domain, VALUE read as the column."""
    try:
        tree: exp.Expr = sqlglot.parse_one(check, read=dialect)
    except SqlglotError:
        return check
    for node in list(tree.find_all(exp.Column)):
        if node.name.lower() == "value" and not node.table:
            node.set("this", exp.to_identifier(column.name))
    return tree.sql(dialect=dialect)


def readable(statement: str, dialects: Sequence[str]) -> Iterator[str]:
    """The CREATE TABLE, then ever plainer forms of it: without a last comma, without what follows
    its columns, without the items that no dialect reads."""
    yield statement
    yield re.sub(r",\s*\)\s*$", ")", statement)  # hand-edited dumps have them
    items, start, end = _items(statement, dialects)
    if items:
        head = statement[:start]
        yield f"{head}{', '.join(items)})"
        kept = [made for item in items if (made := _shortened(item, dialects))]
        if kept:
            yield f"{head}{', '.join(kept)}{statement[end:]}"
            yield f"{head}{', '.join(kept)})"


def _items(statement: str, dialects: Sequence[str]) -> tuple[list[str], int, int]:
    """The texts between the commas of the first brackets, and where these begin and end."""
    items: list[str] = []
    depth, start, first = 0, 0, 0
    for token in _tokens(statement, dialects):
        kind = token.token_type.name
        depth += (kind == "L_PAREN") - (kind == "R_PAREN")
        if kind == "L_PAREN" and depth == 1:
            start = first = token.end + 1
        elif (kind == "COMMA" and depth == 1) or (kind == "R_PAREN" and depth == 0):
            items.append(statement[start : token.start].strip())
            start = token.end + 1
            if depth == 0:
                return [item for item in items if item], first, token.start
    return [], 0, 0


def _tokens(text: str, dialects: Sequence[str]) -> list[Any]:
    for dialect in dialects:
        try:
            return sqlglot.tokenize(text, read=dialect)
        except SqlglotError:
            continue
    return []


_CONSTRAINT = re.compile(
    r"(CONSTRAINT|CHECK|PRIMARY|UNIQUE|FOREIGN|KEY|INDEX|FULLTEXT|SPATIAL|EXCLUDE|LIKE|PERIOD)\b",
    re.I,
)


def _shortened(item: str, dialects: Sequence[str]) -> str:
    """The item, cut from its end until a dialect reads it; '' where nothing of it is left."""
    is_constraint = _CONSTRAINT.match(item) is not None
    tokens = _tokens(item, dialects)
    for count in range(len(tokens), 1, -1):
        text = item[: tokens[count - 1].end + 1]
        for dialect in dialects:
            try:
                tree = sqlglot.parse_one(f"CREATE TABLE one ({text})", read=dialect)
            except SqlglotError:
                continue
            found = tree.find(exp.ColumnDef) if isinstance(tree, exp.Create) else None
            if isinstance(tree, exp.Create) and (found is None) == is_constraint:
                return text
    return ""
