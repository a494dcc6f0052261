"""Names in a query that parses which its schema does not explain: what each could not be.

A source whose columns are not known (a table function, an unknown table) explains any name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from sqlwright.analyze.scope import Source, sources
from sqlwright.schema import Schema

Trouble = Literal["table", "qualifier", "column", "ambiguous"]
_ROW_NUMBERS = ("rowid", "oid", "_rowid_", "ctid")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that means nothing where it stands, or two things.

    Attributes:
        name: the column or table; for the trouble `qualifier` the column beyond it.
        qualifier: what stands before the dot, or "".
        visible: what FROM offers there, the innermost query's first.
        aliases: names of output columns that the place may not, or may, use.
    """

    trouble: Trouble
    node: exp.Column | exp.Table
    name: str
    qualifier: str
    visible: tuple[Source, ...] = ()
    message: str = ""

    @property
    def at(self) -> int:
        """The offset of the name in the text."""
        part = self.node.args.get("table") if self.qualifier else self.node.this
        return place_of(part)[0]


def place_of(identifier: exp.Expr | None) -> tuple[int, int]:
    """(start, end) of an identifier in the text; (0, 0) where it kept no place."""
    if identifier is None or "start" not in identifier.meta:
        return (0, 0)
    return int(identifier.meta["start"]), int(identifier.meta["end"]) + 1


def unknown_names(query: exp.Query, schema: Schema, dialect: str) -> tuple[Unknown, ...]:
    """Every table, then every column, that the query may not mean; in the text's order."""
    tables = [
        Unknown("table", t, t.name, "", (), f"the schema has no table {t.name}")
        for t in query.find_all(exp.Table)
        if isinstance(t.this, exp.Identifier) and t.this.name and not _is_known(t, schema)
    ]
    if tables:
        return tuple(sorted(tables, key=lambda item: item.at))
    columns = (_trouble(c, schema, dialect) for c in query.find_all(exp.Column))
    return tuple(sorted((c for c in columns if c is not None), key=lambda item: item.at))


def _is_known(table: exp.Table, schema: Schema) -> bool:
    if table.args.get("db"):
        return schema.table(table.name) is not None
    return table.name.lower() in visible_ctes(table) or schema.table(table.name) is not None


def visible_ctes(node: exp.Expr) -> dict[str, exp.CTE]:
    """The WITH items that the place may read, by name in lower case."""
    found: dict[str, exp.CTE] = {}
    above: exp.Expr | None = node
    while above is not None:
        for cte in getattr(above, "ctes", ()):
            found.setdefault(cte.alias.lower(), cte)
        above = above.parent
    return found


def _trouble(column: exp.Column, schema: Schema, dialect: str) -> Unknown | None:
    if column.is_star and not column.table:
        return None
    if not isinstance(column.this, exp.Identifier) and not column.is_star:
        return None
    select = column.find_ancestor(exp.Query)
    if not isinstance(select, exp.Select):
        return None  # the order of a set operation: its engine knows
    levels = [sources(level, schema) for level in around(column)]
    visible = tuple(source for level in levels for source in level)
    if column.table:
        return _qualified(column, visible)
    name = column.name.lower()
    if name in _ROW_NUMBERS or _is_alias(column, select, dialect):
        return None
    for level in levels:
        if any(source.columns is None for source in level):
            return None
        holders = [source for source in level if source.has(name)]
        if len(holders) > 1 and not _is_merged(holders, name):
            places = " and ".join(source.name for source in holders)
            told = f"the column {column.name} is in {places}"
            return Unknown("ambiguous", column, column.name, "", tuple(holders), told)
        if holders:
            return None
    told = f"no table of the query has a column {column.name}"
    return Unknown("column", column, column.name, "", visible, told)


def _qualified(column: exp.Column, visible: tuple[Source, ...]) -> Unknown | None:
    table = column.table
    source = next((s for s in visible if s.name == table.lower()), None)
    if source is None:
        told = f"nothing in FROM is called {table}"
        return Unknown("qualifier", column, column.name, table, visible, told)
    if column.is_star or source.columns is None or source.has(column.name):
        return None
    if column.name.lower() in _ROW_NUMBERS:
        return None
    told = f"{table} has no column {column.name}"
    return Unknown("column", column, column.name, table, visible, told)


def around(node: exp.Expr) -> Iterator[exp.Select]:
    """The SELECTs whose FROM a name at the node may use, the innermost first."""
    below: exp.Expr = node
    above = node.parent
    while above is not None:
        if isinstance(above, exp.Select):
            in_from = isinstance(below, exp.From) or (
                isinstance(below, exp.Join) and _is_derived(node, below)
            )
            if not in_from:
                yield above
        if isinstance(above, exp.CTE):
            return
        below, above = above, above.parent


def _is_derived(node: exp.Expr, join: exp.Join) -> bool:
    """Whether the node is inside the joined table, which does not see its neighbors."""
    above: exp.Expr | None = node
    while above is not None and above.parent is not join:
        above = above.parent
    return above is join.this and not isinstance(join.this, exp.Lateral)


def _is_alias(column: exp.Column, select: exp.Select, dialect: str) -> bool:
    """Whether the place may use the name of an output column."""
    names = {item.alias.lower() for item in select.expressions if isinstance(item, exp.Alias)}
    if column.name.lower() not in names:
        return False
    clause: exp.Expr = column
    while clause.parent is not None and clause.parent is not select:
        clause = clause.parent
    if isinstance(clause, exp.Order | exp.Group | exp.Qualify | exp.Distinct):
        return True
    if isinstance(clause, exp.Having):
        return dialect != "postgres"
    return (isinstance(clause, exp.Where) and dialect in ("sqlite", "duckdb")) or (
        dialect == "duckdb" and clause.parent is select and clause.arg_key == "expressions"
    )


def _is_merged(holders: list[Source], name: str) -> bool:
    """Whether USING or NATURAL makes one column of them all."""

    def joins(source: Source) -> bool:
        if source.join is None:
            return False
        using = [item.name.lower() for item in source.join.args.get("using") or ()]
        return name in using or source.join.method == "NATURAL"

    return sum(map(joins, holders)) >= len(holders) - 1
