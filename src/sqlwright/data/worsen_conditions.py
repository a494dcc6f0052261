"""Worsenings of conditions and values: the same truth for every row, said longer or slower."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from sqlglot import exp

from sqlwright.data import scopes
from sqlwright.data.scopes import pure
from sqlwright.schema import Schema

_OPPOSITE: dict[type[exp.Binary], type[exp.Binary]] = {
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
    exp.LT: exp.GTE,
    exp.GTE: exp.LT,
    exp.GT: exp.LTE,
    exp.LTE: exp.GT,
}
_MIRROR: dict[type[exp.Binary], type[exp.Binary]] = {
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
    exp.LT: exp.GT,
    exp.GT: exp.LT,
    exp.LTE: exp.GTE,
    exp.GTE: exp.LTE,
}
_SIMPLE: tuple[type[exp.Binary], ...] = (exp.EQ, exp.NEQ, exp.LT, exp.GT, exp.LTE, exp.GTE)


def _comparisons(query: exp.Query) -> list[exp.Binary]:
    """Comparisons of a column with a literal, as written: the column on the left."""
    return [
        node
        for node in query.find_all(*_SIMPLE)
        if isinstance(node.left, exp.Column) and isinstance(node.right, exp.Literal)
    ]


def _filters(query: exp.Query) -> list[tuple[exp.Select, list[exp.Expr]]]:
    found = [(select, scopes.where_parts(select)) for select in scopes.selects(query)]
    return [(select, parts) for select, parts in found if parts]


@pure
def in_list_to_or(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`x IN (1, 2)` → `(x = 1 OR x = 2)`: what IN is defined as."""
    lists = [n for n in query.find_all(exp.In) if 2 <= len(n.expressions) <= 8]
    if (node := scopes.pick(rng, lists)) is None:
        return None
    tests: list[exp.Expr] = [exp.EQ(this=node.this.copy(), expression=e) for e in node.expressions]
    chain = tests[0]
    for test in tests[1:]:
        chain = exp.Or(this=chain, expression=test)
    node.replace(exp.Paren(this=chain))
    return query


