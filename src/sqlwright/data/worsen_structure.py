"""Worsenings of a query's build: needless layers, CTEs, DISTINCT, and the same work done twice."""

from __future__ import annotations

from random import Random

from sqlglot import exp

from sqlwright.data import scopes
from sqlwright.data.scopes import pure
from sqlwright.data.worsen_joins import (
    comma_join,
    filter_in_on,
    self_join_on_key,
    undone_left_join,
    unused_left_join,
)
from sqlwright.data.worsen_subqueries import gives_keys
from sqlwright.schema import Schema


@pure
def nested_table(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`FROM t AS a` → `FROM (SELECT * FROM t) AS a`, or with the columns listed."""
    fitting = [
        source
        for select in scopes.selects(query)
        for source in scopes.sources(select)
        if scopes.table_of(source, schema) is not None
    ]
    if (source := scopes.pick(rng, fitting)) is None:
        return None
    alias = source.alias_or_name
    inner = exp.Select(expressions=[exp.Star()])
    select = source.find_ancestor(exp.Select)
    assert select is not None
    used = list(dict.fromkeys(c.name for c in scopes.columns_of(select, alias)))
    bare = any(not c.table for c in select.find_all(exp.Column))
    if rng.random() < 0.4 and used and not bare:
        inner.set("expressions", [exp.column(exp.to_identifier(name)) for name in used])
    inner.set("from_", exp.From(this=exp.Table(this=source.this.copy())))
    named = exp.TableAlias(this=exp.to_identifier(alias))
    source.replace(exp.Subquery(this=inner, alias=named))
    return query


@pure
def nested_filter(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`FROM t AS a WHERE a.x = 1` → `FROM (SELECT * FROM t AS a WHERE a.x = 1) AS a`."""
    found = []
    for select in scopes.selects(query):
        if any(not scopes.is_plain_inner(join) for join in scopes.joins(select)):
            continue
        parts = scopes.where_parts(select)
        for source in scopes.sources(select):
            own = [p for p in parts if scopes.is_only_about(p, source.alias_or_name)]
            if own and scopes.table_of(source, schema) is not None:
                found.append((select, parts, source, own))
    if not found:
        return None
    select, parts, source, own = rng.choice(found)
    inner = exp.Select(expressions=[exp.Star()])
    inner.set("from_", exp.From(this=source.copy()))
    scopes.set_where(inner, [part.copy() for part in own])
    scopes.set_where(select, [part for part in parts if part not in own])
    named = exp.TableAlias(this=exp.to_identifier(source.alias_or_name))
    source.replace(exp.Subquery(this=inner, alias=named))
    return query


@pure
def wrapped(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`SELECT ...` → `SELECT * FROM (SELECT ...) AS q`, without an ORDER BY that would be lost."""
    if not isinstance(query, exp.Select) or query.args.get("order") or query.args.get("with_"):
        return None
    names = [item.alias_or_name.lower() for item in query.expressions]
    if not all(names) or len(set(names)) < len(names) or "*" in names:
        return None
    alias = scopes.fresh_alias(query, rng.choice(["q", "sub", "x", "t", "res", "inner_query"]))
    outer = exp.Select(expressions=[exp.Star()])
    named = exp.TableAlias(this=exp.to_identifier(alias))
    outer.set("from_", exp.From(this=exp.Subquery(this=query, alias=named)))
    return outer


@pure
def needless_distinct(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """Adds DISTINCT where no two rows are alike: every table's key is given, or every group key."""
    fitting = [s for s in scopes.selects(query) if gives_keys(s, schema) or _gives_groups(s)]
    if (select := scopes.pick(rng, fitting)) is None:
        return None
    order = select.args.get("order")
    outputs = [*select.expressions, *(exp.column(i.alias) for i in select.expressions if i.alias)]
    if order and not all(key.this in outputs for key in order.expressions):
        return None  # PostgreSQL wants the sort keys among the outputs of a DISTINCT
    select.set("distinct", exp.Distinct())
    return query


def _gives_groups(select: exp.Select) -> bool:
    group = select.args.get("group")
    if not group or select.args.get("distinct"):
        return False
    return all(key in select.expressions for key in group.expressions)


@pure
def distinct_to_group(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`SELECT DISTINCT a, b` → `SELECT a, b ... GROUP BY a, b`."""
    for select in scopes.selects(query):
        plain = all(isinstance(item, exp.Column) for item in select.expressions)
        if select.args.get("distinct") and plain and not scopes.is_grouped(select):
            select.set("distinct", None)
            keys = [item.copy() for item in select.expressions]
            select.set("group", exp.Group(expressions=keys))
            return query
    return None


@pure
def where_to_having(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """A WHERE condition on group keys → HAVING: groups are made, then thrown away."""
    for select in scopes.selects(query):
        group = select.args.get("group")
        if not group:
            continue
        parts = scopes.where_parts(select)
        movable = [
            part
            for part in parts
            if not part.find(exp.Select)
            and list(part.find_all(exp.Column))
            and all(column in group.expressions for column in part.find_all(exp.Column))
        ]
        if not movable:
            continue
        part = rng.choice(movable)
        scopes.set_where(select, [other for other in parts if other is not part])
        having = select.args.get("having")
        kept = scopes.conjuncts(having.this) if having else []
        select.set("having", exp.Having(this=scopes.all_of([part.copy(), *kept])))
        return query
    return None


@pure
def union_all_to_union(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`UNION ALL` → `UNION` where no row can repeat: branches give keys and their own constant."""
    if not isinstance(query, exp.Union) or query.args.get("distinct") is not False:
        return None
    branches = list(query.find_all(exp.Select))
    if any(b.parent is not query and not isinstance(b.parent, exp.Union) for b in branches):
        return None
    labels = [b.expressions[-1].unalias() for b in branches]
    if not all(isinstance(label, exp.Literal) for label in labels):
        return None
    if len({label.name for label in labels}) < len(labels):
        return None
    if not all(gives_keys(branch, schema) for branch in branches):
        return None
    for union in query.find_all(exp.Union):
        union.set("distinct", True)
    return query


@pure
def repeated_cte(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """A CTE that is read twice → the same derived table, written and computed twice."""
    with_ = query.args.get("with_")
    if with_ is None:
        return None
    for cte in with_.expressions:
        uses = [t for t in query.find_all(exp.Table) if t.name.lower() == cte.alias.lower()]
        if len(uses) < 2 or not isinstance(cte.this, exp.Query):
            continue
        for table in uses:
            named = exp.TableAlias(this=exp.to_identifier(table.alias_or_name))
            table.replace(exp.Subquery(this=cte.this.copy(), alias=named))
        rest = [other for other in with_.expressions if other is not cte]
        query.set("with_", exp.With(expressions=rest) if rest else None)
        return query
    return None


@pure
def unused_cte(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """Adds a CTE that nothing reads."""
    table = rng.choice(schema.tables)
    name = scopes.fresh_alias(
        query, rng.choice(["unused", "old", f"all_{table.name.lower()}", "tmp"])
    )
    inner = exp.Select(expressions=[exp.Star()])
    inner.set("from_", exp.From(this=exp.Table(this=exp.to_identifier(table.name))))
    cte = exp.CTE(this=inner, alias=exp.TableAlias(this=exp.to_identifier(name)))
    with_ = query.args.get("with_")
    kept = list(with_.expressions) if with_ else []
    place = rng.randrange(len(kept) + 1)
    query.set("with_", exp.With(expressions=[*kept[:place], cte, *kept[place:]]))
    return query


@pure
def count_column(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`COUNT(*)` → `COUNT(1)`, or `COUNT(x)` for an x that is never NULL."""
    counts = [n for n in query.find_all(exp.Count) if isinstance(n.this, exp.Star)]
    if (node := scopes.pick(rng, counts)) is None:
        return None
    select = node.find_ancestor(exp.Select)
    assert select is not None
    firm = [
        column
        for column in select.find_all(exp.Column)
        if column.find_ancestor(exp.Select) is select and scopes.is_firm(column, schema)
    ]
    if firm and rng.random() < 0.7:
        node.set("this", rng.choice(firm).copy())
    else:
        node.set("this", exp.Literal.number(1))
    return query


@pure
def count_distinct_key(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`COUNT(*)` → `COUNT(DISTINCT k)`, k the key of the only table."""
    for node in query.find_all(exp.Count):
        select = node.find_ancestor(exp.Select)
        if (
            not isinstance(node.this, exp.Star)
            or select is None
            or len(scopes.sources(select)) != 1
        ):
            continue
        source = scopes.sources(select)[0]
        table = scopes.table_of(source, schema)
        key = scopes.firm_key(table) if table else ()
        if len(key) == 1 and not isinstance(node.parent, exp.Window):
            column = scopes.refer(source.alias_or_name, key[0])
            node.set("this", exp.Distinct(expressions=[column]))
            return query
    return None


@pure
def distinct_extreme(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`MAX(x)` → `MAX(DISTINCT x)`: the largest of a set is the largest of its different values."""
    for node in query.find_all(exp.Max, exp.Min):
        if isinstance(node.this, exp.Column) and not isinstance(node.parent, exp.Window):
            node.set("this", exp.Distinct(expressions=[node.this.copy()]))
            return query
    return None


@pure
def repeated_key(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`ORDER BY a, b` → `ORDER BY a, b, a`, or the same in GROUP BY."""
    found = [node for node in query.find_all(exp.Order, exp.Group) if node.expressions]
    found = [n for n in found if isinstance(n.parent, exp.Select)]
    if (node := scopes.pick(rng, found)) is None:
        return None
    node.append("expressions", rng.choice(node.expressions).copy())
    return query


@pure
def table_as_cte(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`FROM t AS a` → `WITH t_all AS (SELECT * FROM t) ... FROM t_all AS a`."""
    if query.args.get("with_"):
        return None
    fitting = [
        source
        for select in scopes.selects(query)
        for source in scopes.sources(select)
        if scopes.table_of(source, schema) is not None
    ]
    if (source := scopes.pick(rng, fitting)) is None:
        return None
    alias = source.alias_or_name
    name = scopes.fresh_alias(
        query, rng.choice([f"{source.name}_all", f"{source.name}_cte", "src_all"])
    )
    inner = exp.Select(expressions=[exp.Star()])
    inner.set("from_", exp.From(this=exp.Table(this=source.this.copy())))
    source.replace(exp.alias_(exp.Table(this=exp.to_identifier(name)), alias, table=True))
    cte = exp.CTE(this=inner, alias=exp.TableAlias(this=exp.to_identifier(name)))
    query.set("with_", exp.With(expressions=[cte]))
    return query


# Joins stand where they do because the order decides what a seed gives.
STRUCTURE = (
    comma_join,
    nested_table,
    nested_filter,
    wrapped,
    needless_distinct,
    distinct_to_group,
    where_to_having,
    union_all_to_union,
    self_join_on_key,
    unused_left_join,
    undone_left_join,
    filter_in_on,
    repeated_cte,
    unused_cte,
    count_column,
    count_distinct_key,
    distinct_extreme,
    repeated_key,
    table_as_cte,
)
