"""Aggregates over rows that two joins have multiplied by each other."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.join_conditions import tying
from sqlwright.analyze.joins import names_read
from sqlwright.analyze.scope import (
    Source,
    columns_of,
    equalities,
    keys,
    selects,
    source_of,
    sources,
)
from sqlwright.schema import Schema


def parallel_children(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Two tables joined to the same row, each with many rows for it, multiply each other's rows.

    Bad:
        SELECT o.id, COUNT(l.line), SUM(p.amount) FROM orders o
        JOIN order_lines l ON l.order_id = o.id JOIN payments p ON p.order_id = o.id GROUP BY o.id
    Good:
        SELECT o.id, (SELECT SUM(p.amount) FROM payments p WHERE p.order_id = o.id) AS paid,
               COUNT(l.line)
        FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id

    No rewrite is offered: the good query returns other numbers. Silent without SUM, COUNT or AVG of
    one of them, for DISTINCT inside it, and when the two are tied to each other as well.

    По-русски: две таблицы, присоединённые к одной строке, у каждой из которых строк много, умножают
    строки друг друга. Переписанного запроса нет: у хорошего другие числа. Молчит, если нет SUM,
    COUNT или AVG по одной из них, при DISTINCT внутри и когда обе связаны и между собой.
    """
    for select in selects(query):
        here = sources(select, schema)
        folds = [f for p in select.expressions for f in p.find_all(exp.Sum, exp.Count, exp.Avg)]
        folds = [fold for fold in folds if not isinstance(fold.this, exp.Distinct)]
        if len(here) < 3 or not folds:
            continue
        parents = _parents(select, here, schema)
        pairs = [
            (one, other, parents[one.name])
            for at, one in enumerate(here)
            for other in here[at + 1 :]
            if parents.get(one.name) and parents.get(one.name) == parents.get(other.name)
        ]
        for one, other, parent in pairs:
            fold = next((f for f in folds if _reads_one(f, one, other, select, schema)), None)
            if fold is None or _are_tied(one, other, select, schema):
                continue
            yield found(
                fold,
                "parallel-children",
                "wrong",
                f"{one.name} and {other.name} each have many rows for one of {parent}:"
                f" `{shown(fold)}` counts each as often as the other has rows",
                f"у {one.name} и {other.name} много строк на одну строку {parent}:"
                f" `{shown(fold)}` считает каждую столько раз, сколько строк у другой",
            )
            break


def _parents(select: exp.Select, here: tuple[Source, ...], schema: Schema) -> dict[str, str | None]:
    """For each table that may have many rows for one of another, on whose key it is joined: that
    other's name.
    """
    found_parents: dict[str, str | None] = {}
    by_name = {source.name: source for source in here}
    ties: dict[tuple[str, str], set[tuple[str, str]]] = {}
    fixed: dict[str, set[str]] = {}
    for left, right in equalities(tying(select)):
        for mine, other in ((left, right), (right, left)):
            held = source_of(mine, select, schema) if isinstance(mine, exp.Column) else None
            if held is None:
                continue
            fixed.setdefault(held.name, set()).add(mine.name.lower())
            away = source_of(other, select, schema) if isinstance(other, exp.Column) else None
            if away is not None and away != held:
                pair = (mine.name.lower(), other.name.lower())
                ties.setdefault((held.name, away.name), set()).add(pair)
    for (child, parent), pairs in ties.items():
        one, many = by_name[parent], by_name[child]
        if one.table is None or many.table is None:
            continue
        is_one = any(key <= {other for _, other in pairs} for key in keys(one, schema))
        is_single = any(key <= fixed[child] for key in keys(many, schema))
        if is_one and not is_single:
            found_parents[child] = parent
    return found_parents


def _reads_one(
    fold: exp.Expr, one: Source, other: Source, select: exp.Select, schema: Schema
) -> bool:
    read = {source_of(column, select, schema) for column in columns_of(fold)}
    return len(read) == 1 and bool(read & {one, other})


def _are_tied(one: Source, other: Source, select: exp.Select, schema: Schema) -> bool:
    wanted = {one.name, other.name}
    return any(wanted <= (names_read(part, select, schema) or wanted) for part in tying(select))
