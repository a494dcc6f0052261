"""ROLLUP, CUBE and GROUPING SETS as plain groupings, for engines without them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from sqlglot import exp


class Untranslatable(Exception):
    """SQLite has no words for a part of the query; it never leaves the verify package."""


def without_grouping_sets(select: exp.Select) -> exp.Expr | None:
    """ROLLUP, CUBE and GROUPING SETS as a UNION ALL of plain groupings."""
    group = select.args.get("group")
    if group is None or not any(True for _ in group.find_all(*_SETS)):
        return None
    if select.find(exp.Window) or select.args.get("distinct"):
        raise Untranslatable("a window over grouping sets")
    found = [tuple(dict.fromkeys(keys)) for keys in _grouping_sets(group)]
    every = list(dict.fromkeys(key for keys in found for key in keys))
    ends = {key: select.args.get(key) for key in ("order", "limit", "offset", "with_")}
    selects = [_grouped(select, keys, every) for keys in found]
    union: exp.Query = selects[0]
    for other in selects[1:]:
        union = exp.Union(this=union, expression=other, distinct=False)
    names = [item.alias_or_name for item in select.selects]
    outer = exp.Select(
        expressions=[exp.column(name, table="_sets", quoted=True) for name in names]
    ).from_(
        exp.Subquery(this=union, alias=exp.TableAlias(this=exp.to_identifier("_sets", quoted=True)))
    )
    if (order := ends.pop("order")) is not None:
        outer.set("order", _order_by_names(order, select, names))
    for key, value in ends.items():
        if value is not None:
            outer.set(key, value.copy())
    return outer


def _order_by_names(order: exp.Expr, select: exp.Select, names: Sequence[str]) -> exp.Expr:
    copy = order.copy()
    items = [item.unalias() for item in select.selects]
    for ordered in copy.expressions:
        key = ordered.this
        if isinstance(key, exp.Column) and not key.table and key.name in names:
            continue
        if key not in items:
            raise Untranslatable("an order by what grouping sets do not show")
        ordered.set("this", exp.column(names[items.index(key)], table="_sets", quoted=True))
    return copy


_SETS = (exp.Rollup, exp.Cube, exp.GroupingSets)


def _grouping_sets(group: exp.Expr) -> list[list[exp.Expr]]:
    """Every set of keys that the clause groups by: the product of its items' sets."""
    if group.args.get("rollup"):  # MySQL: GROUP BY a, b WITH ROLLUP
        return _prefixes(group.expressions)
    found: list[list[exp.Expr]] = [[]]
    for item in group.expressions:
        found = [[*keys, *more] for keys in found for more in _sets(item)]
    return found


def _prefixes(keys: Sequence[exp.Expr]) -> list[list[exp.Expr]]:
    return [
        [inner for key in keys[:count] for inner in _keys(key)]
        for count in range(len(keys), -1, -1)
    ]


def _keys(item: exp.Expr) -> list[exp.Expr]:
    return list(item.expressions) if isinstance(item, exp.Tuple) else [item.unnest()]


def _sets(item: exp.Expr) -> list[list[exp.Expr]]:
    if isinstance(item, exp.Rollup):
        return _prefixes(item.expressions)
    if isinstance(item, exp.Cube):
        return [
            [inner for key in chosen for inner in _keys(key)]
            for count in range(len(item.expressions), -1, -1)
            for chosen in itertools.combinations(item.expressions, count)
        ]
    if isinstance(item, exp.GroupingSets):
        if any(isinstance(inner, _SETS) for inner in item.expressions):
            raise Untranslatable("ROLLUP inside GROUPING SETS")
        return [_keys(inner) for inner in item.expressions]
    return [_keys(item)]


def _grouped(select: exp.Select, keys: Sequence[exp.Expr], every: Sequence[exp.Expr]) -> exp.Select:
    """The select grouped by some of the keys; the others are NULL, GROUPING tells which."""
    copy = select.copy()
    for name in ("order", "limit", "offset", "with_"):
        copy.set(name, None)
    copy.set("group", exp.Group(expressions=[key.copy() for key in keys]) if keys else None)
    missing = [key for key in every if key not in keys]
    places: list[exp.Expr] = list(copy.selects)
    if copy.args.get("having") is not None:
        places.append(copy.args["having"])
    for place in places:
        _without(place, missing)
    if not keys and not copy.find(exp.AggFunc):
        raise Untranslatable("an empty grouping set without an aggregate")
    return copy


def _without(place: exp.Expr, missing: Sequence[exp.Expr]) -> None:
    for node in list(place.walk()):
        if isinstance(node, exp.Grouping):
            bits = "".join("1" if a.unnest() in missing else "0" for a in node.expressions)
            node.replace(exp.Literal.number(int(bits or "0", 2)))
        elif node in missing and not node.find_ancestor(exp.AggFunc):
            node.replace(exp.Null())
