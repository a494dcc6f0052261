"""A query of another dialect in words that SQLite knows, so that its fast engine can search first.

What comes of it only has to be right nearly always: a difference that SQLite shows is shown to the
engine of the dialect before anybody hears of it. What it cannot say raises `Untranslatable`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from sqlwright.verify.folding import constant_of
from sqlwright.verify.grouping_sets import Untranslatable, without_grouping_sets
from sqlwright.verify.values import coerce


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
        return without_grouping_sets(node)
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
    if isinstance(node, exp.Subquery) and _is_scalar(node):
        return _single(node)
    if isinstance(node, _COMPARED):
        return _plain_literals(node)
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


_COMPARED = (
    exp.EQ, exp.NEQ, exp.In, exp.NullSafeEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between,
)  # fmt: skip


def _plain_literals(node: exp.Expr) -> exp.Expr | None:
    """flag = 't' and moment < '2024-01-01T10:00': as SQLite keeps booleans and moments."""
    others = node.expressions if isinstance(node, exp.In) else [node.args.get("expression")]
    sides = [node.this, *others, node.args.get("low"), node.args.get("high")]
    present = [side for side in sides if side is not None]
    types = {side.type.this for side in present if side.type is not None}
    for side in present:
        if not isinstance(side, exp.Literal) or not side.is_string:
            continue
        if exp.DType.BOOLEAN in types and side.name.lower() in _TRUTHS:
            side.replace(exp.Literal.number(_TRUTHS[side.name.lower()]))
        elif types & _MOMENTS and (moment := coerce("timestamp", side.name)) is not None:
            side.replace(exp.Literal.string(str(moment)))
    return None


_MOMENTS = {exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.DATETIME}


def _is_scalar(node: exp.Subquery) -> bool:
    """Is the subquery one value, of a query that may return several rows?"""
    query, parent = node.this, node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    if not isinstance(query, exp.Select) or len(query.selects) != 1:
        return False
    if isinstance(parent, exp.From | exp.Join | exp.In | exp.Exists | exp.SetOperation | exp.CTE):
        return False
    if isinstance(parent, exp.Lateral | exp.Subquery | exp.With | exp.Query) and not isinstance(
        node.arg_key, str
    ):
        return False
    if node.args.get("alias") is not None and not isinstance(parent, exp.Select):
        return False
    if query.args.get("limit") is not None:
        return False
    grouped = query.args.get("group") is not None
    return grouped or not any(
        aggregate.parent_select is query and not aggregate.find_ancestor(exp.Window)
        for aggregate in query.selects[0].find_all(exp.AggFunc)
    )


def _single(node: exp.Subquery) -> exp.Expr | None:
    """The subquery in an aggregate that fails on a second row, where SQLite takes the first."""
    query = node.this.copy()
    value = query.selects[0].unalias()
    query.set("order", None)
    query.set("expressions", [exp.alias_(value.copy(), "_value", quoted=True)])
    column = exp.column("_value", table="_single", quoted=True)
    outer = exp.Select(expressions=[_call("sw_single", column)])
    return exp.Subquery(this=outer.from_(exp.Subquery(this=query, alias=_as("_single"))))


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
