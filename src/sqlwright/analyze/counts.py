"""What COUNT and SUM count: rows, values, or something that the author did not mean."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.nulls import asks_present, is_surely_nullable
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import (
    COMPARISONS,
    columns_of,
    conditions,
    conjuncts,
    enclosing,
    equalities,
    group_keys,
    is_nullable,
    keys,
    owner,
    selects,
    source_of,
    sources,
)
from sqlwright.analyze.tree import replaced
from sqlwright.schema import Schema


def count_of_not_null(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """COUNT of something that is never NULL counts rows, as COUNT(*) says without reading a value.

    Bad:
        SELECT COUNT(id) FROM customers
    Good:
        SELECT COUNT(*) FROM customers

    Silent for DISTINCT, for a column that may be NULL, and below an outer join: there COUNT(column)
    counts matches.

    По-русски: COUNT от того, что не бывает NULL, считает строки: COUNT(*) говорит это прямо и не
    читает значение. Молчит для DISTINCT, для столбца, который может быть NULL, и под внешним
    соединением: там COUNT(столбец) считает пары.
    """
    for count in every(query, exp.Count):
        value = count.this
        if count.expressions or not isinstance(value, exp.Literal | exp.Column):
            continue
        if value.is_star or is_nullable(value, schema):
            continue
        new = count.copy()
        new.set("this", exp.Star())
        yield found(
            count,
            "count-of-not-null",
            "style",
            f"{shown(value)} is never NULL: COUNT(*) counts the same rows",
            f"{shown(value)} не бывает NULL: COUNT(*) считает те же строки",
            rewrite=partial(replaced, query, count, new),
        )


def count_of_nullable(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """COUNT(column) leaves out the rows where the column is NULL.

    Bad:
        SELECT status, COUNT(coupon) AS orders FROM orders GROUP BY status
    Good:
        SELECT status, COUNT(*) AS orders FROM orders GROUP BY status

    A guess, without a rewrite: it may be what was meant. Silent for DISTINCT, below an outer join,
    where the same SELECT counts in another way too, and where WHERE asks for a value.

    По-русски: COUNT(столбец) не считает строки, где в столбце NULL. Это догадка без переписанного
    запроса: так могло быть и задумано. Молчит для DISTINCT, под внешним соединением, когда тот же
    SELECT считает и иначе и когда WHERE требует значения.
    """
    for select in selects(query):
        counts = [c for p in select.expressions for c in p.find_all(exp.Count)]
        if len(counts) != 1 or not isinstance(counts[0].this, exp.Column):
            continue
        column = counts[0].this
        if enclosing(column) is not select or not is_surely_nullable(column, schema):
            continue
        if any(asks_present(part, column) for part in conditions(select)):
            continue
        yield found(
            counts[0],
            "count-of-nullable",
            "style",
            f"rows where {shown(column)} is NULL are not counted; a guess: COUNT(*) counts rows",
            f"строки, где {shown(column)} — NULL, не считаются;"
            " догадка: все строки считает COUNT(*)",
        )


def count_of_condition(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """COUNT counts what is not NULL, and 0 and FALSE are not: a condition inside counts every row.

    Bad:
        SELECT COUNT(CASE WHEN status = 'paid' THEN 1 ELSE 0 END) FROM orders
    Good:
        SELECT COUNT(CASE WHEN status = 'paid' THEN 1 END) FROM orders

    No rewrite is offered: the good query returns other numbers. Silent when CASE has no ELSE or
    ELSE NULL, for DISTINCT, and under SUM.

    По-русски: COUNT считает всё, что не NULL, а 0 и FALSE — не NULL: с условием внутри он считает
    каждую строку. Переписанного запроса нет: у хорошего другие числа. Молчит, когда в CASE нет
    ELSE или стоит ELSE NULL, для DISTINCT и под SUM.
    """
    for count in every(query, exp.Count):
        value = count.this
        if isinstance(value, exp.Paren):
            value = value.unnest()
        if not _counts_both(value):
            continue
        yield found(
            count,
            "count-of-condition",
            "wrong",
            f"COUNT(`{shown(value)}`) counts rows where the condition fails too:"
            " leave them NULL, without ELSE",
            f"COUNT(`{shown(value)}`) считает и строки, где условие не выполнено:"
            " пусть там будет NULL, без ELSE",
        )


def _counts_both(value: exp.Expr | None) -> bool:
    if isinstance(value, (*COMPARISONS, exp.In, exp.Like, exp.Between, exp.Is)):
        return True
    if isinstance(value, exp.If):
        given = [value.args.get("true"), value.args.get("false")]
    elif isinstance(value, exp.Case):
        given = [branch.args.get("true") for branch in value.args["ifs"]]
        given.append(value.args.get("default"))
    else:
        return False
    return all(isinstance(node, exp.Literal | exp.Boolean) for node in given)


def count_of_outer_join(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """COUNT(*) over a LEFT JOIN counts 1 for a row without a match: the join keeps that row.

    Bad:
        SELECT c.id, COUNT(*) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
        GROUP BY c.id
    Good:
        SELECT c.id, COUNT(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
        GROUP BY c.id

    No rewrite is offered: the good query returns 0 there. Silent when the joined side has at most
    one match, when it is grouped, filtered or counted otherwise, and with several LEFT JOINs.

    По-русски: COUNT(*) над LEFT JOIN даёт 1 для строки без пары: соединение сохраняет эту строку.
    Переписанного запроса нет: у хорошего там 0. Молчит, когда пара не более одной, когда по правой
    стороне группируют, отбирают или считают иначе, и при нескольких LEFT JOIN.
    """
    for select in selects(query):
        joins = select.args.get("joins") or []
        if len([join for join in joins if join.side]) != 1 or joins[-1].side != "LEFT":
            continue
        stars = [
            count
            for projection in select.expressions
            for count in projection.find_all(exp.Count)
            if isinstance(count.this, exp.Star) and enclosing(count) is select
        ]
        if len(stars) != 1 or isinstance(stars[0].parent, exp.Window | exp.Filter):
            continue
        optional = sources(select, schema)[-1]
        if optional.columns is None or not _is_many(select, schema):
            continue
        used = [
            part for clause in ("where", "group", "having") if (part := select.args.get(clause))
        ]
        named = [c for part in (*used, *select.expressions) for c in columns_of(part)]
        if select.args.get("group") is None or not group_keys(select, schema):
            continue
        places = [owner(column, schema) for column in named]
        if any(place is None or place[1] == optional for place in places):
            continue
        yield found(
            stars[0],
            "count-of-outer-join",
            "wrong",
            f"COUNT(*) is 1 where {optional.name} has no match: count a column of it",
            f"COUNT(*) равен 1 там, где в {optional.name} нет пары: считайте её столбец",
        )


def _is_many(select: exp.Select, schema: Schema) -> bool:
    """Whether the last joined source is a table of which ON does not fix a key."""
    optional = sources(select, schema)[-1]
    if optional.table is None or optional.join is None:
        return False
    fixed = {
        side.name.lower()
        for pair in equalities(conjuncts(optional.join.args.get("on")))
        for side in pair
        if isinstance(side, exp.Column) and source_of(side, select, schema) == optional
    }
    known = keys(optional, schema)
    return bool(known) and bool(fixed) and not any(key <= fixed for key in known)


def sum_of_one(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """SUM(1) counts rows, which is what COUNT(*) is for.

    Bad:
        SELECT status, SUM(1) FROM orders GROUP BY status
    Good:
        SELECT status, COUNT(*) FROM orders GROUP BY status

    Without GROUP BY there is no rewrite: over no rows SUM gives NULL and COUNT gives 0. Silent in
    windows, with FILTER, and for other numbers.

    По-русски: SUM(1) считает строки, а для этого есть COUNT(*). Без GROUP BY переписанного запроса
    нет: когда строк нет, SUM даёт NULL, а COUNT — 0. Молчит в окнах, с FILTER и для других чисел.
    """
    for total in every(query, exp.Sum):
        value = total.this
        if not isinstance(value, exp.Literal) or value.is_string or value.name != "1":
            continue
        if isinstance(total.parent, exp.Window | exp.Filter):
            continue
        select = enclosing(total)
        is_grouped = select is not None and group_keys(select, schema)
        count = exp.Count(this=exp.Star(), big_int=True)
        yield found(
            total,
            "sum-of-one",
            "style",
            "SUM(1) counts rows: write COUNT(*)",
            "SUM(1) считает строки: пишите COUNT(*)",
            rewrite=partial(replaced, query, total, count) if is_grouped else None,
        )


def sum_without_else(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """SUM(CASE WHEN ... THEN 1 END) is NULL, not 0, where no row meets the condition.

    Bad:
        SELECT city, SUM(CASE WHEN email LIKE '%@b.c' THEN 1 END) FROM customers GROUP BY city
    Good:
        SELECT city, COUNT(CASE WHEN email LIKE '%@b.c' THEN 1 END) FROM customers GROUP BY city

    No rewrite is offered: the good query returns 0 there. Silent with ELSE, inside COALESCE, and
    for anything but a count by 1.

    По-русски: SUM(CASE WHEN ... THEN 1 END) даёт NULL, а не 0 там, где условию не отвечает ни одна
    строка. Переписанного запроса нет: у хорошего там 0. Молчит, когда есть ELSE, внутри COALESCE и
    для всего, кроме счёта единицами.
    """
    for total in every(query, exp.Sum):
        case = total.this
        if not isinstance(case, exp.Case) or case.args.get("default") is not None:
            continue
        given = [branch.args.get("true") for branch in case.args["ifs"]]
        if not all(isinstance(v, exp.Literal) and v.name == "1" for v in given):
            continue
        if isinstance(total.parent, exp.Coalesce):
            continue
        yield found(
            total,
            "sum-without-else",
            "style",
            "without ELSE 0 this sum is NULL where no row meets the condition: COUNT gives 0",
            "без ELSE 0 эта сумма — NULL, если условию не отвечает ни одна строка: COUNT даст 0",
        )


def sum_of_distinct(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """SUM(DISTINCT x) adds equal values once, though they belong to different rows.

    Bad:
        SELECT SUM(DISTINCT o.total) FROM orders o JOIN order_lines l ON l.order_id = o.id
    Good:
        SELECT SUM(o.total) FROM orders o
        WHERE EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id)

    It mostly stands where a join repeats rows: fold or test the other side before. No rewrite is
    offered: the good query returns other sums. Silent for MIN, MAX, COUNT, and for a key.

    По-русски: SUM(DISTINCT x) складывает равные значения один раз, хотя они из разных строк. Обычно
    так пишут, когда соединение повторяет строки: сверните или проверьте другую сторону заранее.
    Переписанного запроса нет: у хорошего другие суммы. Молчит для MIN, MAX, COUNT и для ключа.
    """
    for total in every(query, exp.Sum, exp.Avg):
        distinct = total.this
        if not isinstance(distinct, exp.Distinct) or len(distinct.expressions) != 1:
            continue
        value = distinct.expressions[0]
        if isinstance(value, exp.Column) and (place := owner(value, schema)) is not None:
            if any(key == {value.name.lower()} for key in keys(place[1], schema)):
                continue
        yield found(
            total,
            "sum-of-distinct",
            "wrong",
            f"equal values of {shown(value)} are counted once, whichever rows they come from",
            f"равные значения {shown(value)} учитываются один раз, из каких бы строк они ни были",
        )
