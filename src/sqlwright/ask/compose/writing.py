"""A plan as one SELECT: tables joined over foreign keys so that nothing is counted twice.

What would multiply the rows that are counted becomes an EXISTS or a COUNT(DISTINCT key).
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from sqlwright.ask.compose.graph import is_up, path
from sqlwright.ask.compose.plan import Average, Figure, Group, Place, Plan, Related, Test
from sqlwright.ask.compose.sources import Sources, literal, number
from sqlwright.schema import Schema


class NoWayError(Exception):
    """The plan cannot be written without counting rows more than once, or at all."""


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
    base = _base(plan, schema)
    sources = Sources(schema, base, plan.named)
    shown, grouped = _shown(plan, sources)
    select = exp.select(*shown)
    figures = [_figure(figure, plan, sources) for figure in plan.figures]
    select = select.select(*figures)
    if plan.distinct:
        select = select.distinct()
    is_share = any(figure.name in ("share", "percent") for figure in plan.figures)
    where = [] if is_share else _conditions(plan.tests, sources)
    where += [_exists(related, plan.subject, sources) for related in plan.related]
    having = [
        _compared(_figure(have.figure, plan, sources), have.op, [number(v) for v in have.values])
        for have in plan.having
    ]
    if having and not grouped:
        raise NoWayError("nothing is grouped")
    order = []
    for by, desc in plan.order:
        key = _figure(by, plan, sources) if isinstance(by, Figure) else _column(by, sources)
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
        columns = [_column(place, sources) for place in _of_group(group)]
        shown += columns
        if group.place is None:
            table = sources.schema.table(group.table)
            keys = table.primary_key if table is not None else ()
            grouped += [_column(Place(group.table, key), sources) for key in keys]
        grouped += [column.copy() for column in columns if column not in grouped]
    shown += [_column(place, sources) for place in plan.columns]
    return shown, grouped


def _of_group(group: Group) -> tuple[Place, ...]:
    return group.shown or ((group.place,) if group.place is not None else ())


def _column(place: Place, sources: Sources) -> exp.Expr:
    found = sources.column(place)
    if found is None:
        raise NoWayError(f"{place.table} cannot be joined row for row")
    if place.part:
        return exp.TimeToStr(this=found, format=literal(place.part))
    return found


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
    column: exp.Expr = _column(figure.place, sources)
    if figure.other is not None:
        column = exp.DateDiff(this=column, expression=_column(figure.other, sources))
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
    key = _column(sources.nearest(Place(table, known.primary_key[0])), sources)
    return exp.Count(this=exp.Distinct(expressions=[key]))


def _share(figure: Figure, plan: Plan, sources: Sources) -> exp.Expr:
    conditions = _conditions(plan.tests, sources)
    if not conditions:
        raise NoWayError("a share needs a condition")
    case = exp.Case().when(exp.and_(*conditions), literal(1)).else_(literal(0))
    total = exp.Count(this=exp.Star())
    scale = 100.0 if figure.name == "percent" else 1.0
    scaled = exp.Mul(this=literal(scale), expression=exp.Sum(this=case))
    return exp.Div(this=scaled, expression=total, typed=True, safe=False)


# --- conditions ---------------------------------------------------------------------------------


def _conditions(tests: tuple[Test, ...], sources: Sources) -> list[exp.Expr]:
    """Tests of what is joined row for row, and an EXISTS for those of rows beyond."""
    made: list[exp.Expr] = []
    beyond: dict[tuple[str, ...], list[Test]] = {}
    for test in tests:
        way = sources.way(test.place)
        if way is None:
            raise NoWayError(f"no keys lead to {test.place.table}")
        if is_up(way):
            made.append(_test(test, sources))
        else:
            first = next(n for n, step in enumerate(way) if step.down)
            beyond.setdefault(tuple(step.there for step in way[: first + 1]), []).append(test)
    for some in beyond.values():
        farthest = max(some, key=lambda test: len(sources.way(test.place) or ()))
        table, via = farthest.place.table, farthest.place.via
        negated = any(test.op in ("<>", "not in") for test in some)
        positive = tuple(_affirmed(test) if negated else test for test in some)
        made.append(_exists(Related(table, negated, positive, via), sources.base, sources))
    return made


def _affirmed(test: Test) -> Test:
    return replace(test, op={"<>": "=", "not in": "in"}.get(test.op, test.op))


def _exists(related: Related, subject: str, sources: Sources) -> exp.Expr:
    way = path(subject, related.table, sources.schema, through=sources.named, via=related.via)
    if way is None or not way:
        raise NoWayError(f"no keys lead from {subject} to {related.table}")
    owner = sources.owner(subject)
    if owner is None:
        raise NoWayError(f"{subject} cannot be joined row for row")
    tests = related.tests
    while not tests and len(way) > 1 and way[-1].down is False:
        way = way[:-1]  # that a row of a bridge is there says it already
    inner = Sources(sources.schema, way[0].there, sources.named, sources.taken)
    inner.follow(way[1:])
    conditions = [
        exp.EQ(
            this=inner.own(theirs),
            expression=exp.column(exp.to_identifier(mine, quoted=sources.quotes(mine)), owner),
        )
        for mine, theirs in way[0].pairs
    ]
    made = [*conditions, *(_test(test, inner) for test in tests)]
    select = inner.joined(exp.select(literal(1))).where(*made)
    sources.taken |= inner.taken
    found = exp.Exists(this=select)
    return exp.Not(this=found) if related.absent else found


def _test(test: Test, sources: Sources) -> exp.Expr:
    column: exp.Expr = _column(test.place, sources)
    if test.days is not None:
        column = exp.DateDiff(this=column, expression=_column(test.days, sources))
    if test.op in ("null", "not null"):
        null = exp.Is(this=column, expression=exp.Null())
        return null if test.op == "null" else exp.Not(this=null)
    right: list[exp.Expr] = []
    for value in test.values:
        if isinstance(value, Place):
            right.append(_column(value, sources))
        elif isinstance(value, Average):
            right.append(_average(test.place, sources))
        else:
            right.append(literal(value))
    return _compared(column, test.op, right)


def _average(place: Place, sources: Sources) -> exp.Expr:
    alone = Sources(sources.schema, place.table, (), sources.taken)
    column = alone.column(Place(place.table, place.column))
    select = alone.joined(exp.select(exp.Avg(this=column)))
    return exp.Subquery(this=select)


_OPS = {"=": exp.EQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
        "like": exp.Like}  # fmt: skip


def _compared(left: exp.Expr, op: str, right: list[exp.Expr]) -> exp.Expr:
    if op == "range":
        return exp.Between(this=left, low=right[0], high=right[1])
    if op in ("in", "not in"):
        found = exp.In(this=left, expressions=right)
        return found if op == "in" else exp.Not(this=found)
    return _OPS[op](this=left, expression=right[0])


def _nulls_first(dialect: str, desc: bool) -> bool:
    """As the engine itself orders them, so that nothing need be written."""
    way = Dialect.get_or_raise(dialect).NULL_ORDERING
    return {"nulls_are_small": not desc, "nulls_are_large": desc}.get(way, False)
