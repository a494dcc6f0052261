"""Inner joins to a table of which no column is read: they only ask whether there is a match."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found
from sqlwright.analyze.joins import names_read
from sqlwright.analyze.scope import (
    Source,
    columns_of,
    conditions,
    conjuncts,
    equalities,
    has_subquery,
    is_grouped,
    is_plainly_distinct,
    is_within,
    keys,
    owner,
    selects,
    source_of,
    sources,
    where,
)
from sqlwright.analyze.tree import all_of, copy_with, set_where
from sqlwright.schema import Schema


def join_for_existence(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A join that only asks whether there is a match repeats rows, for DISTINCT to remove again.

    Bad:
        SELECT DISTINCT c.name FROM customers c JOIN orders o ON o.customer_id = c.id
        WHERE o.total > 100
    Good:
        SELECT DISTINCT c.name FROM customers c
        WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 100)

    Silent without DISTINCT, when a column of the joined table is read, when the join is on its key
    and so repeats nothing, and beside outer joins.

    По-русски: соединение, которое лишь спрашивает, есть ли пара, повторяет строки, а DISTINCT их
    убирает. Молчит без DISTINCT, когда столбец присоединённой таблицы читается, когда соединение
    идёт по её ключу и ничего не повторяет, и рядом с внешними соединениями.
    """
    for select in selects(query):
        if not is_plainly_distinct(select) or is_grouped(select) or select.find(exp.Window):
            continue
        for source, mentions in _unread(select, schema):
            if _is_matched_once(mentions, source, select, schema):
                continue
            test = select.__class__(
                expressions=[exp.Literal.number(1)],
                from_=exp.From(this=source.node.copy()),
                where=exp.Where(this=all_of(mentions)),
            )
            yield found(
                source.node,
                "join-for-existence",
                "slow",
                f"the join to {source.name} repeats rows, and DISTINCT removes them: EXISTS asks",
                f"соединение с {source.name} повторяет строки, а DISTINCT их убирает:"
                " достаточно EXISTS",
                rewrite=_without(query, select, source, mentions, exp.Exists(this=test)),
            )
            break


def _unread(select: exp.Select, schema: Schema) -> Iterator[tuple[Source, list[exp.Expr]]]:
    """The inner-joined tables that only conditions name, with these conditions.

    They stand in WHERE or in the join's own ON, so that no other join hangs on them.
    """
    here = sources(select, schema)
    if len(here) < 2 or any(isinstance(p, exp.Star) for p in select.expressions):
        return
    if any(s.join is not None and (s.join.side or s.join.args.get("method")) for s in here):
        return
    parts = [(part, names_read(part, select, schema)) for part in conditions(select)]
    if any(names is None for _, names in parts):
        return
    for source in here[1:]:
        if source.columns is None or source.join is None or source.join.args.get("using"):
            continue
        mentions = [part for part, names in parts if names and source.name in names]
        tied = any(names and source.name in names and len(names) > 1 for _, names in parts)
        own = [*where(select), *conjuncts(source.join.args.get("on"))]
        if not tied or not all(any(part is o for o in own) for part in mentions):
            continue
        if not _is_read(source, mentions, select, schema):
            yield source, mentions


def _is_read(source: Source, mentions: list[exp.Expr], select: exp.Select, schema: Schema) -> bool:
    for column in columns_of(select):
        if any(is_within(column, part) for part in mentions):
            continue
        held = owner(column, schema)
        if column.table.lower() == source.name or (held is None and not column.table):
            return True
        if held is not None and held[0] is select and held[1].name == source.name:
            return True
    return False


def _is_matched_once(
    mentions: list[exp.Expr], source: Source, select: exp.Select, schema: Schema
) -> bool:
    matched = set()
    for left, right in equalities(mentions):
        for mine, other in ((left, right), (right, left)):
            if isinstance(mine, exp.Column) and not has_subquery(other):
                is_mine = source_of(mine, select, schema) == source
                if is_mine and source.name not in (names_read(other, select, schema) or set()):
                    matched.add(mine.name.lower())
    return any(key <= matched for key in keys(source, schema))


def _without(
    query: exp.Query,
    select: exp.Select,
    source: Source,
    mentions: list[exp.Expr],
    test: exp.Expr | None,
) -> exp.Query:
    """A copy without the source and its conditions, and with `test` in their place."""
    assert source.join is not None
    kept = [
        part
        for part in [*where(select), *conjuncts(source.join.args.get("on"))]
        if not any(part is mention for mention in mentions)
    ]
    copy, (twin, join) = copy_with(query, select, source.join)
    assert isinstance(twin, exp.Select)
    join.pop()
    set_where(twin, [*kept, test] if test is not None else kept)
    return copy
