"""Grouping and aggregates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.duplicates import fixed_by
from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.scope import (
    columns_of,
    conjuncts,
    enclosing,
    group_keys,
    has_aggregate,
    has_subquery,
    is_nullable,
    selects,
    sides,
    source_of,
    where,
)
from sqlwright.analyze.tree import all_of, copy_with, replaced, set_where
from sqlwright.schema import Schema


def having_without_aggregate(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """HAVING on a grouping key throws groups away after they were computed; WHERE never reads them.

    Bad:
        SELECT city, COUNT(*) FROM customers GROUP BY city HAVING city <> 'Oslo'
    Good:
        SELECT city, COUNT(*) FROM customers WHERE city <> 'Oslo' GROUP BY city

    Silent without GROUP BY, with ROLLUP, CUBE or GROUPING SETS, when the condition holds an
    aggregate, and when it names something that is not a grouping key.

    По-русски: HAVING по ключу группировки отбрасывает уже посчитанные группы, а WHERE не станет и
    читать эти строки. Молчит без GROUP BY, с ROLLUP, CUBE и GROUPING SETS, когда в условии есть
    агрегат и когда оно называет не ключ группировки.
    """
    for select in selects(query):
        having = select.args.get("having")
        grouped = group_keys(select, schema)
        if having is None or not grouped:
            continue
        parts = conjuncts(having.this)
        moved = [part for part in parts if _is_of_keys(part, grouped, select, schema)]
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


def _is_of_keys(
    part: exp.Expr, grouped: list[exp.Expr], select: exp.Select, schema: Schema
) -> bool:
    columns = columns_of(part)
    if not columns or has_aggregate(part) or has_subquery(part) or part.find(exp.Window):
        return False
    aliased = {p.alias.lower(): p.unalias() for p in select.expressions if p.alias}
    if any(aliased.get(column.name.lower(), column) != column for column in columns):
        return False  # some engines read the output of that name
    held = [
        (k.name.lower(), source_of(k, select, schema)) for k in grouped if isinstance(k, exp.Column)
    ]
    return all(
        (source := source_of(column, select, schema)) is not None
        and (column.name.lower(), source) in held
        for column in columns
    )


def having_of_any_group(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A group has at least one row: HAVING COUNT(*) > 0 keeps every one.

    Bad:
        SELECT city, MAX(id) FROM customers GROUP BY city HAVING COUNT(*) > 0
    Good:
        SELECT city, MAX(id) FROM customers GROUP BY city

    Silent without GROUP BY, where all rows make one group even if there are none, with ROLLUP, CUBE
    and GROUPING SETS, and for COUNT of a column that may be NULL.

    По-русски: в группе есть хотя бы одна строка: HAVING COUNT(*) > 0 оставляет все группы. Молчит
    без GROUP BY, где одну группу образуют и ноль строк, с ROLLUP, CUBE и GROUPING SETS и для COUNT
    столбца, который может быть NULL.
    """
    for select in selects(query):
        having = select.args.get("having")
        if having is None or not group_keys(select, schema):
            continue
        parts = conjuncts(having.this)
        always = [part for part in parts if _is_above_zero(part, schema)]
        if not always:
            continue
        kept = [part for part in parts if not any(part is a for a in always)]
        copy, (twin,) = copy_with(query, select)
        twin.set("having", exp.Having(this=all_of(kept)) if kept else None)
        yield found(
            always[0],
            "having-of-any-group",
            "style",
            f"`{shown(always[0])}` holds for every group",
            f"`{shown(always[0])}` верно для каждой группы",
            rewrite=copy,
        )


def _is_above_zero(part: exp.Expr, schema: Schema) -> bool:
    if not isinstance(part, exp.GT | exp.GTE | exp.NEQ | exp.LT | exp.LTE):
        return False
    for count, value, how in sides(part):
        if not isinstance(count, exp.Count) or not isinstance(value, exp.Literal):
            continue
        if (how, value.name) in ((exp.GT, "0"), (exp.GTE, "1"), (exp.NEQ, "0")):
            counted = count.this
            if isinstance(counted, exp.Distinct):
                counted = counted.expressions[0]
            return isinstance(counted, exp.Star) or not is_nullable(counted, schema)
    return False


