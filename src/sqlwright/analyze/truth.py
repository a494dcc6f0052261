"""Conditions that are always true, or never."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.scope import COMPARISONS, is_nullable, selects, sides, where
from sqlwright.analyze.tree import copy_with, set_where
from sqlwright.schema import Schema


def tautology(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A condition that holds for every row only costs time, or hides the one that was meant.

    Bad:
        SELECT name FROM customers WHERE 1 = 1 AND id IS NOT NULL AND city = 'Oslo'
    Good:
        SELECT name FROM customers WHERE city = 'Oslo'

    The schema's NOT NULL counts. Silent where the column may be NULL, and for OR.
    """
    for select in selects(query):
        parts = where(select)
        always = [part for part in parts if _is_always(part, schema)]
        if not always:
            continue
        copy, (twin,) = copy_with(query, select)
        assert isinstance(twin, exp.Select)
        kept = [at for at, part in enumerate(parts) if not any(part is a for a in always)]
        set_where(twin, [where(twin)[at] for at in kept])
        text = "`, `".join(part.sql() for part in always)
        yield found(
            always[0],
            "tautology",
            "style",
            f"`{text}` holds for every row",
            f"`{text}` верно для каждой строки",
            rewrite=copy,
        )


def _is_always(part: exp.Expr, schema: Schema) -> bool:
    if _literal_truth(part) is True:
        return True
    if isinstance(part, exp.EQ | exp.GTE | exp.LTE) and isinstance(part.this, exp.Column):
        return part.this == part.expression and not is_nullable(part.this, schema)
    if isinstance(part, exp.Not):
        test = part.this.unnest()
        if isinstance(test, exp.Is) and isinstance(test.expression, exp.Null):
            return isinstance(test.this, exp.Column) and not is_nullable(test.this, schema)
    return False


def _literal_truth(part: exp.Expr) -> bool | None:
    """What a comparison of two literals says; None for anything else."""
    if isinstance(part, exp.Boolean):
        return bool(part.this)
    if not isinstance(part, COMPARISONS):
        return None
    left, right = _number(part.this), _number(part.expression)
    if left is not None and right is not None:
        return _compare(type(part), left, right)
    texts = [x for x in (part.this, part.expression) if isinstance(x, exp.Literal) and x.is_string]
    if len(texts) == 2 and texts[0] == texts[1] and isinstance(part, exp.EQ | exp.NEQ):
        return isinstance(part, exp.EQ)
    return None


def _number(node: exp.Expr) -> Decimal | None:
    node = node.unnest()
    if isinstance(node, exp.Neg):
        inner = _number(node.this)
        return -inner if inner is not None else None
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    try:
        return Decimal(node.name)
    except InvalidOperation:
        return None


def _compare(kind: type[exp.Expr], left: Decimal, right: Decimal) -> bool:
    holds = {
        exp.EQ: left == right,
        exp.NEQ: left != right,
        exp.GT: left > right,
        exp.GTE: left >= right,
        exp.LT: left < right,
        exp.LTE: left <= right,
    }
    return holds[kind]  # type: ignore[index]


def contradiction(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Conditions that cannot hold together let no row through.

    Bad:
        SELECT name FROM customers WHERE id > 10 AND id < 5
    Good:
        SELECT name FROM customers WHERE id > 10 OR id < 5

    No rewrite is offered: only the author knows what was meant. Silent for columns on both sides
    and for texts other than under =.
    """
    for select in selects(query):
        parts = where(select)
        never = next((part for part in parts if _is_never(part, schema)), None)
        pair = (never, never) if never is not None else _clash(parts)
        if pair is None or pair[0] is None or pair[1] is None:
            continue
        both = pair[0].sql() if pair[0] is pair[1] else f"{shown(pair[0])} AND {shown(pair[1])}"
        yield found(
            pair[0],
            "contradiction",
            "wrong",
            f"`{both}` holds for no row",
            f"`{both}` не выполняется ни для одной строки",
        )


def _is_never(part: exp.Expr, schema: Schema) -> bool:
    if _literal_truth(part) is False:
        return True
    if isinstance(part, exp.Between):
        low, high = _number(part.args["low"]), _number(part.args["high"])
        return low is not None and high is not None and low > high
    if isinstance(part, exp.Is) and isinstance(part.expression, exp.Null):
        return isinstance(part.this, exp.Column) and not is_nullable(part.this, schema)
    return False


def _clash(parts: list[exp.Expr]) -> tuple[exp.Expr, exp.Expr] | None:
    """Two conditions on one column that no value meets together."""
    for at, first in enumerate(parts):
        for second in parts[at + 1 :]:
            if _cannot_both(first, second):
                return first, second
    return None


def _cannot_both(first: exp.Expr, second: exp.Expr) -> bool:
    if not isinstance(first, COMPARISONS) or not isinstance(second, COMPARISONS):
        return False
    for column, value, kind in sides(first):
        for other, bound, other_kind in sides(second):
            if isinstance(column, exp.Column) and column == other:
                return _exclude(kind, value, other_kind, bound)
    return False


def _exclude(
    kind: type[exp.Expr], value: exp.Expr, other_kind: type[exp.Expr], bound: exp.Expr
) -> bool:
    low, high = _number(value), _number(bound)
    if low is not None and high is not None:
        if kind is exp.EQ:
            return not _compare(other_kind, low, high)
        if other_kind is exp.EQ:
            return not _compare(kind, high, low)
        if kind in (exp.LT, exp.LTE):
            kind, low, other_kind, high = other_kind, high, kind, low
        if kind not in (exp.GT, exp.GTE) or other_kind not in (exp.LT, exp.LTE):
            return False
        return low > high or (low == high and not (kind is exp.GTE and other_kind is exp.LTE))
    texts = (value, bound)
    if kind is exp.EQ and other_kind is exp.EQ and all(isinstance(t, exp.Literal) for t in texts):
        names = {text.name.rstrip().lower() for text in texts}
        return len(names) > 1 and value.is_string == bound.is_string
    return False
