"""A query of another dialect in words that SQLite knows, so that its fast engine can search first.

What comes of it only has to be right nearly always: a difference that SQLite shows is shown to the
engine of the dialect before anybody hears of it. What it cannot say raises `Untranslatable`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from sqlglot import exp

from sqlwright.verify.folding import constant_of


class Untranslatable(Exception):
    """SQLite has no words for a part of the query; it never leaves the verify package."""


def to_sqlite(query: exp.Query) -> exp.Query:
    """A copy of the bound query for `sqlite_functions.connect`'s connection.

    Raises:
        Untranslatable: if a part has no form there.
    """
    holder = exp.Subquery(this=query.copy())  # or else the root could not be replaced
    for node in reversed(list(holder.walk())):
        replaced = _translated(node)
        if replaced is not None and replaced is not node:
            node.replace(replaced)
    found = holder.this
    assert isinstance(found, exp.Query)
    return found


def with_named_values(query: exp.Query) -> exp.Query:
    """The query of SQLite's own, a copy with VALUES spelled out where it has names for columns."""
    if query.find(exp.Values) is None:
        return query
    copy = query.copy()
    for node in list(copy.find_all(exp.Values)):
        if node.args.get("alias") is not None:
            node.replace(_values(node))
    return copy


def _translated(node: exp.Expr) -> exp.Expr | None:
    """What stands in the node's place, or None where it stays; its children are done already."""
    if isinstance(node, exp.Select):
        return _group_by_sets(node)
    if isinstance(node, exp.SetOperation):
        return _set_operation(node)
    if isinstance(node, exp.Values):
        return _values(node)
    if isinstance(node, exp.Add | exp.Sub | exp.DateAdd | exp.DateSub | exp.DateDiff):
        return _date_arithmetic(node)
    if isinstance(node, exp.Cast):
        return _cast(node)
    if isinstance(node, exp.Extract):
        return _call("sw_part", exp.Literal.string(node.name), node.expression)
    if isinstance(node, exp.Year | exp.Month | exp.Day | exp.Quarter):
        return _call("sw_part", exp.Literal.string(type(node).__name__), node.this)
    if isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
        unit = node.args.get("unit")
        return _call("sw_trunc", exp.Literal.string(unit.name if unit else ""), node.this)
    if isinstance(node, exp.TsOrDsToDate | exp.Date) and node.this is not None:
        return _call("sw_date", node.this)
    if isinstance(node, exp.TsOrDsToTimestamp | exp.Timestamp) and node.this is not None:
        return _call("sw_moment", node.this)
    if isinstance(node, exp.Left | exp.Right):  # keywords there
        name = "sw_left" if isinstance(node, exp.Left) else "sw_right"
        return _call(name, node.this, node.expression)
    if isinstance(node, exp.Count) and node.expressions:
        raise Untranslatable("COUNT of several columns")
    if isinstance(node, exp.Lateral | exp.Unnest | exp.Any | exp.All | exp.Array | exp.Bracket):
        raise Untranslatable(node.key)
    if isinstance(node, exp.Distinct) and node.args.get("on"):
        raise Untranslatable("DISTINCT ON")
    if isinstance(node, exp.EQ | exp.NEQ | exp.In | exp.NullSafeEQ):
        return _truth_by_name(node)
    if isinstance(node, exp.Boolean):
        return exp.Literal.number(int(bool(node.this)))
    return None


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


_UNITS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")


def _date_arithmetic(node: exp.Expr) -> exp.Expr | None:
    if isinstance(node, exp.DateDiff):
        unit = node.args.get("unit")
        if unit is not None and unit.name.lower() not in ("day", "days"):
            raise Untranslatable("DATEDIFF in other units than days")
        return _call("sw_days", node.this, node.expression)
    left, right = node.this, node.expression
    if isinstance(node, exp.DateAdd | exp.DateSub):
        unit = node.args.get("unit")
        if not isinstance(right, exp.Interval):
            right = exp.Interval(this=right.copy(), unit=unit)
    sign = -1 if isinstance(node, exp.Sub | exp.DateSub) else 1
    for moment, step in ((left, right), (right, left)):
        if isinstance(step, exp.Interval):
            number, unit = _interval(step)
            return _call(
                "sw_shift", moment, exp.Literal.number(sign * number), exp.Literal.string(unit)
            )
    if _is_date(left) and _is_date(right) and isinstance(node, exp.Sub):
        return _call("sw_days", left, right)
    if _is_date(left) and isinstance(right, exp.Literal) and not right.is_string:
        return _call(
            "sw_shift", left, exp.Literal.number(sign * int(right.name)), exp.Literal.string("day")
        )
    return None


_TRUTHS = {"t": 1, "true": 1, "1": 1, "f": 0, "false": 0, "0": 0}


def _truth_by_name(node: exp.Expr) -> exp.Expr | None:
    """flag = 't': SQLite keeps a boolean as 0 or 1."""
    others = node.expressions if isinstance(node, exp.In) else [node.expression]
    sides = [node.this, *others]
    if not any(side.type is not None and side.type.is_type("boolean") for side in sides if side):
        return None
    for side in sides:
        if isinstance(side, exp.Literal) and side.is_string and side.name.lower() in _TRUTHS:
            side.replace(exp.Literal.number(_TRUTHS[side.name.lower()]))
    return None


def _is_date(node: exp.Expr) -> bool:
    return node.type is not None and node.type.is_type("date", "timestamp", "datetime")


