"""Worsenings that move work into subqueries, or say EXISTS in a slower way."""

from __future__ import annotations

from random import Random

from sqlglot import exp

from sqlwright.data import scopes
from sqlwright.data.scopes import pure
from sqlwright.schema import Schema


@pure
def exists_to_count(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`EXISTS (SELECT 1 ...)` → `(SELECT COUNT(*) ...) > 0`: counts every row to know of one."""
    node = _some_exists(query, rng)
    if node is None or not isinstance(inner := node.this, exp.Select) or scopes.is_grouped(inner):
        return None
    if inner.args.get("limit") or inner.args.get("distinct"):
        return None
    inner.set("expressions", [exp.Count(this=exp.Star())])
    count = exp.Subquery(this=inner)
    number = exp.Literal.number
    if isinstance(node.parent, exp.Not):
        node.parent.replace(exp.EQ(this=count, expression=number(0)))
    elif rng.random() < 0.8:
        node.replace(exp.GT(this=count, expression=number(0)))
    else:
        node.replace(exp.GTE(this=count, expression=number(1)))
    return query


def _some_exists(query: exp.Query, rng: Random) -> exp.Exists | None:
    return scopes.pick(rng, list(query.find_all(exp.Exists)))


@pure
def exists_select_more(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`EXISTS (SELECT 1 ...)` → `EXISTS (SELECT DISTINCT a, b ...)` or `(SELECT * ...)`."""
    node = _some_exists(query, rng)
    if node is None or not isinstance(inner := node.this, exp.Select) or scopes.is_grouped(inner):
        return None
    columns = [c for c in inner.find_all(exp.Column) if c.find_ancestor(exp.Select) is inner]
    if rng.random() < 0.4 or not columns:
        inner.set("expressions", [exp.Star()])
    else:
        inner.set("expressions", [rng.choice(columns).copy()])
    if rng.random() < 0.6:
        inner.set("distinct", exp.Distinct())
    return query


@pure
def exists_to_distinct_join(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`... FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.x = a.k)` → `SELECT DISTINCT ... JOIN b`.

    Only where the SELECT gives a key of every table it reads, so that DISTINCT merges only what the
    join repeats, and has no LIMIT.
    """
    found = []
    for select in scopes.selects(query):
        parts = scopes.where_parts(select)
        if gives_keys(select, schema) and not select.args.get("limit"):
            found += [(select, parts, p) for p in parts if isinstance(p, exp.Exists)]
    if not found or not isinstance(query, exp.Select):
        return None
    select, parts, part = rng.choice(found)
    inner = part.this
    if not isinstance(inner, exp.Select) or len(scopes.sources(inner)) != 1:
        return None
    source = scopes.sources(inner)[0]
    if not isinstance(source, exp.Table):
        return None
    alias = source.alias_or_name.lower()
    conditions = scopes.where_parts(inner)
    ties = [
        part
        for part in conditions
        if isinstance(part, exp.EQ)
        and len({c.table.lower() for c in part.find_all(exp.Column)}) == 2
    ]
    if not ties or any(c.find(exp.Select) for c in conditions):
        return None
    if any(not c.table or c.find_ancestor(exp.Select) is None for c in inner.find_all(exp.Column)):
        return None
    others = {s.alias_or_name.lower() for s in scopes.sources(select)}
    if alias in others or not _orders_by_output(select):
        return None
    join = exp.Join(this=source.copy(), on=scopes.all_of([tie.copy() for tie in ties]))
    select.append("joins", join)
    rest = [p for p in parts if p is not part] + [c.copy() for c in conditions if c not in ties]
    scopes.set_where(select, rest)
    select.set("distinct", exp.Distinct())
    return query


def _orders_by_output(select: exp.Select) -> bool:
    order = select.args.get("order")
    outputs = list(select.expressions)
    return all(key.this in outputs for key in order.expressions) if order else True


def gives_keys(select: exp.Select, schema: Schema) -> bool:
    """Are the rows of this SELECT all different, because it gives a key of each table it reads?"""
    if scopes.is_grouped(select) or select.args.get("distinct") or scopes.has_windows(select):
        return False
    given = {
        (c.table.lower(), c.name.lower()) for c in select.expressions if isinstance(c, exp.Column)
    }
    if any(not scopes.is_plain_inner(join) for join in scopes.joins(select)):
        return False
    for source in scopes.sources(select):
        table = scopes.table_of(source, schema)
        key = scopes.firm_key(table) if table else ()
        alias = source.alias_or_name.lower()
        if not key or any((alias, name.lower()) not in given for name in key):
            return False
    return bool(scopes.sources(select))


@pure
def not_exists_to_not_in(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`NOT EXISTS (SELECT 1 FROM b WHERE b.x = a.k AND p)` → `NOT a.k IN (SELECT b.x ... WHERE p)`.

    Only where neither column is ever NULL: one NULL in the list, and NOT IN returns nothing.
    """
    fitting = [n for n in query.find_all(exp.Exists) if isinstance(n.parent, exp.Not)]
    if not (node := scopes.pick(rng, fitting)) or not isinstance(inner := node.this, exp.Select):
        return None
    local = {source.alias_or_name.lower() for source in scopes.sources(inner)}
    parts = scopes.where_parts(inner)
    ties = []
    for part in parts:
        outside = [c for c in part.find_all(exp.Column) if c.table.lower() not in local]
        if outside:
            ties.append(part)
    if len(ties) != 1 or not isinstance(tie := ties[0], exp.EQ):
        return None
    sides = [side for side in (tie.left, tie.right) if isinstance(side, exp.Column)]
    if len(sides) != 2 or not all(scopes.is_firm(side, schema) for side in sides):
        return None
    within, without = sorted(sides, key=lambda side: side.table.lower() not in local)
    if without.table.lower() in local or scopes.is_grouped(inner):
        return None
    scopes.set_where(inner, [part for part in parts if part is not tie])
    inner.set("expressions", [within.copy()])
    node.replace(exp.In(this=without.copy(), query=exp.Subquery(this=inner.copy())))
    return query


@pure
def distinct_in_subquery(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`x IN (SELECT y ...)` → `x IN (SELECT DISTINCT y ...)`: IN does not count."""
    inner = [
        found
        for node in query.find_all(exp.In)
        if isinstance(found := _inside(node), exp.Select)
        and not found.args.get("distinct")
        and not found.args.get("limit")
    ]
    if (select := scopes.pick(rng, inner)) is None:
        return None
    select.set("distinct", exp.Distinct())
    return query


def _inside(node: exp.In) -> exp.Expr | None:
    inner = node.args.get("query")
    return inner.this if isinstance(inner, exp.Subquery) else inner


@pure
def order_in_subquery(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """Adds an ORDER BY where no one sees it: in a derived table, a CTE, an IN or EXISTS."""
    inner = [
        select
        for select in scopes.selects(query)
        if isinstance(select.parent, exp.Subquery | exp.CTE | exp.In | exp.Exists)
        and not isinstance(select.parent.parent, exp.Binary)
        and not (select.args.get("limit") or select.args.get("order"))
        and isinstance(select.expressions[0], exp.Column)
        and not scopes.is_grouped(select)
    ]
    if (select := scopes.pick(rng, inner)) is None:
        return None
    key = exp.Ordered(this=select.expressions[0].copy(), nulls_first=True)
    select.set("order", exp.Order(expressions=[key]))
    return query


@pure
def aggregate_join_to_scalar(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """A join with an aggregate per key → a correlated scalar subquery, run once for every row.

    `FROM p JOIN (SELECT k, AVG(v) AS a FROM t GROUP BY k) AS g ON g.k = p.k AND p.x < g.a` →
    `FROM p WHERE p.x < (SELECT AVG(v) FROM t WHERE t.k = p.k)`. A key without rows drops its row in
    both: AVG, SUM, MIN and MAX of nothing are NULL, and so is the comparison. Not for COUNT.
    """
    for select in scopes.selects(query):
        for join in scopes.joins(select):
            found = _aggregate_of(join)
            if found is None or join.side or join.kind:
                continue
            inner, key, value, alias = found
            if isinstance(value.find(exp.AggFunc), exp.Count):
                continue
            parts = scopes.conjuncts(join.args.get("on"))
            uses = scopes.columns_of(select, alias)
            if len(parts) != 2 or not isinstance(tie := parts[0], exp.EQ):
                continue
            test = parts[1]
            if len(uses) != 2 or not isinstance(test, exp.GT | exp.GTE | exp.LT | exp.LTE):
                continue
            if scopes.columns_of(tie.right, alias) or not isinstance(test.right, exp.Column):
                continue
            inner = _correlated(inner, key, value, tie.right)
            test.right.replace(exp.Subquery(this=inner))
            _drop_join(select, join)
            others = scopes.where_parts(select)
            first = rng.random() < 0.5
            scopes.set_where(select, [test.copy(), *others] if first else [*others, test.copy()])
            return query
    return None


@pure
def left_aggregate_to_scalar(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`SELECT g.a FROM p LEFT JOIN (SELECT k, SUM(v) AS a ... GROUP BY k) AS g` → a subquery.

    Without rows both are NULL, and `COALESCE(g.n, 0)` is what COUNT(*) of nothing gives.
    """
    for select in scopes.selects(query):
        for join in scopes.joins(select):
            found = _aggregate_of(join)
            if found is None or join.side != "LEFT":
                continue
            inner, key, value, alias = found
            parts = scopes.conjuncts(join.args.get("on"))
            uses = scopes.columns_of(select, alias)
            if len(parts) != 1 or not isinstance(tie := parts[0], exp.EQ) or len(uses) != 2:
                continue
            if scopes.columns_of(tie.right, alias) or scopes.is_grouped(select):
                continue
            shown = next((c for c in uses if not c.find_ancestor(exp.Join)), None)
            if shown is None or shown.find_ancestor(exp.Where, exp.Order):
                continue
            counted = isinstance(value, exp.Count)
            if counted != isinstance(shown.parent, exp.Coalesce):
                continue
            target = shown.parent if counted else shown
            assert target is not None
            target.replace(exp.Subquery(this=_correlated(inner, key, value, tie.right)))
            _drop_join(select, join)
            return query
    return None


def _drop_join(select: exp.Select, join: exp.Join) -> None:
    select.set("joins", [other for other in scopes.joins(select) if other is not join])


def _aggregate_of(join: exp.Join) -> tuple[exp.Select, exp.Expr, exp.Expr, str] | None:
    """(query, key, aggregate, alias) of a join with SELECT key, aggregate ... GROUP BY key."""
    if not isinstance(join.this, exp.Subquery) or not isinstance(
        inner := join.this.this, exp.Select
    ):
        return None
    group = inner.args.get("group")
    if group is None or len(group.expressions) != 1 or len(inner.expressions) != 2:
        return None
    key, value = inner.expressions
    plain = not any(inner.args.get(name) for name in ("having", "limit", "distinct", "order"))
    if not plain or key != group.expressions[0] or not isinstance(value, exp.Alias):
        return None
    if not isinstance(key, exp.Column) or not value.find(exp.AggFunc):
        return None
    return inner, key, value.this, join.this.alias


def _correlated(inner: exp.Select, key: exp.Expr, value: exp.Expr, outer: exp.Expr) -> exp.Select:
    """SELECT value FROM ... WHERE key = outer AND ..."""
    made = inner.copy()
    tie = exp.EQ(this=key.copy(), expression=outer.copy())
    scopes.set_where(made, [tie, *scopes.where_parts(made)])
    made.set("expressions", [value.copy()])
    made.set("group", None)
    return made


@pure
def left_join_to_scalar(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`SELECT b.v FROM a LEFT JOIN b ON b.k = a.x` → `SELECT (SELECT b.v FROM b WHERE b.k = a.x)`.

    Only where k is a key of b (at most one row) and b is used for that one column.
    """
    for select in scopes.selects(query):
        if scopes.is_grouped(select) or select.args.get("distinct"):
            continue
        for join in scopes.joins(select):
            tie, alias = join.args.get("on"), join.this.alias_or_name
            table = scopes.table_of(join.this, schema)
            if join.side != "LEFT" or table is None or not isinstance(tie, exp.EQ):
                continue
            uses = scopes.columns_of(select, alias)
            shown = [c for c in uses if c.parent is select and c.arg_key == "expressions"]
            inside = [c for c in uses if c.find_ancestor(exp.Join) is join]
            if len(uses) != 2 or len(shown) != 1 or len(inside) != 1:
                continue
            if (inside[0].name.lower(),) not in [
                tuple(k.lower() for k in key) for key in table.keys()
            ]:
                continue
            if inside[0] not in (tie.left, tie.right):
                continue
            inner = exp.Select(expressions=[shown[0].copy()])
            inner.set("from_", exp.From(this=join.this.copy()))
            scopes.set_where(inner, [tie.copy()])
            name = exp.to_identifier(shown[0].name)
            shown[0].replace(exp.alias_(exp.Subquery(this=inner), name))
            _drop_join(select, join)
            return query
    return None


@pure
def extreme_to_limit(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`(SELECT MAX(x) FROM t)` → `(SELECT x FROM t ORDER BY x DESC LIMIT 1)`, x never NULL."""
    for inner in scopes.selects(query):
        if not isinstance(inner.parent, exp.Subquery) or len(inner.expressions) != 1:
            continue
        value = inner.expressions[0]
        if not isinstance(value, exp.Max | exp.Min) or inner.args.get("group"):
            continue
        if not isinstance(value.this, exp.Column) or not scopes.is_firm(value.this, schema):
            continue
        key = exp.Ordered(this=value.this.copy(), desc=isinstance(value, exp.Max))
        key.set("nulls_first", not key.args["desc"])
        inner.set("expressions", [value.this.copy()])
        inner.set("order", exp.Order(expressions=[key]))
        inner.set("limit", exp.Limit(expression=exp.Literal.number(1)))
        return query
    return None


SUBQUERIES = (
    exists_to_count,
    exists_select_more,
    exists_to_distinct_join,
    not_exists_to_not_in,
    distinct_in_subquery,
    order_in_subquery,
    aggregate_join_to_scalar,
    left_aggregate_to_scalar,
    left_join_to_scalar,
    extreme_to_limit,
)
