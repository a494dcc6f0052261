"""Joins along a foreign key to a table of which nothing but the key is read."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found
from sqlwright.analyze.joins import is_comma
from sqlwright.analyze.reads import (
    Read,
    alias_of,
    has_plain_joins,
    is_hidden,
    is_starred,
    positions,
    reads,
    take_out,
)
from sqlwright.analyze.scope import (
    Source,
    conditions,
    enclosing,
    equalities,
    is_nullable,
    is_within,
    keys,
    selects,
    source_of,
    sources,
    where,
)
from sqlwright.analyze.tree import copy_with, set_where
from sqlwright.schema import Schema, Table

Tie = tuple[dict[str, exp.Column], list[exp.Expr], Source]


def foreign_key_join(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A join along a foreign key to a table of which at most the key is read can be left out.

    Bad:
        SELECT o.id, o.total FROM orders o JOIN customers c ON c.id = o.customer_id
    Good:
        SELECT o.id, o.total FROM orders o

    The referring column holds the key already. It trusts that the engine enforces the foreign key
    (SQLite does so only when told), or that an IN over the same table says that there is a row.
    Where the referring column may be NULL, IS NOT NULL stays of the join. Silent when another
    column of the table is read, and when no foreign key leads to it.

    По-русски: соединение по внешнему ключу с таблицей, из которой читается разве что ключ, не
    нужно: ключ уже есть в ссылающемся столбце. Правило верит, что СУБД следит за внешним ключом.
    Если ссылающийся столбец может быть NULL, остаётся IS NOT NULL. Молчит, когда читается другой
    столбец таблицы и когда внешнего ключа нет.
    """
    for select in selects(query):
        here = sources(select, schema)
        if len(here) < 2 or not has_plain_joins(select, left=True):
            continue
        if not any(s.table and not s.optional and not is_starred(select, s) for s in here):
            continue
        read = reads(select, schema)
        if read is None:
            continue
        for source in here:
            tie = _tie(source, select, read, schema)
            if (
                tie is None
                or (rewrite := _without(query, select, source, read, tie, schema)) is None
            ):
                continue
            yield found(
                source.node,
                "foreign-key-join",
                "slow",
                f"each row of {tie[2].name} has exactly one row of {source.name},"
                " of which at most the key is read",
                f"у каждой строки {tie[2].name} ровно одна строка {source.name},"
                " и читается из неё разве что ключ",
                evidence=(
                    f"foreign key from {tie[2].name} to {source.node.name}",
                    f"внешний ключ из {tie[2].name} на {source.node.name}",
                ),
                rewrite=rewrite,
            )


def _tie(source: Source, select: exp.Select, read: list[Read], schema: Schema) -> Tie | None:
    """For each column of the key what holds its value elsewhere, the equalities, and who refers."""
    if source.table is None or source.optional or is_starred(select, source):
        return None
    names = {column.name.lower() for column in positions(read, source)}
    all_keys = [key for key in keys(source, schema) if names <= key]
    if not all_keys:
        return None
    tied: dict[str, dict[str, tuple[exp.Column, exp.Expr]]] = {}
    for part in conditions(select):
        for left, right in equalities([part]):
            for mine, other in ((left, right), (right, left)):
                if not isinstance(mine, exp.Column) or not isinstance(other, exp.Column):
                    continue
                if source_of(mine, select, schema) != source:
                    continue
                held = source_of(other, select, schema)
                if held is not None and held != source:
                    tied.setdefault(held.name, {})[mine.name.lower()] = (other, part)
    by_name = {s.name: s for s in sources(select, schema)}
    for name, pairs in tied.items():
        child = by_name[name]
        for key in all_keys:
            if not key <= set(pairs):
                continue
            referring = {pairs[k][0].name.lower(): k for k in key}
            if _refers(child.table, source.table, referring) or _is_listed(
                source, key, select, schema
            ):
                values = {k: pairs[k][0] for k in key}
                return values, [pairs[k][1] for k in key], child
    return None


def _refers(child: Table | None, parent: Table, pairs: dict[str, str]) -> bool:
    if child is None:
        return False
    return any(
        foreign.table.lower() == parent.name.lower()
        and {
            column.lower(): target.lower()
            for column, target in zip(
                foreign.columns, foreign.references or parent.primary_key, strict=False
            )
        }
        == pairs
        for foreign in child.foreign_keys
    )


def _is_listed(source: Source, key: frozenset[str], select: exp.Select, schema: Schema) -> bool:
    """Whether a conjunct says that the key is IN a list of that very table's keys."""
    for part in conditions(select):
        if not isinstance(part, exp.In) or not isinstance(part.this, exp.Column):
            continue
        body = part.args.get("query")
        body = body.unnest() if body is not None else None
        if not isinstance(body, exp.Select) or len(body.expressions) != 1 or len(key) != 1:
            continue
        if source_of(part.this, select, schema) != source or part.this.name.lower() not in key:
            continue
        listed = body.expressions[0].unalias()
        held = source_of(listed, body, schema) if isinstance(listed, exp.Column) else None
        if held is not None and held.table is source.table and listed.name.lower() in key:
            return True
    return False


def _without(
    query: exp.Query,
    select: exp.Select,
    source: Source,
    read: list[Read],
    tie: Tie,
    schema: Schema,
) -> exp.Query | None:
    """A copy without the source, its key read where it is referred from."""
    values, links, child = tie
    mine = list(positions(read, source))
    if any(is_hidden(column, child.name, select, schema) for column in mine):
        return None
    if _is_read_before(select, source, child, mine):
        return None
    copy, (twin, node, *twins) = copy_with(query, select, source.node, *links, *mine)
    assert isinstance(twin, exp.Select)
    gone, columns = twins[: len(links)], twins[len(links) :]
    for original, column in zip(mine, columns, strict=True):
        value = values[column.name.lower()].copy()
        if enclosing(original) is not select:
            value.set("table", alias_of(child))
        _put(column, value)
    if not take_out(twin, node, gone):
        return None
    absent = [exp.Is(this=v.copy(), expression=exp.Null()) for v in _nullable(values, schema)]
    set_where(twin, [*where(twin), *(exp.Not(this=test) for test in absent)])
    return copy


def _nullable(values: dict[str, exp.Column], schema: Schema) -> list[exp.Column]:
    return [value for value in values.values() if is_nullable(value, schema)]


def _put(column: exp.Expr, value: exp.Column) -> None:
    """Read the value in the place of the column, under its name where that is an output."""
    is_output = isinstance(column.parent, exp.Select) and column.arg_key == "expressions"
    around = column.parent.parent if column.parent is not None else None
    if isinstance(around, exp.Subquery):
        around = around.parent
    is_output = is_output and not isinstance(around, exp.In | exp.Exists)  # no one reads the name
    if is_output and value.name.lower() != column.name.lower():
        column.replace(exp.alias_(value, column.this.copy()))
    else:
        column.replace(value)


def _is_read_before(
    select: exp.Select, source: Source, child: Source, mine: list[exp.Column]
) -> bool:
    """Whether an ON reads the source before the child is joined, where it is not known yet."""
    joins = select.args.get("joins") or []
    mixed = any(map(is_comma, joins))  # beside a comma, ON sees only what JOIN binds together
    for at, join in enumerate(joins):
        if not mixed and (child.join is None or join is child.join):
            return False
        goes_to_where = join is source.join or (source.join is None and at == 0)
        if not goes_to_where and any(is_within(column, join) for column in mine):
            return True
    return False
