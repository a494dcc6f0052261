"""A plan as one SELECT: tables joined over foreign keys so that nothing is counted twice.

What would multiply the rows that are counted becomes an EXISTS or a COUNT(DISTINCT key).
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from sqlwright.ask.compose.filters import compared, conditions, exists, tested, why_none
from sqlwright.ask.compose.graph import path
from sqlwright.ask.compose.plan import Figure, Group, Place, Plan
from sqlwright.ask.compose.sources import NoWayError, Sources, column_of, literal, number
from sqlwright.schema import Schema


def write(plan: Plan, schema: Schema, dialect: str) -> exp.Select:
    """The query for the plan.

    Raises:
        NoWayError: if the tables cannot be joined so that the figures stay right.
    """
    counted = [figure for figure in plan.figures if figure.name == "count"]
    if counted and any(have.figure.table != counted[0].table for have in plan.having):
        return _count_of_groups(plan, counted[0], schema, dialect)
    if plan.figures and plan.order and not plan.groups:
        raise NoWayError("one figure has no order")
    if reason := why_none((*plan.tests, *(t for r in plan.related for t in r.tests))):
        raise NoWayError(reason)
    if _counts_one(plan):
        raise NoWayError("of one value there is one")
    if _counts_itself(plan):
        raise NoWayError("each group would be one row")
    if plan.zeros:
        return _with_zeros(plan, schema, dialect)
    if plan.ties:
        return _all_alike(plan, schema, dialect)
    base = _base(plan, schema)
    sources = Sources(schema, base, plan.named)
    shown, grouped = _shown(plan, sources)
    select = exp.select(*shown)
    figures = [_figure(figure, plan, sources) for figure in plan.figures]
    select = select.select(*figures)
    if plan.distinct:
        select = select.distinct()
    is_share = any(figure.name in ("share", "percent") for figure in plan.figures)
    where = [] if is_share else conditions(plan.tests, sources)
    where += [exists(related, plan.subject, sources) for related in plan.related]
    having = [
        compared(_figure(have.figure, plan, sources), have.op, [number(v) for v in have.values])
        for have in plan.having
    ]
    if having and not grouped:
        raise NoWayError("nothing is grouped")
    order = []
    for by, desc in plan.order:
        key = _figure(by, plan, sources) if isinstance(by, Figure) else column_of(by, sources)
        order.append(exp.Ordered(this=key, desc=desc, nulls_first=_nulls_first(dialect, desc)))
    if not select.expressions:
        raise NoWayError("nothing is shown")
    select = sources.joined(select)
    for condition in where:
        select = select.where(condition)
    if grouped:
        select = select.group_by(*grouped)
    for condition in having:
        select = select.having(condition)
    if order:
        select = select.order_by(*order)
    if plan.limit is not None:
        select = select.limit(plan.limit)
    return _bare(select)


def _count_of_groups(plan: Plan, counted: Figure, schema: Schema, dialect: str) -> exp.Select:
    """How many have more than so many: the groups are made first, then counted."""
    table = schema.table(counted.table)
    if plan.groups or len(plan.figures) != 1 or table is None or not table.primary_key:
        raise NoWayError("groups of groups are not written")
    shown = (counted.place,) if counted.place else (Place(table.name, table.primary_key[0]),)
    group = Group(table.name, counted.place, shown)
    inner = write(replace(plan, figures=(), groups=(group,)), schema, dialect)
    return exp.select(exp.Count(this=exp.Star())).from_(inner.subquery("counted"))


def _counts_one(plan: Plan) -> bool:
    """Are the different values of a column counted of which a condition lets one through?"""
    fixed = {test.place for test in plan.tests if test.op == "="}
    return any(f.name == "count" and f.distinct and f.place in fixed for f in plan.figures)


def _counts_itself(plan: Plan) -> bool:
    """Is the order, or a figure, of groups that are one row each?"""
    owners = {group.table for group in plan.groups if group.place is None}
    if len(plan.groups) != 1 or not owners:
        return False
    keys = [by for by, _ in plan.order if isinstance(by, Figure)]
    return any(f.name == "count" and f.place is None and f.table in owners
               for f in (*plan.figures, *keys, *(have.figure for have in plan.having)))  # fmt: skip


def _all_alike(plan: Plan, schema: Schema, dialect: str) -> exp.Select:
    """The rows that have the largest value, however many: equal to the largest of them all."""
    by, desc = plan.order[0]
    if not isinstance(by, Place) or plan.groups or len(plan.order) > 1 or by.part:
        return write(replace(plan, ties=False, limit=1), schema, dialect)
    figure = Figure("max" if desc else "min", by.table, by)
    bare = replace(plan, ties=False, order=(), limit=None)
    if _base(bare, schema).lower() != by.table.lower():
        return _of_the_first(bare, by, figure, schema, dialect)
    best = write(replace(bare, columns=(), figures=(figure,), distinct=False), schema, dialect)
    select = write(bare, schema, dialect)
    sources = Sources(schema, _base(bare, schema), plan.named)
    column = column_of(by, sources)
    if len(list(select.find_all(exp.Table))) == 1:
        column.set("table", None)
    return select.where(exp.EQ(this=column, expression=exp.Subquery(this=best)))


def _of_the_first(
    plan: Plan, by: Place, figure: Figure, schema: Schema, dialect: str
) -> exp.Select:  # fmt: skip
    """The orders of the customer with the highest balance: all rows of the one that is first."""
    above = [
        t for t in plan.tests if path(by.table, t.place.table, schema, only_up=True) is not None
    ]
    best = write(Plan(by.table, figures=(figure,), tests=tuple(above)), schema, dialect)
    sources = Sources(schema, _base(plan, schema), plan.named)
    shown, _ = _shown(plan, sources)
    where = conditions(plan.tests, sources)
    where += [exists(related, plan.subject, sources) for related in plan.related]
    column = column_of(by, sources)
    select = sources.joined(exp.select(*shown)).where(*where)
    return select.where(exp.EQ(this=column, expression=exp.Subquery(this=best)))


def _with_zeros(plan: Plan, schema: Schema, dialect: str) -> exp.Select:
    """A figure for each row of a table, also where nothing belongs to it: by an outer join."""
    if len(plan.groups) != 1 or not plan.figures or plan.having or plan.related:
        raise NoWayError("zeros are shown of one group")
    owner, below = plan.groups[0].table, plan.figures[0].table
    way = path(owner, below, schema, through=plan.named)
    if not way or not all(step.down for step in way) or plan.groups[0].place is not None:
        raise NoWayError(f"no rows of {below} belong to {owner}")
    sources = Sources(schema, owner, plan.named)
    inner = [test for test in plan.tests if test.place.table.lower() == below.lower()]
    outer = [test for test in plan.tests if test not in inner]
    where = conditions(tuple(outer), sources)
    shown, grouped = _shown(plan, sources)
    sources.follow(way, outer=True)
    sources.narrow([tested(test, sources) for test in inner])
    figures = [_outer_figure(figure, below, schema, sources) for figure in plan.figures]
    select = sources.joined(exp.select(*shown, *figures)).where(*where).group_by(*grouped)
    for by, desc in plan.order:
        key = _outer_figure(by, below, schema, sources) if isinstance(by, Figure) else (
            column_of(by, sources))  # fmt: skip
        ordered = exp.Ordered(this=key, desc=desc, nulls_first=_nulls_first(dialect, desc))
        select = select.order_by(ordered)
    return select.limit(plan.limit) if plan.limit is not None else select


def _outer_figure(figure: Figure, below: str, schema: Schema, sources: Sources) -> exp.Expr:
    table = schema.table(below)
    if figure.table != below or table is None or not table.primary_key:
        raise NoWayError("zeros are shown of what belongs to the rows")
    if figure.name == "count" and figure.place is None:
        return exp.Count(this=column_of(Place(below, table.primary_key[0]), sources))
    if figure.name not in ("sum", "count") or figure.place is None or figure.other is not None:
        raise NoWayError("only counts and sums have zeros")
    column = column_of(figure.place, sources)
    if figure.name == "count":
        return exp.Count(this=exp.Distinct(expressions=[column]) if figure.distinct else column)
    return exp.Coalesce(this=exp.Sum(this=column), expressions=[literal(0)])


def _bare(select: exp.Select) -> exp.Select:
    """Without its alias where it reads one table only."""
    tables = list(select.find_all(exp.Table))
    if len(tables) == 1:
        tables[0].set("alias", None)
        for column in select.find_all(exp.Column):
            column.set("table", None)
    return select


def _base(plan: Plan, schema: Schema) -> str:
    """The table that is read first: the one of the finest rows among what is shown."""
    counted = [figure.table for figure in plan.figures]
    counted += [by.table for by, _ in plan.order if isinstance(by, Figure)]
    counted += [have.figure.table for have in plan.having]
    base = counted[0] if counted else plan.subject
    others = [*counted[1:], *(group.table for group in plan.groups)]
    others += [place.table for place in plan.columns]
    others += [by.table for by, _ in plan.order if isinstance(by, Place)]
    for other in dict.fromkeys(others):
        if path(base, other, schema, only_up=True, through=plan.named) is not None:
            continue
        way = path(base, other, schema, through=plan.named)
        if way is None:
            raise NoWayError(f"no keys lead from {base} to {other}")
        down = [n for n, step in enumerate(way) if step.down]
        base = way[down[-1]].there if down else base
        if path(base, other, schema, only_up=True) is None:
            raise NoWayError(f"{base} and {other} have no rows in common")
    return base


def _shown(plan: Plan, sources: Sources) -> tuple[list[exp.Expr], list[exp.Expr]]:
    """What is selected before the figures, and what the rows are grouped by."""
    shown, grouped = [], []
    for group in plan.groups:
        columns = [column_of(place, sources) for place in _of_group(group)]
        shown += columns
        if group.place is None:
            table = sources.schema.table(group.table)
            keys = table.primary_key if table is not None else ()
            grouped += [column_of(Place(group.table, key), sources) for key in keys]
        grouped += [column.copy() for column in columns if column not in grouped]
    shown += [column_of(place, sources) for place in plan.columns]
    return shown, grouped


def _of_group(group: Group) -> tuple[Place, ...]:
    return group.shown or ((group.place,) if group.place is not None else ())


def _figure(figure: Figure, plan: Plan, sources: Sources) -> exp.Expr:
    if figure.name in ("share", "percent"):
        return _share(figure, plan, sources)
    if figure.name == "per":
        rows = _count(figure.table, sources)
        groups = _count_distinct(figure.over, sources)
        return exp.Div(this=exp.Mul(this=literal(1.0), expression=rows), expression=groups,
                       typed=True, safe=False)  # fmt: skip
    if figure.name == "count" and figure.place is None:
        return _count(figure.table, sources)
    assert figure.place is not None
    column: exp.Expr = column_of(figure.place, sources)
    if figure.other is not None:
        column = exp.DateDiff(this=column, expression=column_of(figure.other, sources))
    if figure.name == "count":
        return exp.Count(this=exp.Distinct(expressions=[column]) if figure.distinct else column)
    if figure.name in ("sum", "avg", "days") and figure.place.table.lower() != sources.base.lower():
        raise NoWayError("the figure would count rows more than once")
    if figure.name == "spread":
        return exp.Sub(this=exp.Max(this=column), expression=exp.Min(this=column.copy()))
    kinds = {"sum": exp.Sum, "avg": exp.Avg, "min": exp.Min, "max": exp.Max}
    name = figure.inner if figure.name == "days" else figure.name
    return kinds[name](this=column)


def _count(table: str, sources: Sources) -> exp.Expr:
    if table.lower() == sources.base.lower():
        return exp.Count(this=exp.Star())
    return _count_distinct(table, sources)


def _count_distinct(table: str, sources: Sources) -> exp.Expr:
    """Of rows that may come more than once: by their key, where possible without a join."""
    known = sources.schema.table(table)
    if known is None or len(known.primary_key) != 1:
        raise NoWayError(f"{table} has no key of one column to count")
    key = column_of(sources.nearest(Place(table, known.primary_key[0])), sources)
    return exp.Count(this=exp.Distinct(expressions=[key]))


def _share(figure: Figure, plan: Plan, sources: Sources) -> exp.Expr:
    met = conditions(plan.tests, sources)
    if not met:
        raise NoWayError("a share needs a condition")
    case = exp.Case().when(exp.and_(*met), literal(1)).else_(literal(0))
    total = exp.Count(this=exp.Star())
    scale = 100.0 if figure.name == "percent" else 1.0
    scaled = exp.Mul(this=literal(scale), expression=exp.Sum(this=case))
    return exp.Div(this=scaled, expression=total, typed=True, safe=False)


def _nulls_first(dialect: str, desc: bool) -> bool:
    """As the engine itself orders them, so that nothing need be written."""
    way = Dialect.get_or_raise(dialect).NULL_ORDERING
    return {"nulls_are_small": not desc, "nulls_are_large": desc}.get(way, False)
