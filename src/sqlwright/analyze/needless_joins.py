"""Joins that do less than they seem to: outer ones that are inner, unused and repeated ones."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.joins import names_read
from sqlwright.analyze.reads import is_starred
from sqlwright.analyze.scope import (
    COMPARISONS,
    STRICT,
    Source,
    columns_of,
    conditions,
    conjuncts,
    equalities,
    has_subquery,
    is_plainly_distinct,
    is_within,
    keys,
    selects,
    source_of,
    sources,
    where,
)
from sqlwright.analyze.tree import copy_with, set_where
from sqlwright.schema import Schema


def useless_outer_join(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A LEFT JOIN whose unmatched rows a later condition throws away is an inner join.

    Bad:
        SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
        WHERE o.total > 100
    Good:
        SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id
        WHERE o.total > 100

    Silent when the condition may pass with NULL: IS NULL, OR, COALESCE, CASE.

    По-русски: LEFT JOIN, чьи строки без пары отбрасывает следующее условие, — внутреннее
    соединение. Молчит, когда условие может пройти и с NULL: IS NULL, OR, COALESCE, CASE.
    """
    for select in selects(query):
        joins: list[exp.Join] = select.args.get("joins") or []
        for at, join in enumerate(joins):
            if join.side != "LEFT" or any(j.side in ("RIGHT", "FULL") for j in joins):
                continue
            if join.args.get("method") or join.kind in ("SEMI", "ANTI"):
                continue
            later = [p for j in joins[at + 1 :] if not j.side for p in conjuncts(j.args.get("on"))]
            name = join.this.alias_or_name.lower()
            reason = next(
                (p for p in where(select) + later if _rejects_null(p, name, select, schema)), None
            )
            if reason is None:
                continue
            copy, (twin,) = copy_with(query, join)
            twin.set("side", None)
            twin.set("kind", None)
            yield found(
                join,
                "useless-outer-join",
                "slow",
                f"LEFT JOIN {name} keeps rows that `{shown(reason)}` drops: it is an inner join",
                f"LEFT JOIN {name} сохраняет строки, которые `{shown(reason)}` отбрасывает:"
                " это внутреннее соединение",
                rewrite=copy,
            )


def _rejects_null(part: exp.Expr, name: str, select: exp.Select, schema: Schema) -> bool:
    """Whether a condition cannot be true where every column of the source `name` is NULL."""
    if isinstance(part, exp.Not):
        test = part.this.unnest()
        if isinstance(test, exp.Is) and isinstance(test.expression, exp.Null):
            return _is_strict_in(test.this, name, select, schema)
        if isinstance(test, exp.Like | exp.In | exp.Between):
            part = test  # NOT of unknown is unknown
    if isinstance(part, COMPARISONS):
        operands = [part.this, part.expression]
        if any(isinstance(operand, exp.All) for operand in operands):
            return False  # NULL > ALL (nothing) is true
    elif isinstance(part, exp.In | exp.Like | exp.Between):
        operands = [part.this]
    else:
        return False
    if isinstance(part, exp.In) and part.args.get("query") and isinstance(part.parent, exp.Not):
        return False  # x NOT IN (nothing) is true even for NULL
    return any(_is_strict_in(operand, name, select, schema) for operand in operands)


def _is_strict_in(node: exp.Expr, name: str, select: exp.Select, schema: Schema) -> bool:
    """Whether the value is NULL as soon as every column of the source is."""
    node = node.unnest()
    if isinstance(node, exp.Column):
        source = source_of(node, select, schema)
        return source is not None and source.name == name
    if isinstance(node, STRICT):
        parts = [p for p in (node.args.get("this"), node.args.get("expression")) if p is not None]
        return any(_is_strict_in(part, name, select, schema) for part in parts)
    return False


