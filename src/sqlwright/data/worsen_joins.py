"""Worsenings of joins: needless ones, and the same ones written where a reader does not look."""

from __future__ import annotations

from random import Random

from sqlglot import exp

from sqlwright.data import scopes
from sqlwright.data.scopes import pure
from sqlwright.schema import Schema


@pure
def comma_join(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`a JOIN b ON p WHERE q` → `a, b WHERE p AND q`, for a SELECT with inner joins only."""
    fitting = [
        select
        for select in scopes.selects(query)
        if scopes.joins(select) and all(scopes.is_plain_inner(j) for j in scopes.joins(select))
    ]
    if (select := scopes.pick(rng, fitting)) is None:
        return None
    ties: list[exp.Expr] = []
    for join in scopes.joins(select):
        ties += scopes.conjuncts(join.args.get("on"))
        join.set("on", None)
    parts = scopes.where_parts(select)
    draw = rng.random()
    every = [*ties, *parts] if draw < 0.55 else [*parts, *ties]
    if draw > 0.85:
        rng.shuffle(every)
    scopes.set_where(select, every)
    return query


@pure
def self_join_on_key(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """Joins a table with itself on its key, and takes some columns from the copy."""
    found = []
    for select in scopes.selects(query):
        if any(isinstance(item, exp.Star) for item in select.expressions):
            continue  # the copy's columns would come with it
        for source in scopes.sources(select):
            table = scopes.table_of(source, schema)
            inner = not (isinstance(source.parent, exp.Join) and source.parent.side)
            if table and inner and scopes.firm_key(table):
                found.append((select, source, scopes.firm_key(table)))
    if not found:
        return None
    select, source, key = rng.choice(found)
    name = source.alias_or_name
    alias = scopes.fresh_alias(query, rng.choice([f"{name}_2", f"{name}2", "dup", f"{name}_copy"]))
    moved = [
        column
        for column in scopes.columns_of(select, name)
        if column.find_ancestor(exp.Select) is select and not column.find_ancestor(exp.Join)
    ]
    group = select.args.get("group")
    if not group and not select.args.get("distinct"):
        for column in moved:
            if rng.random() < 0.4 and column.find_ancestor(exp.Where):
                column.set("table", exp.to_identifier(alias))
    ties: list[exp.Expr] = [
        exp.EQ(this=scopes.refer(alias, part), expression=scopes.refer(name, part)) for part in key
    ]
    copy = exp.alias_(exp.Table(this=source.this.copy()), alias, table=True)
    select.append("joins", exp.Join(this=copy, on=scopes.all_of(ties)))
    return query


@pure
def unused_left_join(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """Adds `LEFT JOIN b ON b.k = a.x` with k a key of b: no row more, none less, no column used."""
    found = []
    for select in scopes.selects(query):
        if any(isinstance(item, exp.Star) for item in select.expressions):
            continue
        if any(not c.table for c in select.find_all(exp.Column)):
            continue
        for source in scopes.sources(select):
            table = scopes.table_of(source, schema)
            for foreign in table.foreign_keys if table else ():
                other = schema.table(foreign.table)
                if other and scopes.firm_key(other) == foreign.references:
                    found.append((select, source, foreign, other))
    if not found:
        return None
    select, source, foreign, other = rng.choice(found)
    alias = scopes.fresh_alias(
        query, rng.choice([other.name[:1].lower(), f"{other.name}_x", "extra"])
    )
    ties: list[exp.Expr] = [
        exp.EQ(this=scopes.refer(alias, there), expression=scopes.refer(source.alias_or_name, here))
        for here, there in zip(foreign.columns, foreign.references, strict=True)
    ]
    table_node = exp.alias_(exp.Table(this=exp.to_identifier(other.name)), alias, table=True)
    select.append("joins", exp.Join(this=table_node, side="LEFT", on=scopes.all_of(ties)))
    return query


@pure
def undone_left_join(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`a JOIN b ... WHERE b.x > 5` → `a LEFT JOIN b ... WHERE b.x > 5`: no row without b passes."""
    fitting = []
    for select in scopes.selects(query):
        parts = scopes.where_parts(select)
        rejecting = {
            part.left.table.lower()
            for part in parts
            if isinstance(part, exp.EQ | exp.NEQ | exp.GT | exp.LT | exp.GTE | exp.LTE)
            and isinstance(part.left, exp.Column)
            and isinstance(part.right, exp.Literal)
        }
        joined = scopes.joins(select)
        if joined and scopes.is_plain_inner(last := joined[-1]):
            fitting += [last] if last.this.alias_or_name.lower() in rejecting else []
    if (join := scopes.pick(rng, fitting)) is None:
        return None
    join.set("side", "LEFT")
    return query


@pure
def filter_in_on(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`a JOIN b ON p WHERE q` → `a JOIN b ON p AND q`, q about b, inner joins only."""
    found = []
    for select in scopes.selects(query):
        parts = scopes.where_parts(select)
        for join in scopes.joins(select):
            if scopes.is_plain_inner(join):
                own = [p for p in parts if scopes.is_only_about(p, join.this.alias_or_name)]
                found += [(select, parts, join, part) for part in own]
    if not found:
        return None
    select, parts, join, part = rng.choice(found)
    join.set("on", scopes.all_of([*scopes.conjuncts(join.args["on"]), part.copy()]))
    scopes.set_where(select, [other for other in parts if other is not part])
    return query