@pure
def between_to_negation(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`x BETWEEN a AND b` → `NOT (x < a OR x > b)`: NULL stays NULL under NOT."""
    if (node := scopes.pick(rng, list(query.find_all(exp.Between)))) is None:
        return None
    low = exp.LT(this=node.this.copy(), expression=node.args["low"])
    high = exp.GT(this=node.this.copy(), expression=node.args["high"])
    node.replace(exp.Not(this=exp.Paren(this=exp.Or(this=low, expression=high))))
    return query


@pure
def between_to_bounds(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`x BETWEEN a AND b` → `x >= a AND x <= b`: what BETWEEN is defined as."""
    if (node := scopes.pick(rng, list(query.find_all(exp.Between)))) is None:
        return None
    low: exp.Expr = exp.GTE(this=node.this.copy(), expression=node.args["low"])
    both = exp.And(
        this=low, expression=exp.LTE(this=node.this.copy(), expression=node.args["high"])
    )
    node.replace(both if isinstance(node.parent, exp.And | exp.Where) else exp.Paren(this=both))
    return query


@pure
def double_negation(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`x < 5` → `NOT x >= 5`, or `NOT (NOT (x < 5))`: NULL stays NULL under NOT."""
    if (node := scopes.pick(rng, _comparisons(query))) is None:
        return None
    if rng.random() < 0.6:
        opposite = _OPPOSITE[type(node)](this=node.this.copy(), expression=node.expression.copy())
        node.replace(exp.Not(this=exp.Paren(this=opposite)))
    else:
        inner = exp.Not(this=exp.Paren(this=node.copy()))
        node.replace(exp.Not(this=exp.Paren(this=inner)))
    return query


@pure
def literal_first(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`x > 5` → `5 < x`: the mirrored comparison."""
    if (node := scopes.pick(rng, _comparisons(query))) is None:
        return None
    node.replace(_MIRROR[type(node)](this=node.right.copy(), expression=node.left.copy()))
    return query


@pure
def arithmetic_on_column(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`x > 5` → `x + 10 > 15`: the same for integers, but no index on x can serve it.

    Only small literals and integer columns; a value within 10,000 of a type's edge would overflow.
    """
    fitting = [
        node
        for node in _comparisons(query)
        if isinstance(node.left, exp.Column)
        and node.right.is_int
        and abs(int(node.right.name)) < 10**7
        and scopes.kind_of(node.left, schema) == "int"
    ]
    if (node := scopes.pick(rng, fitting)) is None:
        return None
    number, step = int(node.right.name), rng.choice([1, 2, 5, 10, 10, 100])
    column = node.left.copy()
    draw = rng.random()
    left: exp.Binary
    if draw < 0.5:
        left, right = exp.Add(this=column, expression=exp.Literal.number(step)), number + step
    elif draw < 0.8 and number >= step:
        left, right = exp.Sub(this=column, expression=exp.Literal.number(step)), number - step
    else:
        left, right = exp.Mul(this=column, expression=exp.Literal.number(2)), number * 2
    node.replace(type(node)(this=left, expression=exp.Literal.number(right)))
    return query


@pure
def range_to_year(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`d >= '1995-01-01' AND d < '1996-01-01'` → `EXTRACT(YEAR FROM d) = 1995`; not on SQLite."""
    found = []
    for select, parts in _filters(query):
        for low, high in pairwise(parts):
            if not (
                isinstance(low, exp.GTE) and isinstance(high, exp.LT) and low.left == high.left
            ):
                continue
            first, last = _day(low.right), _day(high.right)
            if not first.endswith("-01-01") or last != f"{int(first[:4]) + 1}-01-01":
                continue
            if isinstance(low.left, exp.Column) and scopes.kind_of(low.left, schema) == "date":
                found.append((select, parts, low, high, first[:4]))
    if not found:
        return None
    select, parts, low, high, year = rng.choice(found)
    extract = exp.Extract(this=exp.var("YEAR"), expression=low.left.copy())
    test = exp.EQ(this=extract, expression=exp.Literal.number(int(year)))
    scopes.set_where(select, [test if p is low else p for p in parts if p is not high])
    return query


def _day(value: exp.Expr) -> str:
    inner = value.this if isinstance(value, exp.Cast) else value
    return inner.name if isinstance(inner, exp.Literal) and inner.is_string else ""


@pure
def tautology(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """Adds `1 = 1`, or `x = x`, `x IS NOT NULL` for a column that is never NULL."""
    select = rng.choice(scopes.selects(query))
    if not select.args.get("from_"):
        return None
    parts = scopes.where_parts(select)
    columns = [
        column
        for column in select.find_all(exp.Column)
        if column.find_ancestor(exp.Select) is select and scopes.is_firm(column, schema)
    ]
    test: exp.Expr = exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(1))
    if columns and rng.random() < 0.6:
        column = rng.choice(columns)
        if rng.random() < 0.5:
            test = exp.EQ(this=column.copy(), expression=column.copy())
        else:
            test = exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null()))
    elif rng.random() < 0.2:
        test = exp.EQ(this=exp.Literal.string("a"), expression=exp.Literal.string("a"))
    place = rng.choice([0, 0, len(parts), rng.randrange(len(parts) + 1)])
    scopes.set_where(select, [*parts[:place], test, *parts[place:]])
    return query


@pure
def repeated_condition(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`p AND q` → `p AND q AND p`."""
    found = _filters(query)
    if not found:
        return None
    select, parts = rng.choice(found)
    part = rng.choice(parts)
    place = rng.randrange(len(parts) + 1)
    scopes.set_where(select, [*parts[:place], part.copy(), *parts[place:]])
    return query


@pure
def weaker_condition(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`x > 5` → `x > 5 AND x > 3`: the second follows from the first."""
    fitting = [
        (select, parts, part)
        for select, parts in _filters(query)
        for part in parts
        if isinstance(part, exp.GT | exp.GTE | exp.LT | exp.LTE)
        and isinstance(part.left, exp.Column)
        and isinstance(part.right, exp.Literal)  # -5 is a Neg
        and part.right.is_int
    ]
    if not fitting:
        return None
    select, parts, part = rng.choice(fitting)
    step = rng.randint(1, 20) * (-1 if isinstance(part, exp.GT | exp.GTE) else 1)
    number = int(part.right.name) + step
    if number < 0:
        return None
    weaker = type(part)(this=part.left.copy(), expression=exp.Literal.number(number))
    place = parts.index(part) + rng.choice([0, 1])
    scopes.set_where(select, [*parts[:place], weaker, *parts[place:]])
    return query


@pure
def case_as_condition(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`p` → `CASE WHEN p THEN 1 ELSE 0 END = 1`: in a WHERE, NULL and false do the same."""
    fitting = [part for _, parts in _filters(query) for part in parts if isinstance(part, _SIMPLE)]
    if (part := scopes.pick(rng, fitting)) is None:
        return None
    case = exp.Case(
        ifs=[exp.If(this=part.copy(), true=exp.Literal.number(1))], default=exp.Literal.number(0)
    )
    part.replace(exp.EQ(this=case, expression=exp.Literal.number(1)))
    return query


@pure
def needless_coalesce(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`x` → `COALESCE(x, 0)` for a column that is never NULL."""
    default = {"int": exp.Literal.number(0), "num": exp.Literal.number(0),
               "text": exp.Literal.string(""), "real": exp.Literal.number(0)}  # fmt: skip
    fitting = [
        column
        for column in query.find_all(exp.Column)
        if isinstance(column.parent, exp.AggFunc | exp.Binary | exp.In)
        and not isinstance(column.parent, exp.Dot)
        and scopes.kind_of(column, schema) in default
        and scopes.is_firm(column, schema)
    ]
    if (column := scopes.pick(rng, fitting)) is None:
        return None
    instead = default[scopes.kind_of(column, schema)].copy()
    if _is_group_key(column):
        return None
    column.replace(exp.Coalesce(this=column.copy(), expressions=[instead]))
    return query


def _is_group_key(column: exp.Column) -> bool:
    """Must the column stay as it is because the SELECT groups by it?"""
    select = column.find_ancestor(exp.Select)
    group = select.args.get("group") if select else None
    return bool(group and column in group.expressions and not column.find_ancestor(exp.Where))


@pure
def coalesce_to_case(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`COALESCE(x, y)` → `CASE WHEN x IS NULL THEN y ELSE x END`."""
    fitting = [
        node
        for node in query.find_all(exp.Coalesce)
        if len(node.expressions) == 1 and isinstance(node.this, exp.Column)
    ]
    if (node := scopes.pick(rng, fitting)) is None:
        return None
    empty: exp.Expr = exp.Is(this=node.this.copy(), expression=exp.Null())
    then, other = node.expressions[0].copy(), node.this.copy()
    if rng.random() < 0.4:
        empty, then, other = exp.Not(this=empty), other, then
    node.replace(exp.Case(ifs=[exp.If(this=empty, true=then)], default=other))
    return query


@pure
def constant_subquery(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`x > 5` → `x > (SELECT 5)`."""
    if (node := scopes.pick(rng, _comparisons(query))) is None:
        return None
    node.right.replace(exp.Subquery(this=exp.Select(expressions=[node.right.copy()])))
    return query


@pure
def common_factor(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`(a OR b) AND c` → `((a AND c) OR (b AND c))`: the distributive law."""
    found = []
    for select, parts in _filters(query):
        for group in parts:
            if isinstance(group, exp.Paren) and isinstance(group.this, exp.Or):
                shared = [p for p in parts if p is not group and isinstance(p, (*_SIMPLE, exp.In))]
                if shared:
                    found.append((select, parts, group, rng.choice(shared)))
    if not found:
        return None
    select, parts, group, shared_part = rng.choice(found)
    branches: list[exp.Expr] = []
    node: exp.Expr = group.this
    while isinstance(node, exp.Or):
        branches.insert(0, node.right)
        node = node.left
    branches.insert(0, node)
    first = rng.random() < 0.5
    spread: list[exp.Expr] = []
    for branch in branches:
        inner = scopes.conjuncts(branch.this if isinstance(branch, exp.Paren) else branch)
        every = [shared_part, *inner] if first else [*inner, shared_part]
        spread.append(exp.Paren(this=scopes.all_of([part.copy() for part in every])))
    chain = spread[0]
    for branch in spread[1:]:
        chain = exp.Or(this=chain, expression=branch)
    group.set("this", chain)
    scopes.set_where(select, [part for part in parts if part is not shared_part])
    return query


CONDITIONS = (
    in_list_to_or,
    between_to_negation,
    between_to_bounds,
    double_negation,
    literal_first,
    arithmetic_on_column,
    range_to_year,
    tautology,
    repeated_condition,
    weaker_condition,
    case_as_condition,
    needless_coalesce,
    coalesce_to_case,
    constant_subquery,
    common_factor,
)
