"""Questions about a query's tree that worsenings ask: whose column is it, may it be NULL?

A column may stand without its alias; what cannot be told for sure is answered with None or False.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from sqlglot import exp

from sqlwright.data.sources import fields_of
from sqlwright.schema import Schema, Table

Item = TypeVar("Item")
Worsening = Callable[[exp.Query, Schema, Random], exp.Query | None]


def pure(change: Worsening) -> Worsening:
    """The worsening on a copy of the query; as written it may change the tree that it is given."""

    @functools.wraps(change)
    def on_copy(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
        return change(query.copy(), schema, rng)

    return on_copy


def selects(query: exp.Query) -> list[exp.Select]:
    """Every SELECT of the query, outermost first."""
    return list(query.find_all(exp.Select))


def sources(select: exp.Select) -> list[exp.Expr]:
    """What its FROM and JOINs read: tables and derived tables."""
    opening = select.args.get("from_")
    joined = [join.this for join in select.args.get("joins") or []]
    return ([opening.this] if opening else []) + joined


def joins(select: exp.Select) -> list[exp.Join]:
    """Its joins, in order."""
    return list(select.args.get("joins") or [])


def is_plain_inner(join: exp.Join) -> bool:
    """Is it JOIN ... ON, with no word before it?"""
    return bool(join.args.get("on")) and not (join.side or join.kind or join.method)


def table_of(source: exp.Expr, schema: Schema) -> Table | None:
    """The table of the schema that a source reads; None for a derived table or a CTE."""
    if not isinstance(source, exp.Table) or not isinstance(source.this, exp.Identifier):
        return None
    name, node = source.name.lower(), source.parent
    while node is not None:
        with_ = node.args.get("with_")
        if with_ is not None and any(cte.alias.lower() == name for cte in with_.expressions):
            return None
        node = node.parent
    return schema.table(name)


def source_of(column: exp.Column, schema: Schema) -> exp.Expr | None:
    """The source that a column belongs to, in its own SELECT or one around it."""
    select = column.find_ancestor(exp.Select)
    while select is not None:
        for source in sources(select):
            if column.table and source.alias_or_name.lower() == column.table.lower():
                return source
        if not column.table:
            return _only_holder(column, select, schema)
        select = select.find_ancestor(exp.Select)
    return None


def _only_holder(column: exp.Column, select: exp.Select, schema: Schema) -> exp.Expr | None:
    found = []
    for source in sources(select):
        table = table_of(source, schema)
        if table is None:
            return None
        if table.column(column.name) is not None:
            found.append(source)
    return found[0] if len(found) == 1 else None


def kind_of(column: exp.Column, schema: Schema) -> str:
    """int, num, real, text, date, time, bool, other; '' where the column's table is not known."""
    source = source_of(column, schema)
    table = table_of(source, schema) if source is not None else None
    name = column.name.lower()
    return next((f.kind for f in fields_of(table) if f.name.lower() == name), "") if table else ""


def is_firm(column: exp.Column, schema: Schema) -> bool:
    """Is it certain that the column is never NULL where it stands?"""
    source = source_of(column, schema)
    table = table_of(source, schema) if source is not None else None
    if source is None or table is None:
        return False
    above = source.find_ancestor(exp.Select)
    if above is None or any(join.side in ("RIGHT", "FULL") for join in joins(above)):
        return False
    if isinstance(source.parent, exp.Join) and source.parent.side:
        return False
    name = column.name.lower()
    return any(f.name.lower() == name and not f.nullable for f in fields_of(table))


def firm_key(table: Table) -> tuple[str, ...]:
    """The columns of a key without NULLs, or ()."""
    nullable = {f.name.lower() for f in fields_of(table) if f.nullable}
    for key in table.keys():
        if not nullable & {name.lower() for name in key}:
            return key
    return ()


def is_only_about(part: exp.Expr, alias: str) -> bool:
    """Does it name columns of that alias and of no other, and read no subquery?"""
    columns = list(part.find_all(exp.Column))
    about = bool(columns) and all(c.table.lower() == alias.lower() for c in columns)
    return about and part.find(exp.Select) is None


def is_grouped(select: exp.Select) -> bool:
    """Does it aggregate, by GROUP BY or without?"""
    if select.args.get("group") or select.args.get("having"):
        return True
    return any(
        node.find_ancestor(exp.Select) is select and not isinstance(node.parent, exp.Window)
        for item in select.expressions
        for node in item.find_all(exp.AggFunc)
    )


def has_windows(select: exp.Select) -> bool:
    """Does it compute a window function?"""
    return any(w.find_ancestor(exp.Select) is select for w in select.find_all(exp.Window))


def columns_of(node: exp.Expr, alias: str) -> list[exp.Column]:
    """The columns below the node that name that alias."""
    wanted = alias.lower()
    return [c for c in node.find_all(exp.Column) if c.table.lower() == wanted]


def conjuncts(condition: exp.Expr | None) -> list[exp.Expr]:
    """The parts of a condition that AND holds together, left to right."""
    if condition is None:
        return []
    if isinstance(condition, exp.And):
        return conjuncts(condition.left) + conjuncts(condition.right)
    return [condition]


def all_of(parts: list[exp.Expr]) -> exp.Expr:
    """The parts held together by AND; an OR among them gets its parentheses."""
    return functools.reduce(
        lambda left, right: exp.And(this=left, expression=right),
        [exp.Paren(this=part) if isinstance(part, exp.Or) else part for part in parts],
    )


def where_parts(select: exp.Select) -> list[exp.Expr]:
    """The conjuncts of its WHERE."""
    where = select.args.get("where")
    return conjuncts(where.this) if where else []


def set_where(select: exp.Select, parts: list[exp.Expr]) -> None:
    """Give it a WHERE of these conjuncts, or none."""
    select.set("where", exp.Where(this=all_of(parts)) if parts else None)


def fresh_alias(query: exp.Expr, wanted: str) -> str:
    """The wanted alias, with a number where the query has that name already."""
    taken = {node.name.lower() for node in query.find_all(exp.Identifier)}
    alias, number = wanted, 2
    while alias.lower() in taken:
        alias, number = f"{wanted}{number}", number + 1
    return alias


def refer(alias: str, name: str) -> exp.Column:
    """alias.name; names that need quotes get them."""
    return exp.column(exp.to_identifier(name), table=exp.to_identifier(alias))


def pick(rng: Random, items: Sequence[Item]) -> Item | None:
    """One of the items, or None if there is none."""
    return rng.choice(items) if items else None
