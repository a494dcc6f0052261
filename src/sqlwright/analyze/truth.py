"""Conditions that are always true, or never."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.kinds import NUMBERS, kind
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import COMPARISONS, conditions, is_nullable, selects, sides, where
from sqlwright.analyze.tree import copy_with, set_where
from sqlwright.schema import Schema


def tautology(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A condition that holds for every row only costs time, or hides the one that was meant.

    Bad:
        SELECT name FROM customers WHERE 1 = 1 AND id IS NOT NULL AND city = 'Oslo'
    Good:
        SELECT name FROM customers WHERE city = 'Oslo'

    The schema's NOT NULL counts. Silent where the column may be NULL, and for OR.

    По-русски: условие, верное для каждой строки, только отнимает время или прячет то, которое
    имелось в виду. NOT NULL из схемы учитывается. Молчит, когда столбец может быть NULL, и для OR.
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

    По-русски: условия, которые не выполняются вместе, не пропустят ни одной строки. Переписанного
    запроса нет: что имелось в виду, знает только автор. Молчит, когда столбцы стоят с обеих сторон,
    и для текстов не под знаком =.
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
            if cannot_both(first, second):
                return first, second
    return None


def cannot_both(first: exp.Expr, second: exp.Expr) -> bool:
    """Whether no value of a column meets both comparisons."""
    if not isinstance(first, COMPARISONS) or not isinstance(second, COMPARISONS):
        return False
    for column, value, how in sides(first):
        for other, bound, other_how in sides(second):
            if isinstance(column, exp.Column) and column == other:
                return _exclude(how, value, other_how, bound)
    return False


def _exclude(
    how: type[exp.Expr], value: exp.Expr, other_how: type[exp.Expr], bound: exp.Expr
) -> bool:
    low, high = _number(value), _number(bound)
    if low is not None and high is not None:
        if how is exp.EQ:
            return not _compare(other_how, low, high)
        if other_how is exp.EQ:
            return not _compare(how, high, low)
        if how in (exp.LT, exp.LTE):
            how, low, other_how, high = other_how, high, how, low
        if how not in (exp.GT, exp.GTE) or other_how not in (exp.LT, exp.LTE):
            return False
        return low > high or (low == high and not (how is exp.GTE and other_how is exp.LTE))
    texts = (value, bound)
    if how is exp.EQ and other_how is exp.EQ and all(isinstance(t, exp.Literal) for t in texts):
        names = {text.name.rstrip().lower() for text in texts}
        return len(names) > 1 and value.is_string == bound.is_string
    return False


def self_comparison(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A column compared with itself says at most that it is not NULL: another one was meant.

    Bad:
        SELECT c.name FROM customers c JOIN orders o ON o.customer_id = o.customer_id
    Good:
        SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id

    No rewrite is offered: only the author knows the other column. Silent where `tautology` speaks:
    for a column in WHERE that is never NULL.

    По-русски: столбец, который сравнивается с самим собой, говорит разве что, что он не NULL:
    имелся в виду другой. Переписанного запроса нет: какой, знает автор. Молчит там, где говорит
    `tautology`: для столбца в WHERE, который не бывает NULL.
    """
    for test in every(query, *COMPARISONS):
        column = test.this.unnest()
        if not isinstance(column, exp.Column) or column != test.expression.unnest():
            continue
        clause = test.find_ancestor(exp.Where, exp.Join, exp.Select)
        if isinstance(clause, exp.Where) and _is_always(test, schema):
            continue
        holds = isinstance(test, exp.EQ | exp.GTE | exp.LTE)
        yield found(
            test,
            "self-comparison",
            "wrong",
            f"`{shown(test)}` compares a column with itself: it holds"
            f" {'unless that is NULL' if holds else 'for no row'}",
            f"`{shown(test)}` сравнивает столбец с самим собой и верно"
            f" {'всегда, кроме NULL' if holds else 'ни для одной строки'}",
        )


def weaker_condition(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A bound that a stricter bound on the same column implies is asked in vain.

    Bad:
        SELECT name FROM customers WHERE id > 3 AND id > 10
    Good:
        SELECT name FROM customers WHERE id > 10

    Silent for texts, for bounds on opposite sides, and under OR.

    По-русски: граница, которая следует из более строгой границы того же столбца, проверяется
    напрасно. Молчит для текстов, для границ с разных сторон и под OR.
    """
    for select in selects(query):
        parts = where(select)
        given = conditions(select)
        weak = [n for n, part in enumerate(parts) if _is_weaker(n, part, given, schema)]
        if not weak:
            continue
        copy, (twin,) = copy_with(query, select)
        assert isinstance(twin, exp.Select)
        set_where(twin, [part for n, part in enumerate(where(twin)) if n not in weak])
        yield found(
            parts[weak[0]],
            "weaker-condition",
            "style",
            f"`{shown(parts[weak[0]])}` follows from a stricter condition",
            f"`{shown(parts[weak[0]])}` следует из более строгого условия",
            rewrite=copy,
        )


def _is_weaker(at: int, part: exp.Expr, given: list[exp.Expr], schema: Schema) -> bool:
    bound = _bound(part)
    if bound is None or kind(bound[0], schema) not in NUMBERS:  # as texts, '9' is above '10'
        return False
    for n, other in enumerate(given):
        tighter = _bound(other) if other is not part else None
        if tighter is None or tighter[0] != bound[0]:
            continue
        if _implies(tighter, bound) and (n < at or not _implies(bound, tighter)):
            return True
    return False


Bound = tuple[exp.Column, type[exp.Expr], Decimal]


def _bound(part: exp.Expr) -> Bound | None:
    """(column, comparison, number) of a comparison with a number, the column on the left."""
    if not isinstance(part, COMPARISONS):
        return None
    for column, value, how in sides(part):
        number = _number(value)
        if isinstance(column, exp.Column) and number is not None:
            return column, how, number
    return None


def _implies(tight: Bound, loose: Bound) -> bool:
    """Whether every value that meets the first comparison meets the second."""
    (_, how, number), (_, other, bound) = tight, loose
    if how is exp.EQ:
        return _compare(other, number, bound)
    if how in (exp.GT, exp.GTE) and other in (exp.GT, exp.GTE):
        return number > bound or (number == bound and (how is exp.GT or other is exp.GTE))
    if how in (exp.LT, exp.LTE) and other in (exp.LT, exp.LTE):
        return number < bound or (number == bound and (how is exp.LT or other is exp.LTE))
    return False
