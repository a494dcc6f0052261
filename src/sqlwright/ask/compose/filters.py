"""What rows have to meet: tests of a plan as SQL, an EXISTS where they are of rows beyond."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlglot import exp

from sqlwright.ask.compose.graph import is_up, path
from sqlwright.ask.compose.plan import Average, Latest, Place, Related, Test, Value
from sqlwright.ask.compose.sources import NoWayError, Sources, column_of, literal


def why_none(tests: tuple[Test, ...]) -> str | None:
    """Why no row can meet the tests: two values at once, or below zero and above it."""
    fixed: dict[Place, tuple[Value, ...]] = {}
    for test in tests:
        if test.op == "=" and fixed.setdefault(test.place, test.values) != test.values:
            return f"{test.place.column} has one value"
    for low in tests:
        for high in tests:
            if low.place == high.place and _are_apart(low, high):
                return f"{low.place.column} is not in two ranges"
    return None


def _are_apart(low: Test, high: Test) -> bool:
    """Is the one below where the other begins: before 1996, and from 1996 on?"""
    if low.op not in ("<", "<=") or high.op not in (">", ">=") or low.days or high.days:
        return False
    one, other = low.values[0], high.values[0]
    if isinstance(one, date) and isinstance(other, date):
        return one <= other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one <= other
    return False


def conditions(tests: tuple[Test, ...], sources: Sources) -> list[exp.Expr]:
    """Tests of what is joined row for row, and an EXISTS for those of rows beyond."""
    made: list[exp.Expr] = []
    beyond: dict[tuple[str, ...], list[Test]] = {}
    for test in tests:
        way = sources.way(test.place)
        if way is None:
            raise NoWayError(f"no keys lead to {test.place.table}")
        if is_up(way):
            made.append(tested(test, sources))
        else:
            first = next(n for n, step in enumerate(way) if step.down)
            beyond.setdefault(tuple(step.there for step in way[: first + 1]), []).append(test)
    for some in beyond.values():
        farthest = max(some, key=lambda test: len(sources.way(test.place) or ()))
        table, via = farthest.place.table, farthest.place.via
        negated = any(test.op in ("<>", "not in", "not like") for test in some)
        positive = tuple(_affirmed(test) if negated else test for test in some)
        made.append(exists(Related(table, negated, positive, via), sources.base, sources))
    return made


def _affirmed(test: Test) -> Test:
    return replace(test, op={"<>": "=", "not in": "in", "not like": "like"}.get(test.op, test.op))


def exists(related: Related, subject: str, sources: Sources) -> exp.Expr:
    """That rows of another table belong to a row of the subject, or that none do."""
    way = path(subject, related.table, sources.schema, through=sources.named, via=related.via)
    if way is None or not way:
        raise NoWayError(f"no keys lead from {subject} to {related.table}")
    turns = [at for at in range(1, len(way)) if not way[at - 1].down and way[at].down]
    if any(way[at].here not in sources.named for at in turns):
        raise NoWayError(f"{subject} and {related.table} only share an owner")
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
    made = [*conditions, *(tested(test, inner) for test in tests)]
    select = inner.joined(exp.select(literal(1))).where(*made)
    sources.taken |= inner.taken
    found = exp.Exists(this=select)
    return exp.Not(this=found) if related.absent else found


def tested(test: Test, sources: Sources) -> exp.Expr:
    """One test of columns that are joined."""
    column: exp.Expr = column_of(test.place, sources)
    if test.values in ((True,), (False,)) and isinstance(column, exp.Predicate):
        return column if test.values[0] else exp.Not(this=exp.paren(column))
    if test.days is not None:
        column = exp.DateDiff(this=column, expression=column_of(test.days, sources))
    if test.op in ("null", "not null"):
        null = exp.Is(this=column, expression=exp.Null())
        return null if test.op == "null" else exp.Not(this=null)
    if test.op == "none":
        return _is_zero(column, test.place, sources)
    right = [_right(value, test.place, sources) for value in test.values]
    return compared(column, test.op, right)


def _is_zero(column: exp.Expr, place: Place, sources: Sources) -> exp.Expr:
    """No discount: zero, or no value where the column may have none."""
    zero = exp.EQ(this=column, expression=literal(0))
    table = sources.schema.table(place.table)
    known = table.column(place.column) if table is not None else None
    if known is None or not known.nullable:
        return zero
    return exp.paren(exp.or_(exp.Is(this=column.copy(), expression=exp.Null()), zero))


def _right(value: Value, place: Place, sources: Sources) -> exp.Expr:
    if isinstance(value, Place):
        return column_of(value, sources)
    if isinstance(value, Average):
        return _average(place, value.per, sources)
    if isinstance(value, Latest):
        latest = _alone(exp.Max, place, sources)
        back = exp.Neg(this=literal(value.count))
        return exp.DateAdd(this=latest, expression=back, unit=exp.var(value.unit.upper()))
    return literal(value)


def _alone(kind: type[exp.AggFunc], place: Place, sources: Sources) -> exp.Subquery:
    """A figure of the column over its whole table."""
    alone = Sources(sources.schema, place.table, (), sources.taken)
    column = column_of(Place(place.table, place.column), alone)
    return exp.Subquery(this=alone.joined(exp.select(kind(this=column))))


def _average(place: Place, per: Place | None, sources: Sources) -> exp.Expr:
    """The average over the whole table, or over the rows that have the same as this one."""
    if per is None:
        return _alone(exp.Avg, place, sources)
    outer = column_of(sources.nearest(per), sources)  # first: it may take an alias
    alone = Sources(sources.schema, place.table, (), sources.taken)
    column = column_of(Place(place.table, place.column), alone)
    inner = column_of(alone.nearest(per), alone)
    select = alone.joined(exp.select(exp.Avg(this=column)))
    sources.taken |= alone.taken
    return exp.Subquery(this=select.where(exp.EQ(this=inner, expression=outer)))


_NOT = {"not like": "like"}
_OPS = {"=": exp.EQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
        "like": exp.Like}  # fmt: skip


def compared(left: exp.Expr, op: str, right: list[exp.Expr]) -> exp.Expr:
    """The comparison as SQL."""
    if op == "range":
        return exp.Between(this=left, low=right[0], high=right[1])
    if op in _NOT:
        return exp.Not(this=compared(left, _NOT[op], right))
    if op in ("in", "not in"):
        found = exp.In(this=left, expressions=right)
        return found if op == "in" else exp.Not(this=found)
    return _OPS[op](this=left, expression=right[0])
