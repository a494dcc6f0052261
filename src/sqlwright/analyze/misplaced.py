"""Aggregates and windows where no engine can compute them yet."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import columns_of, enclosing, owner, selects
from sqlwright.schema import Schema


def aggregate_in_where(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """WHERE is asked before rows are grouped: an aggregate in it has nothing to count.

    Bad:
        SELECT city FROM customers WHERE COUNT(*) > 3 GROUP BY city
    Good:
        SELECT city FROM customers GROUP BY city HAVING COUNT(*) > 3

    No engine runs it. No rewrite is offered here: `fix` tries HAVING. Silent for aggregates in a
    subquery, in HAVING, and for one over columns of an outer query.

    По-русски: WHERE проверяется до группировки, и агрегату в нём нечего считать: такой запрос не
    выполнит ни один движок. Переписанного запроса здесь нет: HAVING пробует `fix`. Молчит для
    агрегатов в подзапросе, в HAVING и для агрегата по столбцам внешнего запроса.
    """
    for select in selects(query):
        clause = select.args.get("where")
        if clause is None:
            continue
        for fold in clause.find_all(exp.AggFunc):
            if enclosing(fold) is not select or isinstance(fold.parent, exp.Window):
                continue
            if _is_of_outer(fold, select, schema):
                continue
            yield found(
                fold,
                "aggregate-in-where",
                "error",
                f"`{shown(fold)}` cannot stand in WHERE: groups are there only for HAVING",
                f"`{shown(fold)}` не может стоять в WHERE: группы есть только в HAVING",
            )


def _is_of_outer(fold: exp.Expr, select: exp.Select, schema: Schema) -> bool:
    """Whether its columns may come from a query further out, whose groups are there already."""
    columns = columns_of(fold)
    if not columns or enclosing(select) is None:
        return False
    places = [owner(column, schema) for column in columns]
    return all(place is None or place[0] is not select for place in places)


def nested_aggregate(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """An aggregate inside an aggregate would need groups of groups: that takes a subquery.

    Bad:
        SELECT MAX(COUNT(*)) FROM orders GROUP BY customer_id
    Good:
        SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY customer_id) AS counts

    PostgreSQL, MySQL, SQLite and DuckDB refuse it. No rewrite is offered here. Silent for a window
    over an aggregate, SUM(COUNT(*)) OVER (), and for subqueries.

    По-русски: агрегат внутри агрегата требует групп из групп, а для этого нужен подзапрос.
    PostgreSQL, MySQL, SQLite и DuckDB его отвергают. Переписанного запроса здесь нет. Молчит для
    окна над агрегатом, SUM(COUNT(*)) OVER (), и для подзапросов.
    """
    for outer in every(query, exp.AggFunc):
        if isinstance(outer.parent, exp.Window) or outer.find_ancestor(exp.Window) is not None:
            continue
        for inner in outer.find_all(exp.AggFunc):
            if inner is outer or enclosing(inner) is not enclosing(outer):
                continue
            yield found(
                outer,
                "nested-aggregate",
                "error",
                f"`{shown(inner)}` inside `{shown(outer)}`: group in a subquery first",
                f"`{shown(inner)}` внутри `{shown(outer)}`: сначала сгруппируйте в подзапросе",
            )
            break


def window_in_where(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Windows are computed after WHERE, GROUP BY and HAVING: those cannot ask for one.

    Bad:
        SELECT id FROM orders
        WHERE ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed, id) = 1
    Good:
        SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed, id)
          AS n FROM orders) AS numbered
        WHERE n = 1

    No engine runs it. No rewrite is offered here. Silent for the SELECT list, ORDER BY and QUALIFY.

    По-русски: окна вычисляются после WHERE, GROUP BY и HAVING, и там их спросить нельзя: такой
    запрос не выполнит ни один движок. Переписанного запроса здесь нет. Молчит для списка SELECT,
    ORDER BY и QUALIFY.
    """
    for window in every(query, exp.Window):
        clause = window.find_ancestor(exp.Where, exp.Having, exp.Group, exp.Join, exp.Select)
        if not isinstance(clause, exp.Where | exp.Having | exp.Group | exp.Join):
            continue
        yield found(
            window,
            "window-in-where",
            "error",
            f"`{shown(window)}` is computed after {clause.key.upper()}: put it in a subquery",
            f"`{shown(window)}` вычисляется после {clause.key.upper()}: вынесите в подзапрос",
        )
