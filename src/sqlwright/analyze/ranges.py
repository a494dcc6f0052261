"""Conditions on a function of a column as conditions on the bare column, where that is the same."""

from __future__ import annotations

import re
from datetime import date, timedelta

from sqlglot import exp

from sqlwright.analyze.scope import COMPARISONS, schema_column, sides
from sqlwright.schema import Schema

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def as_plain_condition(test: exp.Expr, schema: Schema) -> exp.Expr | None:
    """The same condition over the bare column, or None where no sound form is known."""
    if isinstance(test, exp.Between):
        column = _year_column(test.this, schema)
        low, high = _year(test.args.get("low")), _year(test.args.get("high"))
        if column is None or low is None or high is None:
            return None
        return exp.And(
            this=_compare(exp.GTE, column, f"{low}-01-01"),
            expression=_compare(exp.LT, column, f"{high + 1}-01-01"),
        )
    if not isinstance(test, COMPARISONS):
        return None
    for side, value, kind in sides(test):
        new = (
            _of_year(side, value, kind, schema)
            or _of_month(side, value, kind, schema)
            or _of_day(side, value, kind, schema)
            or _of_coalesce(test, side, value)
        )
        if new is not None:
            return new
    return None


def _compare(kind: type[exp.Expr], column: exp.Expr, text: str) -> exp.Expr:
    return kind(this=column.copy(), expression=exp.Literal.string(text))


def _between(kind: type[exp.Expr], column: exp.Expr, start: str, end: str) -> exp.Expr | None:
    """`period(column) kind period`, where the period runs from `start` to just before `end`."""
    if kind is exp.EQ:
        first, last = _compare(exp.GTE, column, start), _compare(exp.LT, column, end)
        return exp.And(this=first, expression=last)
    if kind is exp.GTE:
        return _compare(exp.GTE, column, start)
    if kind is exp.GT:
        return _compare(exp.GTE, column, end)
    if kind is exp.LT:
        return _compare(exp.LT, column, start)
    return _compare(exp.LT, column, end) if kind is exp.LTE else None


def _of_year(
    side: exp.Expr, value: exp.Expr, kind: type[exp.Expr], schema: Schema
) -> exp.Expr | None:
    column, year = _year_column(side, schema), _year(value)
    if column is None or year is None:
        return None
    return _between(kind, column, f"{year}-01-01", f"{year + 1}-01-01")


def _year(value: exp.Expr | None) -> int | None:
    if isinstance(value, exp.Literal) and re.fullmatch(r"[12]\d{3}", value.name):
        return int(value.name)
    return None


def _year_column(side: exp.Expr, schema: Schema) -> exp.Column | None:
    """The column whose year the expression takes, if it holds dates or timestamps."""
    node: exp.Expr = side
    if isinstance(node, exp.Cast) and node.to.this in exp.DataType.INTEGER_TYPES:
        node = node.this
    if isinstance(node, exp.Extract) and node.this.name.upper() == "YEAR":
        inner = node.expression
    elif isinstance(node, exp.Year) or (
        isinstance(node, exp.TimeToStr) and node.args["format"].name == "%Y"
    ):
        inner = node.this
    else:
        return None
    while isinstance(inner, exp.TsOrDsToTimestamp | exp.TsOrDsToDate):
        inner = inner.this
    return inner if isinstance(inner, exp.Column) and _kind(inner, schema) == "time" else None


def _kind(column: exp.Column, schema: Schema) -> str:
    held = schema_column(column, schema)
    if held is None:
        return ""
    declared = held[1].type.lower()
    if declared.startswith(("date", "timestamp")):
        return "time"
    whole = ("int", "bigint", "smallint", "tinyint", "mediumint")
    return "whole" if declared.startswith(whole) else ""


