"""NULL: where three-valued logic gives other rows than the text seems to say."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.scope import COMPARISONS, conjuncts, is_nullable
from sqlwright.schema import Schema


def not_in_nullable(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """NOT IN (SELECT column ...) returns nothing as soon as that column holds one NULL.

    Bad:
        SELECT name FROM customers WHERE id NOT IN (SELECT referrer_id FROM customers)
    Good:
        SELECT name FROM customers c
        WHERE NOT EXISTS (SELECT 1 FROM customers r WHERE r.referrer_id = c.id)

    No rewrite is offered: the good query returns other rows, and only the author knows which ones
    were meant. Silent when the schema says NOT NULL, or the subquery filters NULL out.
    """
    for negation in query.find_all(exp.Not):
        test = negation.this.unnest()
        if not isinstance(test, exp.In) or not (subquery := test.args.get("query")):
            continue
        select = subquery.unnest()
        if not isinstance(select, exp.Select) or len(select.expressions) != 1:
            continue
        value = select.expressions[0].unalias()
        if value.is_star or not is_nullable(value, schema) or _is_filtered(value, select):
            continue
        yield found(
            negation,
            "not-in-nullable",
            "wrong",
            f"no row passes NOT IN once {shown(value)} holds a NULL",
            f"ни одна строка не пройдёт NOT IN, если в {shown(value)} есть NULL",
        )


def _is_filtered(value: exp.Expr, select: exp.Select) -> bool:
    """Whether a conjunct of WHERE or HAVING cannot be true while the value is NULL."""
    parts = []
    for clause in ("where", "having"):
        node = select.args.get(clause)
        parts += conjuncts(node.this) if node is not None else []
    return any(_asks_present(part, value) for part in parts)


def _asks_present(part: exp.Expr, value: exp.Expr) -> bool:
    if isinstance(part, exp.Not):
        inner = part.this.unnest()
        is_null = isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null)
        return is_null and inner.this.unnest() == value
    if isinstance(part, COMPARISONS):
        return value in (part.this.unnest(), part.expression.unnest())
    return isinstance(part, exp.In | exp.Like | exp.Between) and part.this.unnest() == value


def null_comparison(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A comparison with NULL is never true: neither = NULL nor <> NULL finds a row.

    Bad:
        SELECT name FROM customers WHERE city = NULL
    Good:
        SELECT name FROM customers WHERE city IS NULL

    No rewrite is offered: the good query returns other rows. Silent for IS NULL, IS DISTINCT FROM,
    and a NULL that is a value of CASE or COALESCE.
    """
    for comparison in query.find_all(*COMPARISONS):
        operands = (comparison.this.unnest(), comparison.expression.unnest())
        if not any(isinstance(operand, exp.Null) for operand in operands):
            continue
        meant = "IS NOT NULL" if isinstance(comparison, exp.NEQ) else "IS NULL"
        yield found(
            comparison,
            "null-comparison",
            "wrong",
            f"`{shown(comparison)}` is never true: {meant} asks for it",
            f"`{shown(comparison)}` никогда не истинно: пишите {meant}",
        )


def null_in_list(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A NULL in the list of NOT IN lets no row through; in the list of IN it finds nothing.

    Bad:
        SELECT name FROM customers WHERE city NOT IN ('Oslo', NULL)
    Good:
        SELECT name FROM customers WHERE city NOT IN ('Oslo') AND city IS NOT NULL

    No rewrite is offered for NOT IN: the good query returns other rows. Silent without NULL.
    """
    for test in query.find_all(exp.In):
        listed = test.expressions
        if not any(isinstance(item, exp.Null) for item in listed):
            continue
        negated = isinstance(test.parent, exp.Not)
        english = "lets no row through" if negated else "finds nothing"
        russian = "не пропустит ни одной строки" if negated else "ничего не найдёт"
        yield found(
            test,
            "null-in-list",
            "wrong",
            f"the NULL in the list of {'NOT IN' if negated else 'IN'} {english}",
            f"NULL в списке {'NOT IN' if negated else 'IN'} {russian}",
        )
