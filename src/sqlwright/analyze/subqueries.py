"""Subqueries that run once per row, and ones that ask for more than they use."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.correlation import correlation, joined_once
from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.scope import (
    conjuncts,
    enclosing,
    has_aggregate,
    is_nullable,
    selects,
    sides,
)
from sqlwright.analyze.tree import copy_with, replaced, set_where
from sqlwright.schema import Schema, Table

_ABOVE_ZERO = {(exp.GT, "0"), (exp.GTE, "1"), (exp.NEQ, "0")}
_IS_ZERO = {(exp.EQ, "0"), (exp.LT, "1"), (exp.LTE, "0")}


def count_above_zero(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """COUNT(*) > 0 counts every row to learn whether there is one: EXISTS stops at the first.

    Bad:
        SELECT name FROM customers c
        WHERE (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id) > 0
    Good:
        SELECT name FROM customers c
        WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

    Silent when the number matters (> 1), and when the subquery groups, limits or joins sets.

    По-русски: COUNT(*) > 0 считает все строки, чтобы узнать, есть ли хоть одна: EXISTS остановится
    на первой. Молчит, когда важно само число (> 1) и когда подзапрос группирует, ограничивает или
    объединяет множества.
    """
    for comparison in query.find_all(exp.GT, exp.GTE, exp.NEQ, exp.EQ, exp.LT, exp.LTE):
        for side, other, kind in sides(comparison):
            if not isinstance(side, exp.Select | exp.Subquery) or not isinstance(
                other, exp.Literal
            ):
                continue
            test = (kind, other.this)
            if other.is_string or test not in _ABOVE_ZERO | _IS_ZERO:
                continue
            exists = _exists_of(side.unnest(), schema)
            if exists is None:
                continue
            new = exists if test in _ABOVE_ZERO else exp.Not(this=exists)
            yield found(
                comparison,
                "count-above-zero",
                "slow",
                "every row is counted only to see whether there is one: EXISTS stops at the first",
                "считаются все строки, а нужна хоть одна: EXISTS остановится на первой",
                rewrite=partial(replaced, query, comparison, new),
            )


def _exists_of(select: exp.Expr, schema: Schema) -> exp.Exists | None:
    """EXISTS over the rows that a bare SELECT COUNT counts."""
    clauses = ("group", "having", "limit", "offset", "distinct", "with_", "qualify")
    if not isinstance(select, exp.Select) or any(select.args.get(c) for c in clauses):
        return None
    if len(select.expressions) != 1 or select.args.get("from_") is None:
        return None
    count = select.expressions[0].unalias()
    if not isinstance(count, exp.Count) or count.expressions:
        return None
    counted = count.this
    if isinstance(counted, exp.Distinct):
        counted = counted.expressions[0] if len(counted.expressions) == 1 else None
    if counted is None:
        return None
    new = select.copy()
    new.set("expressions", [exp.Literal.number(1)])
    new.set("order", None)
    if not isinstance(counted, exp.Star) and is_nullable(counted, schema):
        present = exp.Not(this=exp.Is(this=counted.copy(), expression=exp.Null()))
        clause = select.args.get("where")
        set_where(new, [*(conjuncts(clause.this) if clause else []), present])
    return exp.Exists(this=new)


def correlated_aggregate(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """An aggregate subquery tied to the outer row is computed again for each row of it.

    Bad:
        SELECT o.id FROM orders o
        WHERE o.total > (SELECT AVG(p.total) FROM orders p WHERE p.customer_id = o.customer_id)
    Good:
        SELECT o.id FROM orders o
        JOIN (SELECT p.customer_id, AVG(p.total) AS avg_total FROM orders p GROUP BY p.customer_id)
          AS by_customer_id ON by_customer_id.customer_id = o.customer_id
        WHERE o.total > by_customer_id.avg_total

    The rewrite computes all groups once and joins them. An empty group gives NULL, and for COUNT 0:
    an outer join keeps the row where that matters. Silent when nothing ties the subquery to the
    outer row. No rewrite when the tie is not a plain equality.

    По-русски: агрегат в подзапросе, связанном с внешней строкой, вычисляется заново для каждой.
    Переписанный запрос вычисляет все группы один раз и соединяет; пустая группа даёт NULL, а для
    COUNT — 0, и внешнее соединение сохраняет строку, где это важно. Молчит, когда подзапрос не
    связан с внешней строкой; не переписывает, если связь не простое равенство.
    """
    for subquery in query.find_all(exp.Subquery):
        select, outer = subquery.this, enclosing(subquery)
        if outer is None or not isinstance(select, exp.Select) or not _is_value(subquery):
            continue
        if len(select.expressions) != 1 or not has_aggregate(select.expressions[0]):
            continue
        tie = correlation(select, outer, schema)
        if tie is None:
            continue
        value = shown(select.expressions[0].unalias())
        yield found(
            subquery,
            "correlated-aggregate",
            "slow",
            f"{value} is computed again for each outer row: group once and join",
            f"{value} вычисляется заново для каждой внешней строки:"
            " сгруппируйте один раз и соедините",
            evidence=_reach(tie.table, tie.columns),
            rewrite=partial(joined_once, query, subquery, tie, schema),
        )


def _is_value(subquery: exp.Subquery) -> bool:
    """Whether the subquery stands for one value."""
    around = subquery.parent
    while isinstance(around, exp.Paren):
        around = around.parent
    rows = (exp.From, exp.Join, exp.In, exp.Exists, exp.CTE, exp.SetOperation, exp.Any, exp.All)
    return around is not None and not isinstance(around, (*rows, exp.Lateral, exp.Subquery))


def _reach(table: Table | None, columns: tuple[str, ...]) -> tuple[str, str]:
    """What each run of the subquery must read, as far as the schema tells."""
    if table is None:
        return "", ""
    helped, on = is_indexed(table, columns), ", ".join(columns)
    size = f"{table.name} has {table.rows:,} rows and " if table.rows else f"{table.name} has "
    size_ru = f"строк в {table.name}: {table.rows:,}, " if table.rows else f"в {table.name} "
    return (
        f"{size}{'an' if helped else 'no'} index on {on}",
        f"{size_ru}{'индекс есть' if helped else 'индекса нет'}: {on}",
    )


def is_indexed(table: Table, columns: tuple[str, ...]) -> bool:
    """Whether some key or index begins with one of the columns."""
    wanted = {name.lower() for name in columns}
    starts = [key[0] for key in table.keys() if key]
    starts += [index.columns[0] for index in table.indexes if index.columns]
    return any(name.lower() in wanted for name in starts)


def correlated_exists(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """EXISTS tied to the outer row by a column without an index reads the inner table for each row.

    Bad:
        SELECT name FROM customers c
        WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 9)
    Good:
        SELECT name FROM customers c
        WHERE c.id NOT IN (SELECT o.customer_id FROM orders o
                           WHERE o.total > 9 AND o.customer_id IS NOT NULL)

    IN is built once and looked up. Engines that turn EXISTS into a semi-join gain nothing, so only
    measuring tells. Silent when an index begins with the tied column; no rewrite when the tie is
    not one equality, under OR, or when NOT IN could meet a NULL on the outer side.

    По-русски: EXISTS, связанный с внешней строкой столбцом без индекса, читает внутреннюю таблицу
    для каждой строки, а список для IN строится один раз. СУБД, которые делают из EXISTS
    полусоединение, ничего не выиграют: покажет только измерение. Молчит, если с этого столбца
    начинается индекс; не переписывает, если связь не одно равенство, под OR и если NOT IN мог бы
    встретить NULL снаружи.
    """
    for exists in query.find_all(exp.Exists):
        select, outer = exists.this.unnest(), enclosing(exists)
        if outer is None or not isinstance(select, exp.Select) or has_aggregate(select):
            continue
        tie = correlation(select, outer, schema)
        if tie is None or tie.table is None or is_indexed(tie.table, tie.columns):
            continue
        yield found(
            exists,
            "correlated-exists",
            "slow",
            f"EXISTS may read {tie.table.name} once for each outer row",
            f"EXISTS может читать {tie.table.name} заново для каждой внешней строки",
            evidence=_reach(tie.table, tie.columns),
            rewrite=partial(_as_in, query, exists, select, schema),
        )


def _as_in(
    query: exp.Query, exists: exp.Exists, select: exp.Select, schema: Schema
) -> exp.Query | None:
    outer = enclosing(exists)
    tie = correlation(select, outer, schema) if outer is not None else None
    if tie is None or tie.links is None or len(tie.links) != 1 or not _is_conjunct(exists):
        return None
    if any(select.args.get(c) for c in ("group", "having", "limit", "offset", "with_", "distinct")):
        return None
    inner, outside = tie.links[0]
    negated = isinstance(exists.parent, exp.Not)
    if negated and is_nullable(outside, schema):
        return None
    new = select.copy()
    new.set("expressions", [inner.copy()])
    new.set("order", None)
    rest = [part.copy() for part in tie.rest]
    if negated and is_nullable(inner, schema):
        rest.append(exp.Not(this=exp.Is(this=inner.copy(), expression=exp.Null())))
    set_where(new, rest)
    test = exp.In(this=outside.copy(), query=exp.Subquery(this=new))
    return replaced(query, exists, test)


def _is_conjunct(node: exp.Expr) -> bool:
    """Whether the test, perhaps negated, is one of the conjuncts of WHERE or ON."""
    parent = node.parent
    if isinstance(parent, exp.Not):
        parent = parent.parent
    while isinstance(parent, exp.And | exp.Paren):
        parent = parent.parent
    return isinstance(parent, exp.Where)


def needless_order_by(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """ORDER BY inside a subquery without LIMIT sorts rows whose order nobody keeps.

    Bad:
        SELECT name FROM (SELECT name, city FROM customers ORDER BY city) AS c
    Good:
        SELECT name FROM (SELECT name, city FROM customers) AS c

    Silent with LIMIT, OFFSET, FETCH or DISTINCT ON, when the outer query limits rows without an
    order of its own, when something outside depends on order (STRING_AGG, ARRAY_AGG, windows), and
    for a side of UNION, of which order-in-branch speaks.

    По-русски: ORDER BY в подзапросе без LIMIT сортирует строки, порядок которых никто не хранит.
    Молчит при LIMIT, OFFSET, FETCH и DISTINCT ON, когда внешний запрос ограничивает строки без
    своего порядка, когда снаружи что-то зависит от порядка (STRING_AGG, ARRAY_AGG, окна) и о
    стороне UNION: о ней говорит order-in-branch.
    """
    for select in selects(query):
        order, outer = select.args.get("order"), enclosing(select)
        if order is None or not isinstance(select.parent, exp.Subquery | exp.CTE | exp.Exists):
            continue
        if outer is None and not isinstance(select.parent, exp.CTE):
            continue
        if isinstance(select.parent.parent, exp.SetOperation):
            continue  # order-in-branch says it
        if any(select.args.get(clause) for clause in ("limit", "offset", "fetch")):
            continue
        if _depends_on_order(query):
            continue
        copy, (twin,) = copy_with(query, order)
        twin.pop()
        yield found(
            order,
            "needless-order-by",
            "slow",
            "the subquery sorts rows, and the query around it need not keep their order",
            "подзапрос сортирует строки, а внешний запрос не обязан хранить их порядок",
            rewrite=copy,
        )


def _depends_on_order(query: exp.Query) -> bool:
    ordered = (exp.GroupConcat, exp.ArrayAgg, exp.JSONArrayAgg, exp.First, exp.Last)
    if query.find(*ordered, exp.Window, exp.Anonymous):
        return True
    if any(distinct.args.get("on") for distinct in query.find_all(exp.Distinct)):
        return True
    return any(
        (node.args.get("limit") or node.args.get("offset")) and not node.args.get("order")
        for node in query.find_all(exp.Query)
    )
