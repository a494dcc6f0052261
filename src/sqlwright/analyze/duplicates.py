"""Duplicates: work done to remove rows that cannot repeat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.kinds import NUMBERS, kind
from sqlwright.analyze.once import every, once
from sqlwright.analyze.scope import (
    Source,
    conditions,
    conjuncts,
    equalities,
    group_keys,
    has_aggregate,
    is_constant,
    is_plainly_distinct,
    keys,
    selects,
    source_of,
    sources,
    where,
)
from sqlwright.analyze.tree import copy_with, replaced
from sqlwright.schema import Schema


def needless_distinct(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """DISTINCT sorts or hashes every row to remove duplicates that cannot exist or do not count.

    Bad:
        SELECT DISTINCT city, COUNT(*) FROM customers GROUP BY city
    Good:
        SELECT city, COUNT(*) FROM customers GROUP BY city

    Rows cannot repeat when a key of every joined table, or every key of GROUP BY, is selected;
    duplicates do not count under IN, EXISTS and UNION. Silent when a key is missing or may be NULL,
    for DISTINCT ON, and with ROLLUP, CUBE and GROUPING SETS.

    По-русски: DISTINCT сортирует или хеширует все строки ради повторов, которых не бывает или
    которые не важны. Строки не повторяются, когда выбраны ключи всех таблиц или все ключи
    GROUP BY; под IN, EXISTS и UNION повторы не важны. Молчит, когда ключа нет или он может быть
    NULL, для DISTINCT ON и с ROLLUP, CUBE и GROUPING SETS.
    """
    for select in selects(query):
        if not is_plainly_distinct(select):
            continue
        why = _why_needless(select, schema)
        if why is None:
            continue
        english, russian = why
        copy, (twin,) = copy_with(query, select)
        twin.set("distinct", None)
        yield found(
            select,
            "needless-distinct",
            "slow",
            f"DISTINCT is needless: {english}",
            f"DISTINCT не нужен: {russian}",
            rewrite=copy,
        )


def _why_needless(select: exp.Select, schema: Schema) -> tuple[str, str] | None:
    if duplicates_do_not_count(select):
        return "the query around it does not count duplicates", "снаружи повторы не важны"
    if any(p.find(exp.Window, exp.UDTF, exp.GenerateSeries) for p in select.expressions):
        return None
    if any(p.find(exp.Explode, exp.Anonymous) for p in select.expressions):
        return None  # it may return several rows
    if select.args.get("group"):
        group = group_keys(select, schema)
        outputs = {projection.unalias().sql() for projection in select.expressions}
        if group and all(key.sql() in outputs for key in group):
            return "every key of GROUP BY is selected", "выбраны все ключи GROUP BY"
        return None
    if any(has_aggregate(projection) for projection in select.expressions):
        return (
            "an aggregate without GROUP BY gives one row",
            "агрегат без GROUP BY даёт одну строку",
        )
    if are_rows_unique(select, schema):
        return "a key of every table is selected", "выбраны ключи всех таблиц"
    return None


def duplicates_do_not_count(select: exp.Select) -> bool:
    """Whether what stands around asks only which rows there are: IN, EXISTS, UNION."""
    if select.args.get("limit") or select.args.get("offset"):
        return False
    around = select.parent
    while isinstance(around, exp.Subquery):
        around = around.parent
    if isinstance(around, exp.Union):
        return bool(around.args.get("distinct"))
    return isinstance(around, exp.In | exp.Exists)


def are_rows_unique(select: exp.Select, schema: Schema) -> bool:
    """Whether no two rows of a plain SELECT can be alike, for the keys that it selects."""
    here = sources(select, schema)
    if not here or any(s.join is not None and s.join.args.get("using") for s in here):
        return False
    if any(s.join is not None and s.join.side in ("RIGHT", "FULL") for s in here):
        return False
    return len(_grow(_selected(select, here, schema), select, here, schema)) == len(here)


def fixed_by(
    values: Iterable[exp.Expr],
    select: exp.Select,
    schema: Schema,
    *,
    rows: Iterable[str] = (),
) -> dict[str, set[str]]:
    """Per source, the columns that rows alike in the values, and in whole `rows`, must share."""
    here = sources(select, schema)
    fixed: dict[str, set[str]] = {source.name: set() for source in here}
    for value in values:
        if isinstance(value, exp.Column) and (source := source_of(value, select, schema)):
            fixed[source.name].add(value.name.lower())
    for source in here:
        if source.name in rows:
            fixed[source.name] |= set(source.columns or ())
    _spread(select, fixed, schema)
    _grow(fixed, select, here, schema)
    return fixed


def _grow(
    fixed: dict[str, set[str]], select: exp.Select, here: tuple[Source, ...], schema: Schema
) -> set[str]:
    """Fix the whole row of every source whose key is fixed; the names of those sources."""
    known: set[str] = set()
    while len(known) < len(here):
        found_now = [
            source
            for source in here
            if source.name not in known
            and any(k <= fixed[source.name] for k in keys(source, schema))
        ]
        if not found_now:
            break
        for source in found_now:
            known.add(source.name)
            fixed[source.name] |= set(source.columns or ())
        _spread(select, fixed, schema)
    return known


def _selected(select: exp.Select, here: tuple[Source, ...], schema: Schema) -> dict[str, set[str]]:
    """Per source, the columns that two like output rows must share."""
    fixed: dict[str, set[str]] = {source.name: set() for source in here}
    for projection in select.expressions:
        value = projection.unalias()
        if isinstance(value, exp.Star):
            for source in here:
                fixed[source.name] |= set(source.columns or ())
        elif isinstance(value, exp.Column) and isinstance(value.this, exp.Star):
            for source in here:
                if source.name == value.table.lower():
                    fixed[source.name] |= set(source.columns or ())
        elif isinstance(value, exp.Column) and (s := source_of(value, select, schema)):
            fixed[s.name].add(value.name.lower())
    _spread(select, fixed, schema)
    return fixed


def _spread(select: exp.Select, fixed: dict[str, set[str]], schema: Schema) -> None:
    """Carry what is fixed over `a = b` and `a = constant`, until nothing is added."""
    ways = once("ways", select, schema, lambda: _ways(select, schema))
    before = -1
    while before != (before := sum(map(len, fixed.values()))):
        for (source, column), other in ways:
            if other is None or other[1] in fixed[other[0]]:
                fixed[source].add(column)


Place = tuple[str, str]  # a source's name and its column, in lower case


def _ways(select: exp.Select, schema: Schema) -> list[tuple[Place, Place | None]]:
    """What each equality fixes: a column, by another one or, None, by a constant.

    An outer join's ON fixes only its own table: its unmatched rows say nothing of the others.
    """
    pairs: list[tuple[exp.Expr, exp.Expr, str | None]] = [
        (left, right, None) for left, right in equalities(conditions(select))
    ]
    for join in select.args.get("joins") or []:
        if join.side == "LEFT":
            name = join.this.alias_or_name.lower()
            pairs += [(a, b, name) for a, b in equalities(conjuncts(join.args.get("on")))]
    ways = []
    for left, right, only in pairs:
        for target, other in ((left, right), (right, left)):
            here, there = _place(target, select, schema), _place(other, select, schema)
            if here is None or (only is not None and here[0] != only):
                continue
            if (there is not None or is_constant(other)) and not _is_converted(
                target, other, schema
            ):
                ways.append((here, there))
    return ways


def _is_converted(target: exp.Expr, other: exp.Expr, schema: Schema) -> bool:
    """Whether a text is compared with a number: '7' and '07' are then both 7."""
    kinds = {kind(target, schema), kind(other, schema)}
    return "text" in kinds and not kinds.isdisjoint(NUMBERS) and not is_text(other)


def is_text(node: exp.Expr) -> bool:
    """Whether it is a text in quotes: engines read it as the type that it is compared with."""
    return isinstance(node, exp.Literal) and bool(node.is_string)


def _place(node: exp.Expr, select: exp.Select, schema: Schema) -> Place | None:
    source = source_of(node, select, schema) if isinstance(node, exp.Column) else None
    return (source.name, node.name.lower()) if source is not None else None


def union_for_union_all(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """UNION sorts or hashes both sides together to remove duplicates; UNION ALL just appends.

    Bad:
        SELECT id, 'open' AS kind FROM orders WHERE status = 'open'
        UNION
        SELECT id, 'paid' AS kind FROM orders WHERE status = 'paid'
    Good:
        SELECT id, 'open' AS kind FROM orders WHERE status = 'open'
        UNION ALL
        SELECT id, 'paid' AS kind FROM orders WHERE status = 'paid'

    Only where no row can repeat, neither within a side (a key is selected) nor across them (some
    column has another constant on each side), or where duplicates do not count (IN, EXISTS).
    Silent otherwise: then UNION may be what was meant.

    По-русски: UNION сортирует или хеширует обе стороны ради повторов, а UNION ALL просто добавляет.
    Только там, где строка не может повториться ни внутри стороны (выбран ключ), ни между сторонами
    (в каком-то столбце у каждой своя постоянная), или где повторы не важны (IN, EXISTS). Иначе
    молчит: тогда UNION мог быть и нужен.
    """
    for union in every(query, exp.Union):
        if not union.args.get("distinct") or isinstance(union.parent, exp.SetOperation):
            continue
        around = union.parent
        while isinstance(around, exp.Subquery):
            around = around.parent
        under = isinstance(around, exp.In | exp.Exists) and not union.args.get("limit")
        arms = _arms(union)
        if not under and not (arms and _are_disjoint(arms, schema)):
            continue
        copy, (twin,) = copy_with(query, union)
        for part in [twin, *twin.find_all(exp.Union)]:
            if part is twin or part.parent is twin or isinstance(part.parent, exp.Union):
                part.set("distinct", False)
        yield found(
            union,
            "union-for-union-all",
            "slow",
            "UNION removes duplicates that cannot exist or do not count: UNION ALL just appends",
            "UNION убирает повторы, которых нет или которые не важны: UNION ALL просто добавляет",
            rewrite=copy,
        )


def _arms(union: exp.Expr) -> list[exp.Select] | None:
    """The SELECTs under a tower of UNION and UNION ALL; None when something else is in it."""
    if isinstance(union, exp.Select):
        return None if union.args.get("limit") or union.args.get("with_") else [union]
    if type(union) is not exp.Union or union.args.get("limit"):
        return None
    left, right = _arms(union.this), _arms(union.expression)
    return left + right if left is not None and right is not None else None


def _are_disjoint(arms: list[exp.Select], schema: Schema) -> bool:
    marks = [_constants(arm, schema) for arm in arms]
    width = len(arms[0].expressions)
    if any(len(arm.expressions) != width or arm.is_star for arm in arms):
        return False
    apart = any(
        all(at in mark for mark in marks)
        and len({mark[at] for mark in marks}) == len(marks)
        and len({mark[at].startswith("text ") for mark in marks}) == 1  # or '1' may equal 1
        for at in range(width)
    )
    return apart and all(_is_set(arm, schema) for arm in arms)


def _is_set(arm: exp.Select, schema: Schema) -> bool:
    if is_plainly_distinct(arm):
        return True
    if arm.args.get("group") or any(has_aggregate(p) for p in arm.expressions):
        group = group_keys(arm, schema) if arm.args.get("group") else []
        outputs = {projection.unalias().sql() for projection in arm.expressions}
        return group is not None and all(key.sql() in outputs for key in group)
    return are_rows_unique(arm, schema)


def _constants(arm: exp.Select, schema: Schema) -> dict[int, str]:
    """The output positions that hold one string or whole number in every row.

    Strings are folded: collations may ignore case and trailing spaces.
    """
    pinned = {
        left.sql(): right
        for a, b in equalities(where(arm))
        for left, right in ((a, b), (b, a))
        if isinstance(left, exp.Column) and isinstance(right, exp.Literal)
    }
    marks = {}
    for at, projection in enumerate(arm.expressions):
        value = projection.unalias()
        value = pinned.get(value.sql(), value)
        if isinstance(value, exp.Literal) and (value.is_string or value.is_int):
            marks[at] = f"text {value.name.rstrip().lower()}" if value.is_string else value.name
    return marks


def count_distinct_of_key(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """COUNT(DISTINCT key) over one table counts every row: the values cannot repeat.

    Bad:
        SELECT COUNT(DISTINCT id) FROM customers
    Good:
        SELECT COUNT(id) FROM customers

    Silent with a join, which may repeat the key, and when the column alone is no key.

    По-русски: COUNT(DISTINCT ключ) по одной таблице считает все строки: значения не повторяются.
    Молчит при соединении, которое может повторить ключ, и когда сам по себе столбец не ключ.
    """
    for select in selects(query):
        here = sources(select, schema)
        if len(here) != 1:
            continue
        unique = {next(iter(key)) for key in keys(here[0], schema) if len(key) == 1}
        for count in select.find_all(exp.Count):
            distinct = count.this
            if not isinstance(distinct, exp.Distinct) or len(distinct.expressions) != 1:
                continue
            value = distinct.expressions[0]
            if not isinstance(value, exp.Column) or value.name.lower() not in unique:
                continue
            if source_of(value, select, schema) != here[0]:
                continue
            yield found(
                count,
                "count-distinct-of-key",
                "slow",
                f"{shown(value)} is a key: DISTINCT changes nothing",
                f"{shown(value)} — ключ: DISTINCT ничего не меняет",
                rewrite=partial(replaced, query, distinct, value.copy()),
            )
