"""Join conditions that tie too little, or what no index serves."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.joins import linked, names_read, sizes
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import (
    COMPARISONS,
    Source,
    columns_of,
    conditions,
    conjuncts,
    enclosing,
    has_subquery,
    selects,
    sources,
)
from sqlwright.schema import Schema


def one_sided_join(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A join condition that does not name both sides pairs every row with every row.

    Bad:
        SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = o.id
    Good:
        SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id

    No rewrite is offered: only the author knows the condition that was meant. Silent for constants
    such as ON TRUE, when WHERE ties the tables, and when a name is uncertain.

    По-русски: условие соединения, где названа лишь одна сторона, соединяет каждую строку с каждой.
    Переписанного запроса нет: что имелось в виду, знает только автор. Молчит для постоянных условий
    вроде ON TRUE, когда таблицы связаны в WHERE и когда имя неоднозначно.
    """
    for select in selects(query):
        here = sources(select, schema)
        for source in here[1:]:
            on = source.join.args.get("on") if source.join is not None else None
            if on is None or not columns_of(on) or has_subquery(on):
                continue
            names = names_read(on, select, schema)
            if names is None or (source.name in names and len(names) > 1):
                continue
            if any(column.table and owner_is_outside(column, here) for column in columns_of(on)):
                continue
            tied = linked(select, here, schema)
            if tied is None or source.name in tied:
                continue
            yield found(
                on,
                "one-sided-join",
                "wrong",
                f"`{shown(on)}` does not tie {source.name} to the other tables",
                f"`{shown(on)}` не связывает {source.name} с другими таблицами",
            )


def owner_is_outside(column: exp.Column, here: tuple[Source, ...]) -> bool:
    """Whether the column's table is none of these."""
    return column.table.lower() not in {source.name for source in here}


def filter_in_outer_on(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A condition on the kept table in the ON of a LEFT JOIN drops no row of it.

    Bad:
        SELECT c.name, o.total FROM customers c
        LEFT JOIN orders o ON o.customer_id = c.id AND c.city = 'Oslo'
    Good:
        SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
        WHERE c.city = 'Oslo'

    Customers of other cities stay, without their orders: that is seldom meant. No rewrite is
    offered, for it returns other rows. Silent when the condition also names the joined table.

    По-русски: условие на сохраняемую таблицу в ON у LEFT JOIN не отбрасывает её строк: покупатели
    из других городов остаются, но без заказов, и это редко имеют в виду. Переписанного запроса нет:
    он вернул бы другие строки. Молчит, когда условие упоминает и присоединяемую таблицу.
    """
    for select in selects(query):
        for source in sources(select, schema)[1:]:
            join = source.join
            if join is None or join.side != "LEFT":
                continue
            parts = conjuncts(join.args.get("on"))
            for part in parts:
                names = names_read(part, select, schema)
                if len(parts) < 2 or not names or source.name in names or has_subquery(part):
                    continue
                if any(owner_is_outside(c, sources(select, schema)) for c in columns_of(part)):
                    continue
                yield found(
                    part,
                    "filter-in-outer-on",
                    "wrong",
                    f"`{shown(part)}` in ON drops no row: WHERE would",
                    f"`{shown(part)}` в ON не отбрасывает строк: это делает WHERE",
                )


def join_on_expression(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A join on a function of a column cannot look the partner up by an index on that column.

    Bad:
        SELECT c.name FROM customers c JOIN products p ON LOWER(p.name) = LOWER(c.name)
    Good:
        SELECT c.name FROM customers c JOIN products p ON p.name = c.name

    No rewrite is offered: the good query returns other rows. A column or an index of the expression
    is the remedy. Silent for arithmetic on whole numbers, and when one side is a constant.

    По-русски: соединение по функции от столбца не найдёт пару по индексу этого столбца.
    Переписанного запроса нет: хороший возвращает другие строки; помогут отдельный столбец или
    индекс по выражению. Молчит для арифметики и когда одна из сторон постоянна.
    """
    for test in every(query, exp.EQ):
        sides = (test.this.unnest(), test.expression.unnest())
        wrapped = next((side for side in sides if _is_wrapped(side)), None)
        if wrapped is None or has_subquery(test):
            continue
        select = enclosing(test)
        clause = test.find_ancestor(exp.Where, exp.Join, exp.Having, exp.Select, exp.Case)
        if select is None or not isinstance(clause, exp.Where | exp.Join):
            continue
        read = [names_read(side, select, schema) for side in sides]
        if not all(read) or read[0] == read[1]:
            continue
        yield found(
            test,
            "join-on-expression",
            "slow",
            f"the join on `{shown(wrapped)}` cannot use an index on the column",
            f"соединение по `{shown(wrapped)}` не использует индекс по столбцу",
        )


def _is_wrapped(side: exp.Expr) -> bool:
    is_function = isinstance(side, exp.Func | exp.DPipe)
    plain = (exp.AggFunc, exp.Connector, exp.Case, exp.Any, exp.All, exp.Exists)
    return is_function and not isinstance(side, plain) and bool(columns_of(side))


def join_without_equality(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A join tied by inequalities alone can be neither hashed nor looked up: it tries all pairs.

    Bad:
        SELECT a.id, b.id FROM orders a JOIN orders b ON b.placed > a.placed
    Good:
        SELECT a.id, b.id FROM orders a
        JOIN orders b ON b.customer_id = a.customer_id AND b.placed > a.placed

    No rewrite is offered: it may be meant. Silent as soon as one equality ties the table, and for
    derived tables of one row.

    По-русски: соединение одними неравенствами нельзя ни хешировать, ни искать по индексу: пробуются
    все пары. Переписанного запроса нет: так может быть и задумано. Молчит, если таблицу связывает
    хоть одно равенство, и для производных таблиц из одной строки.
    """
    for select in selects(query):
        here = sources(select, schema)
        if len(here) < 2 or any(s.table is None for s in here):
            continue
        parts = [(p, names_read(p, select, schema)) for p in tying(select)]
        if any(names is None for _, names in parts):
            continue
        for source in here[1:]:
            mine = [p for p, names in parts if names and source.name in names and len(names) > 1]
            ranges = [p for p in mine if isinstance(p, (*COMPARISONS, exp.Between))]
            if not mine or len(ranges) < len(mine) or any(isinstance(p, exp.EQ) for p in mine):
                continue
            yield found(
                mine[0],
                "join-without-equality",
                "slow",
                f"{source.name} is tied by `{shown(mine[0])}` alone: every pair is tried",
                f"{source.name} связана лишь через `{shown(mine[0])}`: пробуется каждая пара",
                evidence=sizes(here),
            )


def tying(select: exp.Select) -> list[exp.Expr]:
    """The conjuncts of WHERE and of every ON."""
    parts = conditions(select)
    for join in select.args.get("joins") or []:
        if join.side:
            parts += conjuncts(join.args.get("on"))
    return parts
