"""What the use of a column in an unbound query says of the column's kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from sqlwright.schema import kind_of

_TEXT = (
    exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.Length, exp.Left, exp.Right, exp.Replace,
    exp.StrPosition, exp.Initcap, exp.DPipe, exp.StartsWith, exp.RegexpLike, exp.RegexpILike,
    exp.Like, exp.ILike, exp.SimilarTo, exp.SplitPart, exp.Pad, exp.GroupConcat, exp.Reverse,
)  # fmt: skip
_DATE = (
    exp.Extract, exp.Year, exp.Month, exp.Day, exp.Quarter, exp.Week, exp.DayOfWeek, exp.DayOfYear,
    exp.DateTrunc, exp.DateAdd, exp.DateSub, exp.DateDiff, exp.TsOrDsToDate, exp.TsOrDsAdd,
    exp.LastDay, exp.DayOfMonth,
)  # fmt: skip
_MOMENT = (
    exp.Hour, exp.Minute, exp.Second, exp.TimestampTrunc, exp.TsOrDsToTimestamp, exp.TimeToStr,
    exp.TimestampAdd, exp.TimestampSub, exp.TimestampDiff, exp.UnixSeconds, exp.Date,
)  # fmt: skip
_SUMS = (exp.Sum, exp.Avg, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance)
_NUMERIC = (exp.Round, exp.Abs, exp.Ceil, exp.Floor, exp.Sqrt, exp.Ln, exp.Exp, exp.Sign)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.IntDiv, exp.Neg)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_CHOICES = (exp.Coalesce, exp.Greatest, exp.Least, exp.Nullif, exp.If, exp.Case)


def kinds_asked(column: exp.Column) -> Iterator[str]:
    """The kinds that the column's place in an expression asks for."""
    node, parent = _climb(column)
    if isinstance(parent, _TEXT):
        yield "text"
    elif isinstance(parent, _DATE) and not isinstance(parent, exp.DateTrunc):
        is_clock = isinstance(parent, exp.Extract) and parent.name.upper() in _CLOCK
        yield "timestamp" if is_clock else "date"
    elif isinstance(parent, (*_MOMENT, exp.DateTrunc)):
        yield "timestamp"
    elif isinstance(parent, (*_SUMS, *_NUMERIC)):
        yield "num"
    elif isinstance(parent, _ARITHMETIC):
        sides = [side for side in parent.iter_expressions() if side is not node]
        if any(isinstance(side, exp.Interval) for side in sides):
            yield "date"
        elif not any(constant_kind(side) in ("date", "timestamp") for side in sides):
            yield "num" if _is_summed(parent) else "int"
    elif isinstance(parent, exp.Cast) and parent.to.is_type("date"):
        yield "timestamp"
    elif _is_condition(node, parent):
        yield "bool"


def _is_condition(node: exp.Expr, parent: exp.Expr | None) -> bool:
    if isinstance(parent, exp.Is):
        return isinstance(parent.expression, exp.Boolean)
    if isinstance(parent, exp.If):
        return node is parent.this
    return isinstance(parent, exp.Where | exp.Having | exp.Not | exp.Connector)


def _is_summed(node: exp.Expr) -> bool:
    """Does arithmetic end in a sum, an average or a division, which whole numbers rarely do?"""
    while isinstance(node, (*_ARITHMETIC, exp.Paren)) and node.parent is not None:
        if isinstance(node, exp.Div):
            return True
        node = node.parent
    return isinstance(node, _SUMS)


_CLOCK = ("HOUR", "MINUTE", "SECOND", "EPOCH")


def _climb(node: exp.Expr) -> tuple[exp.Expr, exp.Expr | None]:
    """The node with its brackets, and what holds it; MIN and MAX are of their argument's kind."""
    while isinstance(node.parent, exp.Paren | exp.Min | exp.Max):
        node = node.parent
    return node, node.parent


