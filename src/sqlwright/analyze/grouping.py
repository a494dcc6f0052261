"""GROUP BY and DISTINCT that do nothing, do it twice, or do not do what they seem to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.duplicates import duplicates_do_not_count, fixed_by
from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import (
    enclosing,
    group_keys,
    has_aggregate,
    is_grouped,
    is_plainly_distinct,
    keys,
    selects,
    sources,
)
from sqlwright.analyze.tree import copy_with, replaced
from sqlwright.schema import Schema


def needless_group_by(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """GROUP BY without an aggregate only removes repeats: needless where rows cannot repeat.

    Bad:
        SELECT id, name FROM customers GROUP BY id, name
    Good:
        SELECT id, name FROM customers

    Rows cannot repeat when a key of every joined table is grouped, and repeats do not count under
    IN. Silent with aggregates, HAVING, ROLLUP, CUBE and GROUPING SETS, and when a key is
    missing or may be NULL.

    По-русски: GROUP BY без агрегата только убирает повторы: он не нужен, когда строки не могут
    повториться. Они не повторяются, когда в GROUP BY есть ключ каждой таблицы; под IN
    повторы не важны. Молчит, когда есть агрегаты, HAVING, ROLLUP, CUBE или GROUPING SETS и когда
    ключа нет или он может быть NULL.
    """
    for select in selects(query):
        grouped = group_keys(select, schema)
        if not grouped or select.args.get("having") or _folds(select):
            continue
        english, russian = "each row is a group of its own", "каждая строка — своя группа"
        if not _are_rows(grouped, select, schema):
            outputs = {projection.unalias().sql() for projection in select.expressions}
            if not outputs <= {key.sql() for key in grouped} or not duplicates_do_not_count(select):
                continue
            if isinstance(select.parent, exp.SetOperation | exp.Exists):
                continue
            english, russian = "the query around it does not count repeats", "снаружи они не важны"
        copy, (twin,) = copy_with(query, select)
        twin.set("group", None)
        yield found(
            select.args["group"],
            "needless-group-by",
            "slow",
            f"GROUP BY removes repeats that cannot exist or do not count: {english}",
            f"GROUP BY убирает повторы, которых нет или которые не важны: {russian}",
            rewrite=copy,
        )


def _folds(select: exp.Select) -> bool:
    order = select.args.get("order")
    parts = [*select.expressions, *(order.expressions if order else ())]
    return select.args.get("qualify") is not None or any(
        has_aggregate(part) or part.find(exp.Window, exp.AggFunc) for part in parts
    )


def _are_rows(grouped: list[exp.Expr], select: exp.Select, schema: Schema) -> bool:
    """Whether no two rows are alike in the grouping keys."""
    here = sources(select, schema)
    if not here or any(s.join is not None and s.join.args.get("using") for s in here):
        return False
    if any(s.join is not None and s.join.side in ("RIGHT", "FULL") for s in here):
        return False
    fixed = fixed_by(grouped, select, schema)
    return all(any(key <= fixed[s.name] for key in keys(s, schema)) for s in here)


def twice_distinct(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """DISTINCT around a subquery that is DISTINCT or a UNION removes the same repeats twice.

    Bad:
        SELECT DISTINCT u.city FROM
          (SELECT DISTINCT city, name FROM customers) AS u
    Good:
        SELECT DISTINCT u.city FROM
          (SELECT city, name FROM customers) AS u

    Silent when something between counts rows: an aggregate, a window, LIMIT.

    По-русски: DISTINCT вокруг подзапроса с DISTINCT или UNION убирает одни и те же повторы дважды.
    Молчит, когда между ними что-то считает строки: агрегат, окно, LIMIT.
    """
    for select in selects(query):
        if not is_plainly_distinct(select) or is_grouped(select) or select.args.get("qualify"):
            continue
        if any(p.find(exp.Window, exp.AggFunc, exp.Rand) for p in select.expressions):
            continue
        for source in sources(select, schema):
            body = source.body
            if body is None or isinstance(source.node, exp.Table) or not _is_set(body):
                continue
            if any(body.args.get(clause) for clause in ("limit", "offset", "fetch")):
                continue
            if isinstance(body, exp.Select) and any(p.find(exp.Window) for p in body.expressions):
                continue
            copy, (twin,) = copy_with(query, body)
            twin.set("distinct", False if isinstance(body, exp.Union) else None)
            yield found(
                body,
                "twice-distinct",
                "slow",
                "repeats are removed here and again by the DISTINCT around",
                "повторы убираются здесь и ещё раз внешним DISTINCT",
                rewrite=copy,
            )


def _is_set(body: exp.Query) -> bool:
    if type(body) is exp.Union:
        return bool(body.args.get("distinct")) and not isinstance(body.this, exp.SetOperation)
    return isinstance(body, exp.Select) and is_plainly_distinct(body)


def distinct_in_min_max(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """MIN and MAX do not care for repeats: DISTINCT inside only costs a sort or a hash.

    Bad:
        SELECT MAX(DISTINCT total) FROM orders
    Good:
        SELECT MAX(total) FROM orders

    Silent for COUNT, SUM and AVG, where repeats count.

    По-русски: для MIN и MAX повторы не важны: DISTINCT внутри только требует сортировки или хеша.
    Молчит для COUNT, SUM и AVG, где повторы важны.
    """
    for fold in every(query, exp.Min, exp.Max):
        distinct = fold.this
        if not isinstance(distinct, exp.Distinct) or len(distinct.expressions) != 1:
            continue
        yield found(
            fold,
            "distinct-in-min-max",
            "slow",
            f"DISTINCT changes nothing in `{shown(fold)}`",
            f"DISTINCT ничего не меняет в `{shown(fold)}`",
            rewrite=partial(replaced, query, distinct, distinct.expressions[0].copy()),
        )


def distinct_row_numbers(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """DISTINCT cannot remove a row that carries its own number: ROW_NUMBER comes first.

    Bad:
        SELECT DISTINCT city, ROW_NUMBER() OVER (ORDER BY city, id) AS n FROM customers
    Good:
        SELECT city, ROW_NUMBER() OVER (ORDER BY city) AS n
        FROM (SELECT DISTINCT city FROM customers) AS c

    The rewrite drops DISTINCT and returns the same rows; what was meant is mostly the good query,
    which returns others. Silent when numbers start again in each PARTITION.

    По-русски: DISTINCT не уберёт строку с собственным номером: ROW_NUMBER вычисляется раньше.
    Переписанный запрос без DISTINCT вернёт те же строки; нужен же обычно хороший, у которого они
    другие. Молчит, когда номера начинаются заново в каждой PARTITION.
    """
    for select in selects(query):
        if not is_plainly_distinct(select):
            continue
        numbers = [
            p.unalias()
            for p in select.expressions
            if isinstance(p.unalias(), exp.Window) and isinstance(p.unalias().this, exp.RowNumber)
        ]
        whole = [w for w in numbers if not w.args.get("partition_by") and not w.args.get("alias")]
        if not whole:
            continue
        copy, (twin,) = copy_with(query, select)
        twin.set("distinct", None)
        yield found(
            whole[0],
            "distinct-row-numbers",
            "wrong",
            "every row has its own number, so DISTINCT removes none: apply it in a subquery",
            "у каждой строки свой номер, и DISTINCT не уберёт ни одной: примените его в подзапросе",
            rewrite=copy,
        )


def order_of_distinct(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """DISTINCT folds rows, and a column that is not selected has no one value to sort them by.

    Bad:
        SELECT DISTINCT city FROM customers ORDER BY name
    Good:
        SELECT city FROM customers GROUP BY city ORDER BY MIN(name)

    PostgreSQL and DuckDB refuse it; SQLite and a lenient MySQL sort by some row's value. No rewrite
    is offered: only the author knows which value. Silent for selected columns, output names,
    positions and DISTINCT ON.

    По-русски: DISTINCT сворачивает строки, и у столбца, который не выбран, нет одного значения для
    сортировки. PostgreSQL и DuckDB такой запрос отвергают, SQLite и нестрогий MySQL берут значение
    любой строки. Переписанного запроса нет: какое значение нужно, знает автор. Молчит для выбранных
    столбцов, имён и номеров выходных столбцов и DISTINCT ON.
    """
    for select in selects(query):
        order = select.args.get("order")
        if order is None or not is_plainly_distinct(select) or select.is_star:
            continue
        values = [p.unalias().unnest() for p in select.expressions]
        outputs = {value.sql().lower() for value in values}
        names = {p.alias_or_name.lower() for p in (*select.expressions, *values)}
        for item in order.expressions:
            key = item.this.unnest()
            if not isinstance(key, exp.Column) or enclosing(key) is not select:
                continue
            if key.sql().lower() in outputs or key.name.lower() in names:
                continue
            yield found(
                key,
                "order-of-distinct",
                "error",
                f"{shown(key)} is not selected, so a distinct row has no one value of it",
                f"{shown(key)} не выбран: у строки DISTINCT нет одного его значения",
            )


def distinct_as_function(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """DISTINCT is no function: brackets after it look as if only one column counted.

    Bad:
        SELECT DISTINCT (city), name FROM customers
    Good:
        SELECT DISTINCT city, name FROM customers

    Silent for DISTINCT ON (...), brackets around an expression that needs them, and one column.

    По-русски: DISTINCT — не функция: скобки после него выглядят так, будто важен один столбец.
    Молчит для DISTINCT ON (...), для скобок, которые нужны выражению, и для одного столбца.
    """
    for select in selects(query):
        if not is_plainly_distinct(select) or len(select.expressions) < 2:
            continue
        first = select.expressions[0].unalias()
        if not isinstance(first, exp.Paren) or not isinstance(first.this, exp.Column):
            continue
        yield found(
            first,
            "distinct-as-function",
            "style",
            f"DISTINCT counts every column, not only {shown(first.this)}: drop the brackets",
            f"DISTINCT учитывает все столбцы, а не только {shown(first.this)}: уберите скобки",
            rewrite=partial(replaced, query, first, first.this.copy()),
        )