def unused_join(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A LEFT JOIN on a unique key of a table that is used nowhere else changes nothing.

    Bad:
        SELECT o.id, o.total FROM orders o LEFT JOIN customers c ON c.id = o.customer_id
    Good:
        SELECT o.id, o.total FROM orders o

    Silent when the join can repeat rows (no key is fully matched), unless DISTINCT folds them
    again, and when any other clause names the joined table.

    По-русски: LEFT JOIN по уникальному ключу таблицы, которая больше нигде не нужна, ничего не
    меняет. Молчит, когда соединение может повторить строки (ключ сравнивается не весь) и DISTINCT
    их не сворачивает и когда таблица названа где-либо ещё.
    """
    for select in selects(query):
        here = sources(select, schema)
        for source in here[1:]:
            join = source.join
            if (
                join is None
                or join.side != "LEFT"
                or source.columns is None
                or is_starred(select, source)
            ):
                continue
            if join.args.get("using") or join.args.get("method"):
                continue
            if any(s.join is not None and s.join.side in ("RIGHT", "FULL") for s in here):
                continue
            unique = _matches_a_key(join, source, select, schema)
            if not (unique or _folds_repeats(select)):
                continue
            if _is_used_elsewhere(source, join, select, schema):
                continue
            copy, (twin,) = copy_with(query, join)
            twin.pop()
            yield found(
                join,
                "unused-join",
                "slow",
                f"LEFT JOIN {source.name} neither adds rows nor gives a column: leave it out",
                f"LEFT JOIN {source.name} не добавляет строк и не даёт столбцов: уберите его",
                rewrite=copy,
            )


def _folds_repeats(select: exp.Select) -> bool:
    plain = not select.find(exp.Window) and not select.args.get("group")
    folded = any(p.find(exp.AggFunc) for p in select.expressions)
    return is_plainly_distinct(select) and plain and not folded


def _matches_a_key(join: exp.Join, source: Source, select: exp.Select, schema: Schema) -> bool:
    """Whether ON compares every column of some key with values from elsewhere."""
    matched = set()
    for left, right in equalities(conjuncts(join.args.get("on"))):
        for mine, other in ((left, right), (right, left)):
            if not isinstance(mine, exp.Column) or has_subquery(other):
                continue
            names = names_read(other, select, schema)
            if names is None or source.name in names:
                continue
            if source_of(mine, select, schema) == source:
                matched.add(mine.name.lower())
    return any(key <= matched for key in keys(source, schema))


def _is_used_elsewhere(source: Source, join: exp.Join, select: exp.Select, schema: Schema) -> bool:
    for column in columns_of(select):
        if column.find_ancestor(exp.Join, exp.Select) is join:
            continue
        if is_within(column, join):
            continue
        if column.table.lower() == source.name:
            return True
        if not column.table and source.has(column.name):
            return True  # perhaps another's: better silent than wrong
        if isinstance(column.this, exp.Star) and not column.table:
            return True
    return False


def redundant_self_join(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A table joined to itself on its key meets only the same row again.

    Bad:
        SELECT a.id, b.total FROM orders a JOIN orders b ON a.id = b.id WHERE b.total > 10
    Good:
        SELECT a.id, a.total FROM orders a WHERE a.total > 10

    Silent when the key is not fully matched or may be NULL, and when an outer join is near.

    По-русски: таблица, соединённая с собой по ключу, встречает лишь ту же строку. Молчит, когда
    ключ сравнивается не весь или может быть NULL и когда рядом внешнее соединение.
    """
    for select in selects(query):
        here = sources(select, schema)
        names = [name.lower() for name in _inner_names(select)]
        if any(source.name in names or is_starred(select, source) for source in here):
            continue
        if any(s.optional or (s.join and s.join.side) for s in here):
            continue
        matched = _matched(select)
        for at, second in enumerate(here):
            first = next((f for f in here[:at] if _is_same_row(f, second, matched, schema)), None)
            if first is None or second.join is None or second.join.args.get("using"):
                continue
            yield found(
                second.node,
                "redundant-self-join",
                "slow",
                f"{second.name} is always the same row as {first.name}: one of them is enough",
                f"{second.name} всегда та же строка, что {first.name}: достаточно одной",
                rewrite=_without(query, select, first, second, schema),
            )
            break


def _inner_names(select: exp.Select) -> list[str]:
    """The names that sources have in the subqueries of a SELECT, where they may hide its own."""
    tables = select.find_all(exp.Table, exp.Subquery)
    return [table.alias_or_name for table in tables if table.parent_select is not select]


def _matched(select: exp.Select) -> dict[frozenset[str], set[str]]:
    """By two items of FROM: the columns that both have under one name and that must be equal."""
    found: dict[frozenset[str], set[str]] = {}
    for left, right in equalities(conditions(select)):
        if isinstance(left, exp.Column) and isinstance(right, exp.Column):
            if left.name.lower() == right.name.lower():
                names = frozenset((left.table.lower(), right.table.lower()))
                found.setdefault(names, set()).add(left.name.lower())
    return found


def _is_same_row(
    first: Source, second: Source, matched: dict[frozenset[str], set[str]], schema: Schema
) -> bool:
    if first.table is None or first.table is not second.table:
        return False
    columns = matched.get(frozenset((first.name, second.name)), set())
    return any(key <= columns for key in keys(first, schema))


def _without(
    query: exp.Query, select: exp.Select, first: Source, second: Source, schema: Schema
) -> exp.Query:
    """A copy in which `first` speaks for `second`."""
    assert second.join is not None
    copy, (twin, join) = copy_with(query, select, second.join)
    assert isinstance(twin, exp.Select)
    kept = where(twin) + conjuncts(join.args.get("on"))
    set_where(twin, kept)
    join.pop()
    for column in columns_of(twin):
        if column.table.lower() == second.name:
            column.set("table", exp.to_identifier(first.node.alias_or_name))
    never_null = frozenset[str]().union(*keys(first, schema))
    set_where(twin, [part for part in where(twin) if not _is_itself(part, first, never_null)])
    return copy


def _is_itself(part: exp.Expr, source: Source, never_null: frozenset[str]) -> bool:
    """x = x on a key of the source: always true. On a column that may be NULL it drops rows."""
    return (
        isinstance(part, exp.EQ)
        and isinstance(part.this, exp.Column)
        and part.this == part.expression
        and part.this.table.lower() == source.name
        and part.this.name.lower() in never_null
    )