def partners(column: exp.Column) -> Iterator[exp.Expr]:
    """Expressions of the same kind as the column: what it is compared, chosen or united with."""
    node, parent = _climb(column)
    others: list[exp.Expr] = []
    if isinstance(parent, (*_COMPARISONS, *_ARITHMETIC, exp.Between, exp.In)):
        others += parent.iter_expressions()
    elif isinstance(parent, _CHOICES) and not _is_condition(node, parent):
        others += _choices(parent.parent if isinstance(parent.parent, exp.Case) else parent)
    elif isinstance(parent, exp.Select | exp.Alias):
        yield from _beside(node if isinstance(parent, exp.Select) else parent)
    for other in others:
        if other is not node and parent is not None:
            yield from _plain(other, parent)


def _choices(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Case):
        yield from (branch.args["true"] for branch in node.args["ifs"])
        yield from (end for end in (node.args.get("default"),) if end is not None)
    elif isinstance(node, exp.If):
        yield from (node.args[key] for key in ("true", "false") if node.args.get(key) is not None)
    else:
        yield from node.iter_expressions()


def _plain(node: exp.Expr, parent: exp.Expr) -> Iterator[exp.Expr]:
    """The columns or constants that the node's kind rests on."""
    node = node.unnest()
    if isinstance(node, exp.Query):
        node = node.selects[0].unalias() if node.selects else node
    if isinstance(node, exp.Min | exp.Max | exp.Any | exp.All):
        yield from _plain(node.this, parent)
    elif isinstance(node, exp.Tuple):
        for item in node.expressions:
            yield from _plain(item, parent)
    elif isinstance(node, exp.Add | exp.Sub) and isinstance(node.right, exp.Interval):
        yield from _plain(node.left, parent)
    elif isinstance(node, exp.Column) and isinstance(parent, _ARITHMETIC):
        return  # a date minus a date, an amount times a rate: the kinds may differ
    else:
        yield node


def _beside(item: exp.Expr) -> Iterator[exp.Expr]:
    """Columns at the same place of the other branch of a UNION, or before the IN of a subquery."""
    select = item.parent
    if not isinstance(select, exp.Select):
        return
    position = next((n for n, other in enumerate(select.expressions) if other is item), 0)
    branch: exp.Expr = select
    while isinstance(branch.parent, exp.SetOperation | exp.Subquery):
        above = branch.parent
        if isinstance(above, exp.SetOperation):
            side = above.expression if above.this is branch else above.this
            items = side.selects if isinstance(side, exp.Query) else []
            if position < len(items):
                yield items[position].unalias()
        branch = above
    if isinstance(branch.parent, (exp.In, *_COMPARISONS)) and position == 0:
        yield from (s for s in branch.parent.iter_expressions() if s is not branch)


def constant_kind(node: exp.Expr, dialect: str = "") -> str | None:
    """The kind of a constant expression, or of one whose kind does not depend on columns."""
    node = node.unnest()
    if isinstance(node, exp.Literal):
        if not node.is_string:
            return "int" if node.name.isdigit() else "num"
        if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", node.name):
            return "date"
        return "timestamp" if re.match(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d", node.name) else "text"
    if isinstance(node, exp.Boolean):
        return "bool"
    if isinstance(node, exp.Neg):
        return constant_kind(node.this, dialect)
    if isinstance(node, exp.Cast):
        kind = kind_of(node.to.sql(dialect=dialect))
        return kind if kind != "other" else None
    if isinstance(node, exp.CurrentDate | exp.Date | exp.TsOrDsToDate):
        return "date"
    if isinstance(node, exp.CurrentTimestamp | exp.CurrentDatetime):
        return "timestamp"
    if isinstance(node, exp.Count | exp.Length | exp.Extract | exp.Year | exp.Month | exp.Day):
        return "int"
    if isinstance(node, (*_SUMS, *_NUMERIC)):
        return "num"
    if isinstance(node, _TEXT) and not isinstance(node, exp.Predicate):
        return "text"
    if isinstance(node, _ARITHMETIC) and node.this is not None:
        sides = [constant_kind(side, dialect) for side in node.iter_expressions()]
        return next((kind for kind in ("timestamp", "date", "num", "int") if kind in sides), None)
    return None
