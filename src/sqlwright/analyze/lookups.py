"""Subqueries that look something up, row by row or in other words than IN."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.joins import is_comma
from sqlwright.analyze.once import every
from sqlwright.analyze.reads import only_table, positions, reads
from sqlwright.analyze.scope import (
    Source,
    columns_of,
    enclosing,
    equalities,
    has_aggregate,
    has_subquery,
    is_grouped,
    is_within,
    keys,
    owner,
    source_of,
    where,
)
from sqlwright.analyze.tree import copy_with, fresh, names_in, replaced
from sqlwright.schema import Schema


def lookup_per_row(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A subquery among the outputs that looks up one row by its key is a join, done row by row.

    Bad:
        SELECT o.id, (SELECT c.name FROM customers c WHERE c.id = o.customer_id) AS customer
        FROM orders o
    Good:
        SELECT o.id, c.name AS customer FROM orders o LEFT JOIN customers c ON c.id = o.customer_id

    The LEFT JOIN keeps rows without a match, whose value is NULL. Silent unless a key is fully
    compared, and where the outer query groups or shows a star.

    По-русски: подзапрос среди выводимых столбцов, ищущий одну строку по ключу, — это соединение,
    сделанное построчно; LEFT JOIN сохраняет строки без пары, их значение NULL. Молчит, если ключ
    сравнивается не весь и если внешний запрос группирует или выводит звёздочку.
    """
    for subquery in every(query, exp.Subquery):
        body, outer = subquery.this, enclosing(subquery)
        if outer is None or not isinstance(body, exp.Select) or outer.args.get("from_") is None:
            continue
        output: exp.Expr = subquery
        while output.parent is not None and output.parent is not outer:
            output = output.parent
        if output.arg_key != "expressions" or isinstance(subquery.parent, exp.In | exp.Exists):
            continue
        new = _joined(query, subquery, body, outer, schema)
        if new is None:
            continue
        yield found(
            subquery,
            "lookup-per-row",
            "slow",
            f"`{shown(body)}` is looked up for each row: a LEFT JOIN looks all of them up",
            f"`{shown(body)}` ищется для каждой строки: LEFT JOIN найдёт все",
            rewrite=new,
        )


def _joined(
    query: exp.Query, subquery: exp.Subquery, body: exp.Select, outer: exp.Select, schema: Schema
) -> exp.Query | None:
    inner = only_table(body, schema)
    if inner is None:
        return None
    if is_grouped(outer) or outer.is_star or outer.find(exp.Window) or outer.args.get("distinct"):
        return None
    if len(body.expressions) != 1 or has_aggregate(body.expressions[0]) or not where(body):
        return None
    value, read = body.expressions[0].unalias(), reads(body, schema)
    if read is None or has_subquery(value) or not _is_column_of(value, body, inner, schema):
        return None
    if any(has_subquery(part) for part in where(body)):
        return None
    matched = {
        mine.name.lower()
        for left, right in equalities(where(body))
        for mine, other in ((left, right), (right, left))
        if _is_column_of(mine, body, inner, schema)
        and not any(source_of(c, body, schema) == inner for c in columns_of(other))
    }
    if not any(key <= matched for key in keys(inner, schema)):
        return None
    held = [owner(c, schema) for c in columns_of(body)]
    if any(h is None or h[0] not in (body, outer) for h in held):
        return None
    if any(not c.table for c in columns_of(outer) if enclosing(c) is outer):
        return None  # it might be ambiguous beside the joined table
    if any(map(is_comma, outer.args.get("joins") or [])):
        return None  # ON would not see the tables before a comma
    name = inner.name
    if not _is_free(name, query, subquery):
        name = fresh(name, names_in(query))
    copy, (twin_outer, twin, twin_body, *columns) = copy_with(
        query, outer, subquery, body, *positions(read, inner)
    )
    assert isinstance(twin_outer, exp.Select)
    assert isinstance(twin_body, exp.Select)
    for column in columns:
        column.set("table", exp.to_identifier(name))
    on = [part.copy() for part in where(twin_body)]
    table = twin_body.args["from_"].this.copy()
    table.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
    new_value = twin_body.expressions[0].unalias().copy()
    if not isinstance(twin.parent, exp.Alias) and twin.parent is twin_outer:
        new_value = exp.alias_(new_value, twin_body.expressions[0].alias_or_name)
    twin.replace(new_value)
    twin_outer.append("joins", exp.Join(this=table, on=exp.and_(*on, copy=False), side="LEFT"))
    return copy


def _is_column_of(node: exp.Expr, body: exp.Select, source: Source, schema: Schema) -> bool:
    return isinstance(node, exp.Column) and source_of(node, body, schema) == source


def _is_free(name: str, query: exp.Query, subquery: exp.Subquery) -> bool:
    """Whether nothing but the subquery's own table goes by the name."""
    return not any(
        table.alias_or_name.lower() == name and not is_within(table, subquery)
        for table in query.find_all(exp.Table, exp.Subquery, exp.CTE)
    )


def any_for_in(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """= ANY over a subquery is IN, and <> ALL is NOT IN, which everyone reads.

    Bad:
        SELECT name FROM customers WHERE id = ANY (SELECT customer_id FROM orders)
    Good:
        SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders)

    Silent for other comparisons, and for arrays.

    По-русски: = ANY с подзапросом — это IN, а <> ALL — NOT IN, и так понятнее. Молчит для других
    сравнений и для массивов.
    """
    for test in every(query, exp.EQ, exp.NEQ):
        quantified = test.expression
        wanted = exp.Any if isinstance(test, exp.EQ) else exp.All
        if not isinstance(quantified, wanted):
            continue
        body = quantified.this
        while isinstance(body, exp.Paren | exp.Subquery):
            body = body.this
        if not isinstance(body, exp.Query):
            continue
        new: exp.Expr = exp.In(this=test.this.copy(), query=exp.Subquery(this=body.copy()))
        new = new if wanted is exp.Any else exp.Not(this=new)
        said = "= ANY is IN" if wanted is exp.Any else "<> ALL is NOT IN"
        said_ru = "= ANY — это IN" if wanted is exp.Any else "<> ALL — это NOT IN"
        offer = partial(replaced, query, test, new)
        yield found(test, "any-for-in", "style", said, said_ru, rewrite=offer)