def _of_month(
    side: exp.Expr, value: exp.Expr, kind: type[exp.Expr], schema: Schema
) -> exp.Expr | None:
    """The month or year that the column's moment lies in, cut off or as text, against one."""
    inner, text = side.args.get("this"), value.name if isinstance(value, exp.Literal) else ""
    if isinstance(side, exp.TimestampTrunc | exp.DateTrunc):
        unit = side.text("unit").upper()
        text = text.removesuffix(" 00:00:00")
        is_whole = re.fullmatch(r"\d{4}-\d{2}-01" if unit == "MONTH" else r"\d{4}-01-01", text)
        if unit not in ("MONTH", "YEAR") or not is_whole:
            return None
    elif isinstance(side, exp.TimeToStr) and side.args["format"].name == "%Y-%m":
        unit, text = "MONTH", f"{text}-01"
    else:
        return None
    while isinstance(inner, exp.TsOrDsToTimestamp | exp.TsOrDsToDate):
        inner = inner.this
    if not isinstance(inner, exp.Column) or _kind(inner, schema) != "time":
        return None
    try:
        start = date.fromisoformat(text)
    except ValueError:
        return None
    years, month = divmod(start.month, 12) if unit == "MONTH" else (1, start.month - 1)
    end = f"{start.year + years:04}-{month + 1:02}-01"
    return _between(kind, inner, text, end)


def _of_day(
    side: exp.Expr, value: exp.Expr, kind: type[exp.Expr], schema: Schema
) -> exp.Expr | None:
    """CAST(column AS DATE) or DATE(column) against one day."""
    is_cast = isinstance(side, exp.Cast) and side.to.this == exp.DType.DATE
    if not (is_cast or (isinstance(side, exp.Date) and not side.expressions)):
        return None
    column = side.this
    if not isinstance(column, exp.Column) or _kind(column, schema) != "time":
        return None
    if isinstance(value, exp.Cast) and value.to.this == exp.DType.DATE:
        value = value.this
    if not isinstance(value, exp.Literal) or not _ISO_DATE.fullmatch(value.name):
        return None
    try:
        following = date.fromisoformat(value.name) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return _between(kind, column, value.name, following.isoformat())


def _of_coalesce(test: exp.Expr, side: exp.Expr, value: exp.Expr) -> exp.Expr | None:
    """COALESCE(column, a) = b as column = b, or, where a is b, with OR column IS NULL.

    Only directly under WHERE or AND: elsewhere unknown is not the same as false.
    """
    if not isinstance(side, exp.Coalesce) or len(side.expressions) != 1:
        return None
    column, filler = side.this, side.expressions[0]
    literals = isinstance(filler, exp.Literal) and isinstance(value, exp.Literal)
    if not isinstance(test, exp.EQ) or not isinstance(column, exp.Column) or not literals:
        return None
    if filler.is_string != value.is_string or not isinstance(test.parent, exp.Where | exp.And):
        return None
    equal = exp.EQ(this=column.copy(), expression=value.copy())
    if filler == value:
        absent = exp.Is(this=column.copy(), expression=exp.Null())
        return exp.Or(this=equal, expression=absent)
    if filler.is_string and filler.name.rstrip().lower() == value.name.rstrip().lower():
        return None  # a collation may hold them equal
    is_whole = filler.is_string or (filler.is_int and value.is_int)
    return equal if is_whole else None


def moved_over(test: exp.Expr, schema: Schema) -> exp.Expr | None:
    """`column + n > m` as `column > m - n`, for whole numbers."""
    for side, value, kind in sides(test):
        if not isinstance(side, exp.Add | exp.Sub):
            continue
        column, step, goal = side.this.unnest(), _whole(side.expression), _whole(value)
        if isinstance(side, exp.Add) and step is None:
            column, step = side.expression.unnest(), _whole(side.this)
        if not isinstance(column, exp.Column) or step is None or goal is None:
            continue
        if _kind(column, schema) != "whole":
            continue
        moved = goal - step if isinstance(side, exp.Add) else goal + step
        return kind(this=column.copy(), expression=exp.Literal.number(moved))
    return None


def _whole(node: exp.Expr) -> int | None:
    node = node.unnest()
    sign = 1
    if isinstance(node, exp.Neg):
        sign, node = -1, node.this
    if isinstance(node, exp.Literal) and node.is_int and abs(int(node.name)) < 2**31:
        return sign * int(node.name)
    return None