def _interval(node: exp.Interval) -> tuple[int, str]:
    value = constant_of(node.this) if node.this is not None else None
    unit = node.args.get("unit")
    words = str(value).split()
    if unit is None and len(words) == 2:
        value, name = words[0], words[1]
    else:
        name = unit.name if unit is not None else ""
    name = name.lower().rstrip("s")
    try:
        number = int(str(value))
    except ValueError:
        raise Untranslatable("an interval that is no whole number") from None
    if name not in _UNITS:
        raise Untranslatable(f"an interval in {name}")
    return number, name


def _cast(node: exp.Cast) -> exp.Expr | None:
    if node.to.is_type("date"):
        return _call("sw_date", node.this)
    if node.to.is_type("timestamp", "timestamptz", "datetime", "timestampntz"):
        return _call("sw_moment", node.this)
    if node.to.is_type(*exp.DataType.NUMERIC_TYPES) and not node.to.is_type(
        *exp.DataType.INTEGER_TYPES
    ):
        return exp.cast(node.this.copy(), "REAL", copy=False)
    if node.to.is_type("interval", "time", "array", "struct", "map"):
        raise Untranslatable(f"a cast to {node.to.sql()}")
    return None


def _values(node: exp.Values) -> exp.Expr:
    """VALUES with names for its columns: a UNION ALL of SELECTs, since SQLite takes no names."""
    alias = node.args.get("alias")
    names = [column.name for column in alias.columns] if alias is not None else []
    selects: list[exp.Select] = []
    for row in node.expressions:
        items = row.expressions if isinstance(row, exp.Tuple) else [row]
        named = [
            exp.alias_(item.copy(), names[i] if i < len(names) else f"_col_{i}", quoted=True)
            for i, item in enumerate(items)
        ]
        selects.append(exp.Select(expressions=named))
    union: exp.Query = selects[0]
    for select in selects[1:]:
        union = exp.Union(this=union, expression=select, distinct=False)
    if alias is None:
        return exp.Subquery(this=union)
    return exp.Subquery(this=union, alias=exp.TableAlias(this=alias.this.copy()))


def _set_operation(node: exp.SetOperation) -> exp.Expr | None:
    """Operands without brackets; ALL of INTERSECT and EXCEPT by counting equal rows."""
    for name in ("this", "expression"):
        side = node.args[name]
        if (
            isinstance(side, exp.Subquery)
            or _is_cut(side)
            or (
                isinstance(side, exp.SetOperation)
                and (name == "expression" or type(side) is not type(node))
            )
        ):
            node.set(name, _wrapped(side))
    if isinstance(node, exp.Union) or node.args.get("distinct"):
        return None
    shown_names = _names_of(node)
    names = [f"_c{i}" for i in range(len(shown_names))]
    for name in ("this", "expression"):
        node.set(name, _numbered(node.args[name], names))
    node.set("distinct", True)
    kept = [exp.column(column, quoted=True) for column in names]
    shown = [
        exp.alias_(column, shown_names[i] or names[i], quoted=True) for i, column in enumerate(kept)
    ]
    ends = {key: node.args.pop(key) for key in ("order", "limit", "offset") if node.args.get(key)}
    if ends.get("order"):
        raise Untranslatable("ORDER BY over EXCEPT ALL")
    outer = exp.Select(expressions=shown).from_(exp.Subquery(this=node.copy(), alias=_as("_all")))
    for key, value in ends.items():
        outer.set(key, value)
    return outer


def _names_of(query: exp.Expr) -> list[str]:
    """Names of the columns, also where a `SELECT *` of ours stands around them."""
    while isinstance(query, exp.SetOperation):
        query = query.this
    if isinstance(query, exp.Select) and isinstance(query.selects[0], exp.Star):
        return _names_of(query.args["from_"].this.this)
    assert isinstance(query, exp.Query)
    return [item.alias_or_name for item in query.selects]


def _is_cut(query: exp.Expr) -> bool:
    return any(query.args.get(key) for key in ("limit", "offset", "order", "with_"))


def _as(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.to_identifier(name, quoted=True))


def _wrapped(query: exp.Expr) -> exp.Select:
    inner = query.copy()
    if isinstance(inner, exp.Subquery):
        inner.set("alias", _as("_set"))
    else:
        inner = exp.Subquery(this=inner, alias=_as("_set"))
    return exp.Select(expressions=[exp.Star()]).from_(inner)


def _numbered(side: exp.Expr, names: Sequence[str]) -> exp.Select:
    """The rows of the side, each with its number among those that are equal."""
    rows = exp.CTE(
        this=side.copy(),
        alias=exp.TableAlias(
            this=exp.to_identifier("_rows"),
            columns=[exp.to_identifier(name, quoted=True) for name in names],
        ),
    )
    columns: list[exp.Expr] = [exp.column(name, quoted=True) for name in names]
    number = exp.Window(this=exp.RowNumber(), partition_by=[c.copy() for c in columns])
    inner = exp.Select(expressions=[*columns, exp.alias_(number, "_number")]).from_("_rows")
    inner.set("with_", exp.With(expressions=[rows]))
    return exp.Select(expressions=[exp.Star()]).from_(exp.Subquery(this=inner, alias=_as("_set")))


def _group_by_sets(select: exp.Select) -> exp.Expr | None:
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
    ).from_(exp.Subquery(this=union, alias=_as("_sets")))
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
