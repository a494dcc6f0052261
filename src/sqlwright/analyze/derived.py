"""Derived tables and CTEs: ones that say nothing, are not read, or are written twice."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found
from sqlwright.analyze.once import every
from sqlwright.analyze.reads import (
    alias_of,
    has_plain_joins,
    is_starred,
    only_table,
    positions,
    reads,
)
from sqlwright.analyze.scope import (
    Source,
    columns_of,
    has_subquery,
    is_grouped,
    is_within,
    owner,
    selects,
    sources,
    where,
)
from sqlwright.analyze.tree import copy_with, fresh, names_in, set_where
from sqlwright.schema import Schema


def renaming_subquery(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A derived table that only picks or renames the columns of one table says nothing itself.

    Bad:
        SELECT d.id, d.town FROM (SELECT id, city AS town FROM customers WHERE city <> 'Oslo') AS d
    Good:
        SELECT d.id, d.city AS town FROM customers AS d WHERE d.city <> 'Oslo'

    MySQL before 8 writes such a table out. Silent when it joins, groups, sorts, limits or computes,
    when a star shows its columns, and when an outer join keeps rows beside its condition.

    По-русски: производная таблица, которая лишь выбирает или переименовывает столбцы одной таблицы,
    ничего не добавляет, а MySQL до 8 её записывает. Молчит, если она соединяет, группирует,
    сортирует, ограничивает или вычисляет, если её столбцы видны через звёздочку и если внешнее
    соединение сохраняет строки рядом с её условием.
    """
    for select in selects(query):
        for source in sources(select, schema):
            body = source.body
            if not isinstance(source.node, exp.Subquery) or not isinstance(body, exp.Select):
                continue
            new = _unwrapped(query, select, source, body, schema)
            if new is None:
                continue
            picks = ("columns and rows", "столбцы и строки") if where(body) else (
                "columns", "столбцы")  # fmt: skip
            yield found(
                source.node,
                "renaming-subquery",
                "style",
                f"the derived table {source.name} only picks {picks[0]}: read the table itself",
                f"производная таблица {source.name} лишь выбирает {picks[1]}: читайте саму таблицу",
                rewrite=new,
            )


def _unwrapped(
    query: exp.Query, select: exp.Select, source: Source, body: exp.Select, schema: Schema
) -> exp.Query | None:
    inner = only_table(body, schema)
    if inner is None:
        return None
    if any(map(has_subquery, where(body))) or not source.name:
        return None
    if source.node.args["alias"].args.get("columns") or is_starred(select, source):
        return None
    if where(body) and (source.optional or not has_plain_joins(select)):
        return None
    joins = select.args.get("joins") or []
    if any(join.args.get("using") or join.args.get("method") for join in joins):
        return None
    listed = _listed(body, inner)
    outer, within = reads(select, schema), reads(body, schema)
    if listed is None or outer is None or within is None:
        return None
    if any(column.name.lower() not in listed for column in positions(outer, source)):
        return None
    mine = list(positions(outer, source))
    others = [s for s in sources(select, schema) if s.name != source.name]
    if any(not c.table for c, _ in outer) and others:
        return None  # an unqualified name might then be in the whole table as well
    copy, (twin, node, inside, *columns) = copy_with(query, select, source.node, body, *mine)
    assert isinstance(twin, exp.Select)
    assert isinstance(inside, exp.Select)
    for column in columns:
        _read(column, listed[column.name.lower()], source)
    asked = where(inside)
    for part in asked:
        for column in list(part.find_all(exp.Column)):
            column.set("table", alias_of(source))
    table = inside.args["from_"].this.copy()
    table.set("alias", exp.TableAlias(this=alias_of(source)))
    node.replace(table)
    set_where(twin, [*where(twin), *asked])
    return copy


