"""Conditions that are always true, or never."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.bounds import bound_of, clash, compare, furthest, is_implied, number_of
from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.kinds import NUMBERS, kind
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import COMPARISONS, conditions, is_nullable, selects, where
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
        holds = [_is_always(part, schema) for part in parts]
        if not any(holds):
            continue
        always = [part for part, held in zip(parts, holds, strict=True) if held]
        copy, (twin,) = copy_with(query, select)
        assert isinstance(twin, exp.Select)
        both = zip(where(twin), holds, strict=True)
        set_where(twin, [part for part, held in both if not held])
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
    left, right = number_of(part.this), number_of(part.expression)
    if left is not None and right is not None:
        return compare(type(part), left, right)
    texts = [x for x in (part.this, part.expression) if isinstance(x, exp.Literal) and x.is_string]
    if len(texts) == 2 and texts[0] == texts[1] and isinstance(part, exp.EQ | exp.NEQ):
        return isinstance(part, exp.EQ)
    return None


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
        pair = (never, never) if never is not None else clash(parts)
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
        low, high = number_of(part.args["low"]), number_of(part.args["high"])
        return low is not None and high is not None and low > high
    if isinstance(part, exp.Is) and isinstance(part.expression, exp.Null):
        return isinstance(part.this, exp.Column) and not is_nullable(part.this, schema)
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
        kept = furthest(given)
        weak = [
            n
            for n, part in enumerate(parts)
            if (bound := bound_of(part)) is not None
            and kind(bound[0], schema) in NUMBERS  # as texts, '9' is above '10'
            and is_implied(n, given, kept)
        ]
        if not weak:
            continue
        dropped = set(weak)
        copy, (twin,) = copy_with(query, select)
        assert isinstance(twin, exp.Select)
        set_where(twin, [part for n, part in enumerate(where(twin)) if n not in dropped])
        yield found(
            parts[weak[0]],
            "weaker-condition",
            "style",
            f"`{shown(parts[weak[0]])}` follows from another condition",
            f"`{shown(parts[weak[0]])}` следует из другого условия",
            rewrite=copy,
        )
