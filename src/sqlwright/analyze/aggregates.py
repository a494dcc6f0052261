"""Grouping and aggregates."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.scope import (
    columns_of,
    conjuncts,
    group_keys,
    has_aggregate,
    has_subquery,
    selects,
    source_of,
    where,
)
from sqlwright.analyze.tree import all_of, copy_with, set_where
from sqlwright.schema import Schema


def having_without_aggregate(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """HAVING on a grouping key throws groups away after they were computed; WHERE never reads them.

    Bad:
        SELECT city, COUNT(*) FROM customers GROUP BY city HAVING city <> 'Oslo'
    Good:
        SELECT city, COUNT(*) FROM customers WHERE city <> 'Oslo' GROUP BY city

    Silent without GROUP BY, with ROLLUP, CUBE or GROUPING SETS, when the condition holds an
    aggregate, and when it names something that is not a grouping key.
    """
    for select in selects(query):
        having = select.args.get("having")
        keys = group_keys(select, schema)
        if having is None or not keys:
            continue
        parts = conjuncts(having.this)
        moved = [part for part in parts if _is_of_keys(part, keys, select, schema)]
        if not moved:
            continue
        kept = [part for part in parts if not any(part is m for m in moved)]
        copy, (twin,) = copy_with(query, select)
        assert isinstance(twin, exp.Select)
        set_where(twin, [*where(twin), *moved])
        twin.set("having", exp.Having(this=all_of(kept)) if kept else None)
        yield found(
            moved[0],
            "having-without-aggregate",
            "slow",
            f"`{shown(moved[0])}` asks for a grouping key: WHERE drops the rows before grouping",
            f"`{shown(moved[0])}` проверяет ключ группы: WHERE отбросит строки до группировки",
            rewrite=copy,
        )


def _is_of_keys(part: exp.Expr, keys: list[exp.Expr], select: exp.Select, schema: Schema) -> bool:
    columns = columns_of(part)
    if not columns or has_aggregate(part) or has_subquery(part) or part.find(exp.Window):
        return False
    aliased = {p.alias.lower(): p.unalias() for p in select.expressions if p.alias}
    if any(aliased.get(column.name.lower(), column) != column for column in columns):
        return False  # some engines read the output of that name
    grouped = [
        (k.name.lower(), source_of(k, select, schema)) for k in keys if isinstance(k, exp.Column)
    ]
    return all(
        (source := source_of(column, select, schema)) is not None
        and (column.name.lower(), source) in grouped
        for column in columns
    )
