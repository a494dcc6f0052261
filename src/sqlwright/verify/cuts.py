"""LIMIT and ORDER BY of a query: what they cut off, and the query by itself, without them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlglot import exp

_CUTS = ("limit", "offset", "fetch")
Query = TypeVar("Query", bound=exp.Query)


def is_cut(node: exp.Expr) -> bool:
    """Does the query have a LIMIT, OFFSET or FETCH of its own?"""
    return any(node.args.get(name) for name in _CUTS)


def without_limit(query: Query) -> Query:
    """A copy without LIMIT, OFFSET and FETCH of its own."""
    return _without(query, _CUTS)


def bare(query: Query, *more: str) -> Query:
    """A copy without ORDER BY, LIMIT, OFFSET and FETCH of its own, and without these clauses."""
    return _without(query, ("order", *_CUTS, *more))


def _without(query: Query, names: Sequence[str]) -> Query:
    copy = query.copy()
    for name in names:
        copy.set(name, None)
    return copy


def context_of(select: exp.Query) -> list[exp.CTE]:
    """The WITH items that the select may see, outermost first."""
    found: list[exp.CTE] = []
    node: exp.Expr | None = select
    while node is not None:
        with_ = node.args.get("with_")
        inside = node.find_ancestor(exp.CTE) if node is not select else None
        if with_ is not None and node is not select:
            found = [cte for cte in with_.expressions if cte is not inside] + found
        node = node.parent
    own = select.find_ancestor(exp.CTE)
    names: dict[str, exp.CTE] = {}
    for cte in found:
        if cte is own:
            break
        names[cte.alias] = cte
    return list(names.values())


def attach(query: exp.Query, context: Sequence[exp.CTE]) -> exp.Query:
    """The query with the WITH items in front of its own."""
    own = query.args.get("with_")
    items = [cte.copy() for cte in context] + (list(own.expressions) if own is not None else [])
    if items:
        query.set("with_", exp.With(expressions=items))
    return query


def limits(query: exp.Query) -> tuple[int, int | None] | None:
    """(offset, limit) where both are plain numbers; None where one is not."""
    numbers: list[int | None] = []
    for name in ("offset", "limit"):
        node = query.args.get(name)
        if node is None:
            numbers.append(0 if name == "offset" else None)
            continue
        if isinstance(node, exp.Fetch):
            options = node.args.get("limit_options")
            if options is not None and (
                options.args.get("percent") or options.args.get("with_ties")
            ):
                return None
            value = node.args.get("count") or exp.Literal.number(1)
        else:
            value = node.expression
        value = value.unnest() if value is not None else None
        if not isinstance(value, exp.Literal) or not value.name.isdigit():
            return None
        numbers.append(int(value.name))
    return numbers[0] or 0, numbers[1]


def ranked(query: exp.Query) -> tuple[exp.Query, int] | None:
    """The query without LIMIT and with its order's keys as last columns, and how many those are.

    None where the keys cannot be shown: under DISTINCT or a set operation an order may only name
    what is selected, so keys are found there by position.
    """
    order = query.args.get("order")
    copy = without_limit(query)
    if order is None:
        return copy, 0
    keys = [ordered.this for ordered in order.expressions]
    names = query.named_selects
    if isinstance(query, exp.Select) and not query.args.get("distinct"):
        aliases = {item.alias: item.unalias() for item in query.selects if item.alias}
        for number, key in enumerate(keys):
            inner = key
            if isinstance(key, exp.Column) and not key.table and key.name in aliases:
                inner = aliases[key.name]
            copy.select(exp.alias_(inner.copy(), f"_key_{number}"), copy=False)
        return copy, len(keys)
    positions = [
        names.index(key.name) for key in keys if isinstance(key, exp.Column) and key.name in names
    ]
    if len(positions) < len(keys):
        return None
    if len(set(names)) < len(names):
        if not isinstance(copy, exp.Select):
            return None
        names = [f"_column_{number}" for number in range(len(names))]
        items = zip(copy.selects, names, strict=True)
        copy.set("expressions", [exp.alias_(item.unalias(), name) for item, name in items])
    outer = exp.Select(
        expressions=[
            *(exp.column(name, table="_q", quoted=True) for name in names),
            *(
                exp.alias_(exp.column(names[position], table="_q", quoted=True), f"_key_{number}")
                for number, position in enumerate(positions)
            ),
        ]
    )
    return _over(outer, copy, [names[position] for position in positions]), len(keys)


def _over(outer: exp.Select, inner: exp.Query, keys: Sequence[str]) -> exp.Query:
    order = inner.args["order"].copy()
    if not (isinstance(inner, exp.Select) and picks(inner) is not None):
        inner.set("order", None)  # DISTINCT ON picks by it
    with_ = inner.args.get("with_")
    inner.set("with_", None)
    found = outer.from_(
        exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("_q")))
    )
    for ordered, key in zip(order.expressions, keys, strict=True):
        ordered.set("this", exp.column(key, table="_q", quoted=True))
    found.set("order", order)
    found.set("with_", with_)
    return found


def picks(select: exp.Select) -> exp.Expr | None:
    """The keys of DISTINCT ON, or None."""
    distinct = select.args.get("distinct")
    found: exp.Expr | None = distinct.args.get("on") if distinct is not None else None
    return found


def asks_less(original: exp.Query, proposal: exp.Query) -> bool:
    """May the proposal's ORDER BY leave an order open that the original settles?

    A query that hands a derived table through keeps its order on every engine, so it counts.
    """
    wanted, given = _order_of(original), _order_of(proposal)
    return len(given) < len(wanted) or given[: len(wanted)] != wanted


def _order_of(query: exp.Query) -> list[str]:
    order = query.args.get("order")
    if order is None and isinstance(query, exp.Select):
        source = query.args.get("from_")
        inner = source.this if source is not None else None
        shaping = ("joins", "where", "group", "having", "distinct", "limit", "offset", "windows")
        if isinstance(inner, exp.Subquery) and not any(query.args.get(n) for n in shaping):
            nested = inner.unnest()
            return _order_of(nested) if isinstance(nested, exp.Query) else []
    if order is None:
        return []
    selects = {item.alias_or_name: n for n, item in enumerate(query.selects)}
    values = {item.unalias().sql(comments=False): n for n, item in enumerate(query.selects)}
    found = []
    for ordered in order.expressions:
        text = ordered.this.sql(comments=False)
        place = selects.get(text, values.get(text, text))
        found.append(f"{place} {bool(ordered.args.get('desc'))} {ordered.args.get('nulls_first')}")
    return found


def most_rows(node: exp.Expr) -> int | None:
    """More rows than these the query never returns, whichever its LIMITs pick; None: no bound."""
    query = node.unnest()
    if not isinstance(query, exp.Query):
        return None
    found: list[int] = []
    window = limits(query) if is_cut(query) else None
    if window is not None and window[1] is not None:
        found.append(window[1])
    if isinstance(query, exp.SetOperation):
        left, right = (most_rows(side) for side in (query.left, query.right))
        if isinstance(query, exp.Union):
            if left is not None and right is not None:
                found.append(left + right)
        elif left is not None:
            found.append(left)
    elif isinstance(query, exp.Select) and not query.args.get("joins"):
        source = query.args.get("from_")
        inner = source.this if source is not None else None
        group = query.args.get("group")
        shaped = query.args.get("laterals") or not (group is None or _is_plain(group))
        multiplies = any(item.find(*_SET_RETURNING) for item in query.selects)
        if isinstance(inner, exp.Subquery) and not (
            inner.args.get("pivots") or shaped or multiplies
        ):
            bound = most_rows(inner)
            if bound is not None:
                found.append(max(bound, 1))  # an aggregate of no row is one
    return min(found, default=None)


_SET_RETURNING = (exp.UDTF, exp.Explode, exp.GenerateSeries, exp.Anonymous)


def _is_plain(group: exp.Group) -> bool:
    """Is it without ROLLUP, CUBE and GROUPING SETS, which return more groups than rows?"""
    return group.find(exp.Rollup, exp.Cube, exp.GroupingSets) is None and not any(
        group.args.get(name) for name in ("all", "totals")
    )