def group_by_position(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """GROUP BY 1 groups by another column as soon as someone adds one to the SELECT list.

    Bad:
        SELECT city, COUNT(*) FROM customers GROUP BY 1
    Good:
        SELECT city, COUNT(*) FROM customers GROUP BY city

    Silent when the position is a star's or a constant's; without a rewrite for a subquery.

    По-русски: GROUP BY 1 начнёт группировать по другому столбцу, как только кто-нибудь добавит
    столбец в список SELECT. Молчит, когда на этом месте звёздочка или постоянная; без переписанного
    запроса для подзапроса.
    """
    for select in selects(query):
        group = select.args.get("group")
        if group is None or select.is_star:
            continue
        for position in group.expressions:
            if not isinstance(position, exp.Literal) or not position.is_int:
                continue
            if not 1 <= int(position.name) <= len(select.expressions):
                continue
            meant = select.expressions[int(position.name) - 1].unalias()
            if isinstance(meant, exp.Literal | exp.Null):
                continue
            new = None if has_subquery(meant) else replaced(query, position, meant.copy())
            yield found(
                position,
                "group-by-position",
                "style",
                f"GROUP BY {position.name} changes its meaning with the SELECT list: name it",
                f"смысл GROUP BY {position.name} меняется вместе со списком SELECT: назовите его",
                rewrite=new,
            )


def aggregate_of_group_key(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A grouping key has one value in its group: its MIN or MAX is that value.

    Bad:
        SELECT city, MAX(city), COUNT(*) FROM customers GROUP BY city
    Good:
        SELECT city, city, COUNT(*) FROM customers GROUP BY city

    Silent for other aggregates, in windows, and with ROLLUP, CUBE and GROUPING SETS, where a key is
    NULL in the rows above.

    По-русски: у ключа группировки в группе одно значение: его MIN и MAX — оно и есть. Молчит для
    других агрегатов, в окнах и с ROLLUP, CUBE и GROUPING SETS, где ключ в итоговых строках NULL.
    """
    for select in selects(query):
        grouped = group_keys(select, schema)
        if not grouped:
            continue
        texts = {key.sql() for key in grouped}
        for fold in select.find_all(exp.Min, exp.Max):
            if fold.expressions or fold.this is None or fold.this.sql() not in texts:
                continue
            if enclosing(fold) is not select or isinstance(fold.parent, exp.Window | exp.Filter):
                continue
            if fold.find_ancestor(exp.Having, exp.Select) is not select:
                continue  # a bare key in HAVING is refused by some engines
            yield found(
                fold,
                "aggregate-of-group-key",
                "style",
                f"{shown(fold.this)} is a grouping key: `{shown(fold)}` is its one value",
                f"{shown(fold.this)} — ключ группы: `{shown(fold)}` — её единственное значение",
                rewrite=partial(replaced, query, fold, fold.this.copy()),
            )


def ungrouped_column(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A column that is neither grouped nor aggregated has no one value in its group.

    Bad:
        SELECT city, name, COUNT(*) FROM customers GROUP BY city
    Good:
        SELECT city, name, COUNT(*) FROM customers GROUP BY city, name

    Most engines refuse it; SQLite and a lenient MySQL take the value of some row. No rewrite is
    offered: only the author knows whether to group by it or to aggregate it. Silent when the keys
    fix a key of the column's table, and where a name is not certain.

    По-русски: у столбца, который не в GROUP BY и не под агрегатом, в группе нет одного значения.
    Большинство движков такой запрос отвергают, SQLite и нестрогий MySQL берут значение любой
    строки. Переписанного запроса нет: группировать по столбцу или сворачивать его, решает автор.
    Молчит, когда ключи группы определяют ключ таблицы столбца и когда имя неоднозначно.
    """
    for select in selects(query):
        grouped = group_keys(select, schema)
        folded = any(has_aggregate(projection) for projection in select.expressions)
        if select.args.get("group") is not None and grouped is None:
            continue
        if grouped is None and not folded:
            continue
        column = _free_column(select, grouped or [], schema)
        if column is None:
            continue
        yield found(
            column,
            "ungrouped-column",
            "error",
            f"{shown(column)} is neither grouped nor aggregated: most engines refuse it",
            f"{shown(column)} не в GROUP BY и не под агрегатом: большинство движков это отвергнут",
        )


def _free_column(select: exp.Select, grouped: list[exp.Expr], schema: Schema) -> exp.Column | None:
    """An output's column outside of aggregates that the grouping keys do not fix."""
    texts = {key.sql() for key in grouped}
    fixed = fixed_by(grouped, select, schema)
    for projection in select.expressions:
        for column in columns_of(projection):
            source = source_of(column, select, schema)
            if source is None or source.table is None or column.is_star:
                continue
            if column.name.lower() in fixed.get(source.name, ()):
                continue
            node: exp.Expr | None = column
            while node is not select and not _holds_one_value(node, texts):
                node = node.parent if node is not None else None
            if node is select:
                return column
    return None


def _holds_one_value(node: exp.Expr | None, texts: set[str]) -> bool:
    """Whether it is an aggregate, a grouping key, or a query with rules of its own."""
    folds = (exp.AggFunc, exp.Filter, exp.WithinGroup, exp.Query)
    if node is None or isinstance(node, folds):
        return True
    return bool(texts) and node.sql() in texts