def _listed(body: exp.Select, inner: Source) -> dict[str, exp.Column] | None:
    """What each output name is, if all are plain columns of the table."""
    if len(body.expressions) == 1 and isinstance(body.expressions[0], exp.Star):
        return {name: exp.column(name) for name in inner.columns or ()}
    found_columns: dict[str, exp.Column] = {}
    for projection in body.expressions:
        column = projection.unalias()
        if not isinstance(column, exp.Column) or column.is_star:
            return None
        found_columns[projection.alias_or_name.lower()] = column
    return found_columns


def _read(column: exp.Expr, real: exp.Column, source: Source) -> None:
    new: exp.Expr = exp.Column(this=real.this.copy(), table=alias_of(source))
    is_output = isinstance(column.parent, exp.Select) and column.arg_key == "expressions"
    if is_output and real.name.lower() != column.name.lower():
        new = exp.alias_(new, column.this.copy())
    column.replace(new)


def repeated_subquery(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A derived table that is written twice is computed twice; a CTE has one name and one text.

    Bad:
        SELECT a.city FROM
          (SELECT city, COUNT(*) AS n FROM customers GROUP BY city) AS a JOIN
          (SELECT city, COUNT(*) AS n FROM customers GROUP BY city) AS b ON b.n = a.n + 1
    Good:
        WITH counted AS (SELECT city, COUNT(*) AS n FROM customers GROUP BY city)
        SELECT a.city FROM counted AS a JOIN counted AS b ON b.n = a.n + 1

    Silent for subqueries that neither join nor group, that depend on rows outside, and that use
    random values.

    По-русски: производная таблица, написанная дважды, дважды вычисляется; у CTE одно имя и один
    текст. Молчит для подзапросов, которые не соединяют и не группируют, зависят от строк снаружи
    или используют случайные значения.
    """
    by_text: dict[str, list[exp.Subquery]] = {}
    for subquery in every(query, exp.Subquery):
        body = subquery.this
        if not isinstance(subquery.parent, exp.From | exp.Join) or not isinstance(body, exp.Query):
            continue
        if isinstance(body, exp.Select) and not (body.args.get("joins") or is_grouped(body)):
            continue
        by_text.setdefault(body.sql(normalize=True, comments=False), []).append(subquery)
    for same in by_text.values():
        if len(same) < 2 or not _is_apart(same[0].this, schema):
            continue
        if same[0].find(exp.Rand, exp.Uuid, exp.Anonymous, exp.Limit):
            continue
        yield found(
            same[1],
            "repeated-subquery",
            "slow",
            f"the same derived table is written {len(same)} times: name it once, in WITH",
            f"одна и та же производная таблица написана несколько раз ({len(same)}):"
            " назовите её один раз в WITH",
            rewrite=_named_once(query, same),
        )
        return


def _is_apart(body: exp.Query, schema: Schema) -> bool:
    """Whether every name in it comes from inside, and no CTE of an outer WITH is read."""
    for column in columns_of(body):
        held = owner(column, schema)
        if isinstance(column.this, exp.Star):
            continue
        if held is None or not is_within(held[0], body):
            return False
    return not any(
        source.table is None and not isinstance(source.node, exp.Subquery)
        for select in body.find_all(exp.Select)
        for source in sources(select, schema)
    )


def _named_once(query: exp.Query, same: list[exp.Subquery]) -> exp.Query | None:
    aliases = [subquery.args.get("alias") for subquery in same]
    if any(alias is None or alias.args.get("columns") for alias in aliases):
        return None
    clause = query.args.get("with_")
    if isinstance(query, exp.Subquery) or (clause is not None and clause.args.get("recursive")):
        return None
    copy, twins = copy_with(query, *same)
    name = fresh("shared_rows", names_in(query))
    body = twins[0].this.copy()
    for twin in twins:
        table = exp.Table(this=exp.to_identifier(name), alias=twin.args["alias"].copy())
        twin.replace(table)
    cte = exp.CTE(this=body, alias=exp.TableAlias(this=exp.to_identifier(name)))
    if clause is None:
        copy.set("with_", exp.With(expressions=[cte]))
    else:
        held = copy.args["with_"]
        held.set("expressions", [cte, *held.expressions])
    return copy
