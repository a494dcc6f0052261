"""Expressions that do less, or other, than they seem to: CASE, division, repeated functions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.kinds import kind, type_name
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import columns_of, is_nullable, source_of
from sqlwright.analyze.tree import replaced
from sqlwright.schema import Schema

_TWICE = (exp.Upper, exp.Lower, exp.Abs, exp.Trim, exp.Ceil, exp.Floor)  # once is enough


def integer_division(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A whole number divided by a whole number loses its fraction in PostgreSQL and SQLite.

    Bad:
        SELECT COUNT(coupon) / COUNT(*) AS share FROM orders
    Good:
        SELECT COUNT(coupon) * 1.0 / COUNT(*) AS share FROM orders

    No rewrite is offered: the good query returns other numbers. Silent where / keeps the fraction
    (MySQL, DuckDB), when the divisor is a literal, and where a kind is not known.

    По-русски: целое, делённое на целое, в PostgreSQL и SQLite теряет дробную часть. Переписанного
    запроса нет: у хорошего другие числа. Молчит, когда / сохраняет дробь (MySQL, DuckDB), когда
    делитель — постоянная и когда род значения неизвестен.
    """
    for division in every(query, exp.Div):
        if not division.args.get("typed") or isinstance(division.expression.unnest(), exp.Literal):
            continue
        over, under = division.this.unnest(), _guarded(division.expression.unnest())
        if kind(over, schema) != "int" or kind(under, schema) != "int":
            continue
        if any(_may_be_wide(total, schema) for total in division.find_all(exp.Sum)):
            continue
        yield found(
            division,
            "integer-division",
            "wrong",
            f"`{shown(division)}` divides whole numbers and drops the fraction: multiply by 1.0",
            f"`{shown(division)}` делит целые числа и теряет дробь: умножьте на 1.0",
        )


def _guarded(under: exp.Expr) -> exp.Expr:
    """The divisor inside NULLIF(divisor, 0)."""
    return under.this.unnest() if isinstance(under, exp.Nullif) else under


def _may_be_wide(total: exp.Sum, schema: Schema) -> bool:
    """Whether PostgreSQL makes a NUMERIC of the sum, as of BIGINT and of counts."""
    if total.find(exp.Count) is not None:
        return True
    return any(
        "BIG" in type_name(c, schema) or "8" in type_name(c, schema) for c in columns_of(total)
    )


