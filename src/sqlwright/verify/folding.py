"""Constant expressions as plain values."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.simplify import simplify

from sqlwright.verify.values import Value


def number_of(text: str) -> Value:
    """The int or float that the text spells, or None."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def constant_of(node: exp.Expr) -> Value:
    """The value of a constant expression, dates as ISO text; None where it is none."""
    node = node.unnest()
    if isinstance(node, exp.Literal):
        return node.name if node.is_string else number_of(node.name)
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Cast | exp.Date | exp.Timestamp | exp.TsOrDsToDate):
        inner = node.this
        return constant_of(inner) if isinstance(inner, exp.Expr) else None
    if isinstance(node, exp.Neg):
        inner_value = constant_of(node.this)
        return -inner_value if isinstance(inner_value, int | float) else None
    if node.find(exp.Column, exp.Subquery, exp.AggFunc) is None and isinstance(
        node, exp.Binary | exp.DateAdd | exp.DateSub | exp.Func
    ):
        return _folded(node)
    return None


def _folded(node: exp.Expr) -> Value:
    """What the optimizer folds it to: 1 + 2, DATE '1995-01-01' + INTERVAL '1' YEAR."""
    try:
        folded = simplify(node.copy())
    except (SqlglotError, ValueError, TypeError, AttributeError, ArithmeticError):
        return None
    if isinstance(folded, exp.Literal | exp.Boolean | exp.Neg | exp.Cast) and folded != node:
        return constant_of(folded)
    return None