def repeated_function(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """LOWER of LOWER, TRIM of TRIM and COALESCE in COALESCE do once what they say twice.

    Bad:
        SELECT LOWER(LOWER(city)) FROM customers
    Good:
        SELECT LOWER(city) FROM customers

    Silent for functions where the second call adds something, as ROUND to other digits, for LOWER
    of UPPER, which changes some letters, and for TRIM with characters or a side.

    По-русски: LOWER от LOWER, TRIM от TRIM и COALESCE в COALESCE делают один раз то, что сказано
    дважды. Молчит для функций, где второй вызов что-то добавляет, как ROUND до других знаков, для
    LOWER от UPPER, который меняет некоторые буквы, и для TRIM с символами или стороной.
    """
    for call in every(query, *_TWICE, exp.Coalesce):
        inner = call.this
        if isinstance(call, exp.Coalesce):
            if not isinstance(inner, exp.Coalesce):
                continue
            new: exp.Expr = inner.copy()
            new.set("expressions", [*new.expressions, *(v.copy() for v in call.expressions)])
        elif _adds_nothing(call, inner):
            new = call.copy()
            new.set("this", inner.this.copy())
        else:
            continue
        yield found(
            call,
            "repeated-function",
            "style",
            f"`{shown(call)}` is `{shown(new)}`",
            f"`{shown(call)}` — то же, что `{shown(new)}`",
            rewrite=partial(replaced, query, call, new),
        )


def _adds_nothing(call: exp.Expr, inner: exp.Expr) -> bool:
    more = [v for node in (call, inner) for name, v in node.args.items() if name != "this" and v]
    return type(call) is type(inner) and not more


def same_branches(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A CASE whose branches all give the same value decides nothing.

    Bad:
        SELECT CASE WHEN city = 'Oslo' THEN name ELSE name END FROM customers
    Good:
        SELECT name FROM customers

    Silent without ELSE, where a row that meets no condition gets NULL.

    По-русски: CASE, все ветви которого дают одно и то же, ничего не решает. Молчит без ELSE: тогда
    строка, не отвечающая ни одному условию, получит NULL.
    """
    for case in every(query, exp.Case):
        default = case.args.get("default")
        given = [branch.args["true"] for branch in case.args["ifs"]]
        if default is None or any(value != default for value in given):
            continue
        if default.find(exp.Rand, exp.Anonymous):
            continue
        yield found(
            case,
            "same-branches",
            "wrong",
            f"every branch gives {shown(default)}: one of them was meant to differ, or CASE can go",
            f"каждая ветвь даёт {shown(default)}: одна должна отличаться, или CASE не нужен",
            rewrite=partial(replaced, query, case, default.copy()),
        )


def repeated_when(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """CASE takes the first branch that fits: a condition that stood before is never reached again.

    Bad:
        SELECT CASE status WHEN 'open' THEN 1 WHEN 'paid' THEN 2 WHEN 'open' THEN 3 END FROM orders
    Good:
        SELECT CASE status WHEN 'open' THEN 1 WHEN 'paid' THEN 2 END FROM orders

    The rewrite drops the branch. Silent for conditions that differ in anything.

    По-русски: CASE берёт первую подходящую ветвь: условие, которое уже было раньше, второй раз не
    достигается. Переписанный запрос убирает эту ветвь. Молчит, когда условия хоть чем-то
    различаются.
    """
    for case in every(query, exp.Case):
        branches = case.args["ifs"]
        tests = [branch.this for branch in branches]
        again = [n for n, test in enumerate(tests) if test in tests[:n]]
        if not again or any(test.find(exp.Rand, exp.Anonymous) for test in tests):
            continue
        new = case.copy()
        new.set("ifs", [branch for n, branch in enumerate(new.args["ifs"]) if n not in again])
        yield found(
            branches[again[0]],
            "repeated-when",
            "wrong",
            f"WHEN {shown(tests[again[0]])} stood before: this branch is never taken",
            f"WHEN {shown(tests[again[0]])} уже было: эта ветвь никогда не выбирается",
            rewrite=partial(replaced, query, case, new),
        )


def extreme_by_limit(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A subquery that sorts to take the first value asks for MAX or MIN.

    Bad:
        SELECT id FROM orders
        WHERE placed = (SELECT placed FROM orders ORDER BY placed DESC LIMIT 1)
    Good:
        SELECT id FROM orders WHERE placed = (SELECT MAX(placed) FROM orders)

    Silent when another column is selected, when NULL would come first, with OFFSET and GROUP BY,
    and outside of a comparison.

    По-русски: подзапрос, который сортирует, чтобы взять первое значение, спрашивает MAX или MIN.
    Молчит, когда выбран другой столбец, когда первым оказался бы NULL, с OFFSET и GROUP BY и вне
    сравнения.
    """
    for subquery in every(query, exp.Subquery):
        select = subquery.this
        if not isinstance(select, exp.Select) or not isinstance(subquery.parent, exp.Condition):
            continue
        if isinstance(subquery.parent, exp.In | exp.Exists | exp.Query | exp.Any | exp.All):
            continue
        order, limit = select.args.get("order"), select.args.get("limit")
        if order is None or not isinstance(limit, exp.Limit) or limit.expression.name != "1":
            continue
        clauses = ("group", "having", "offset", "distinct", "with_", "qualify", "windows")
        if any(select.args.get(c) for c in clauses) or len(select.expressions) != 1:
            continue
        value, first = select.expressions[0].unalias(), order.expressions[0]
        if not isinstance(value, exp.Column) or first.this.unnest() != value:
            continue
        if source_of(value, select, schema) is None:
            continue  # a fold of an outer column belongs to the outer query
        if first.args.get("nulls_first") and is_nullable(value, schema):
            continue
        fold: exp.Expr = (exp.Max if first.args.get("desc") else exp.Min)(this=value.copy())
        new = select.copy()
        new.set("expressions", [fold])
        new.set("order", None)
        new.set("limit", None)
        yield found(
            subquery,
            "extreme-by-limit",
            "style",
            f"the rows are sorted only to take {shown(fold)}",
            f"строки сортируются только ради {shown(fold)}",
            rewrite=partial(replaced, query, select, new),
        )
