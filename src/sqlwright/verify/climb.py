"""The directed step: towards a database on which a query returns rows, one condition at a time.

A query that no drawn witness satisfies is taken apart: each of its selects with the first of its
conditions, the first two, and so on. A step that lets one more of them return rows is kept. It is a
search without derivatives in the manner of Harman & McMinn (IEEE TSE 36(2), 2010), whose measure is
how far the rows get through the query; no solver has to understand what it computes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from sqlwright.errors import DatabaseError
from sqlwright.verify.aims import closed, gap_text, is_computed, measured, sides
from sqlwright.verify.compare import Comparison
from sqlwright.verify.cuts import attach, bare, context_of
from sqlwright.verify.lineage import Lineage
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.reading import conjuncts
from sqlwright.verify.shrink import shrink
from sqlwright.verify.strides import draw, filled
from sqlwright.verify.witness import Witness

_MOST_CHAINS = 40
_STARTS = 12
_MOST_ROWS = 60  # a larger one is kept only for what it gains: every step takes longer on it
_LARGE = 12
_SMALLER_SECONDS = 0.5
_MOST_IDLE = 150  # steps without a gain
_FOCUSED = 0.5  # how often a step is about a condition that should hold next
_AIMED = 0.5  # of these, how often it closes the gap of a computed value
_PATIENCE = 0.2  # how often a step that gains and loses nothing is taken all the same


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a query that should return rows.

    Attributes:
        text: as the engine runs it.
        columns: names of the columns behind the condition that it adds to the stage before.
        gap: by how much a computed value misses what that condition compares it with.
    """

    text: str
    columns: frozenset[str] = frozenset()
    gap: str | None = None


Chain = Sequence[Stage]  # of one select: where one returns rows, so do those before it
Heights = tuple[int, ...]  # how many stages of each chain return rows


def climb(
    comparison: Comparison,
    side: int,
    drawn: Sequence[Witness],
    near: Neighborhood,
    generator: random.Random,
    multiples: Callable[[Witness], Iterable[Witness]],
    stop: float,
    place: str | None = None,
    most: int | None = None,
) -> tuple[Witness | None, int]:
    """The witness that gets furthest, and how many stages it lacks, 0 for none; until `stop`.

    Args:
        side: 0 for the original, 1 for the proposal.
        drawn: witnesses to start from.
        multiples: a witness several times over, for conditions on counts.
        place: text that should return rows as well.
        most: so many steps at most; None where only the time ends it.
    """
    ways = chains(comparison.trees[side], comparison.scratch.dialect)
    goals = [text for text in (place, comparison.texts[side]) if text is not None]
    ways += [[Stage(text)] for text in goals]
    ladder = _Ladder(comparison, ways, len(goals))
    if not drawn:
        return None, sum(map(len, ways))
    best, top = ladder.highest(drawn[:_STARTS], stop)
    best = ladder.smaller(best, top, stop)
    waiting = list(multiples(best))
    current, idle, taken = best, 0, 0
    while not ladder.is_up(top) and taken != most and time.monotonic() < stop:
        taken += 1
        if idle > _MOST_IDLE:  # a wrong way: back to where the last gain was
            current, idle = best, 0
            continue
        idle += 1
        wanted = generator.choice(ladder.edge(top)) if generator.random() < _FOCUSED else None
        more = waiting.pop() if waiting else None
        step = more or _next(comparison, near, current, wanted, generator)
        if step is None:
            continue
        comparison.scratch.load(step)
        higher = ladder.risen(top)
        if higher != top:  # has it lost another one on the way?
            found = ladder.sunk(top, higher)
            if sum(found) > sum(top) or ladder.is_up(found):
                top, idle = found, 0
                best = current = ladder.smaller(step, top, stop)
                waiting = list(multiples(best))
        elif step.count() <= _MOST_ROWS and generator.random() < _PATIENCE and ladder.holds(top):
            current = step
    return best, ladder.missing(top)


class _Ladder:
    """The chains of one query, run on the witness that is loaded; the last ones are the goals."""

    def __init__(self, comparison: Comparison, ways: Sequence[Chain], goals: int) -> None:
        self._comparison = comparison
        self._ways = ways
        self._goals = goals

    def _returns(self, stage: Stage) -> bool:
        try:
            return bool(self._comparison.run(stage.text))
        except DatabaseError:
            return False

    def highest(self, drawn: Sequence[Witness], stop: float) -> tuple[Witness, Heights]:
        """The witness that gets furthest, of those looked at until `stop`, and how far."""
        best, top = drawn[0], (0,) * len(self._ways)
        for number, witness in enumerate(drawn):
            if number and time.monotonic() > stop:
                break
            self._comparison.scratch.load(witness)
            found = self.risen((0,) * len(self._ways))
            if not number or sum(found) > sum(top):
                best, top = witness, found
        return best, top

    def risen(self, heights: Heights) -> Heights:
        """How far each chain gets from where it was; none is looked at further down."""
        found = []
        for way, height in zip(self._ways, heights, strict=True):
            while height < len(way) and self._returns(way[height]):
                height += 1
            found.append(height)
        return tuple(found)

    def sunk(self, before: Heights, heights: Heights) -> Heights:
        """The heights, those lowered that did not rise and no longer hold."""
        found = []
        for way, old, height in zip(self._ways, before, heights, strict=True):
            while height == old and height and not self._returns(way[height - 1]):
                old = height = height - 1
            found.append(height)
        return tuple(found)

    def holds(self, heights: Heights) -> bool:
        return all(
            not height or self._returns(way[height - 1])
            for way, height in zip(self._ways, heights, strict=True)
        )

    def is_up(self, heights: Heights) -> bool:
        return all(heights[-self._goals :])

    def missing(self, heights: Heights) -> int:
        """How many stages do not hold; 0 where the goals are reached all the same."""
        return 0 if self.is_up(heights) else sum(map(len, self._ways)) - sum(heights)

    def edge(self, heights: Heights) -> list[Stage]:
        """The stages that are the next to hold."""
        pairs = zip(self._ways, heights, strict=True)
        return [way[height] for way, height in pairs if height < len(way)]

    def smaller(self, witness: Witness, heights: Heights, stop: float) -> Witness:
        """Without rows that no stage needs: a step among few rows hits the right one."""
        if witness.count() < _LARGE:
            return witness

        def suffices(candidate: Witness) -> bool:
            self._comparison.scratch.load(candidate)
            return self.holds(heights)

        return shrink(witness, suffices, min(_SMALLER_SECONDS, stop - time.monotonic()))


def _next(
    comparison: Comparison,
    near: Neighborhood,
    current: Witness,
    wanted: Stage | None,
    generator: random.Random,
) -> Witness | None:
    """A step, towards the stage that is wanted."""
    if wanted is None:
        return draw(near, current, generator, True)
    if wanted.gap is not None and generator.random() < _AIMED:
        near.look_at(wanted.columns)
        measure = partial(measured, comparison, [wanted.gap])
        if None in measure(current) and generator.random() < _FOCUSED:
            return filled(near, current, generator)
        return closed(near, current, measure, generator)
    return draw(near, current, generator, True, wanted.columns)


def chains(tree: exp.Query, dialect: str) -> list[Chain]:
    """The query's selects that stand by themselves, each with more and more of its conditions."""
    found: list[Chain] = []
    lineage = Lineage(tree)
    for scope in traverse_scope(tree)[:_MOST_CHAINS]:
        query = scope.expression
        if scope.external_columns:
            continue
        if isinstance(query, exp.SetOperation):
            bare = attach(query.copy(), context_of(query)).limit(1, copy=False)
            text = bare.sql(dialect=dialect, identify=True, comments=False)
            shown = (
                name
                for s in query.find_all(exp.Select)
                for e in s.selects
                for name in lineage.names(e)
            )
            found.append([Stage(text, frozenset(shown))])
        elif isinstance(query, exp.Select):
            columns = [lineage.names(condition) for condition in _conditions(query)]
            growing = zip(_growing(query, scope, dialect), columns, strict=True)
            found.append([Stage(text, names, missed) for (text, missed), names in growing])
    return found


def _growing(select: exp.Select, scope: Scope, dialect: str) -> Iterator[tuple[str, str | None]]:
    """(the select with one condition more, the gap of that condition), one after the other."""
    context = context_of(select)
    grown = bare(select, "distinct")
    attach(grown.limit(1, copy=False), context)
    conditions = _conditions(grown)
    stand_ins = []
    for condition in conditions:
        true = exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(1))
        condition.replace(true)
        stand_ins.append(true)
    for condition, true in zip(conditions, stand_ins, strict=True):
        missed = _gap(grown, condition, true, scope, dialect)
        true.replace(condition)
        yield grown.sql(dialect=dialect, identify=True, comments=False), missed


def _gap(
    grown: exp.Select, condition: exp.Expr, stand_in: exp.Expr, scope: Scope, dialect: str
) -> str | None:
    compared = sides(condition)
    if not compared or not any(is_computed(side, scope) for side in compared[0]):
        return None
    grouped = isinstance(stand_in.find_ancestor(exp.Having, exp.Select), exp.Having)
    return gap_text(grown.copy(), *compared[0], grouped, dialect)


def _conditions(select: exp.Expr) -> list[exp.Expr]:
    """ON first, then WHERE, then HAVING, each as its conjuncts."""
    clauses = [join.args.get("on") for join in select.args.get("joins") or () if not join.side]
    for name in ("where", "having"):
        clause = select.args.get(name)
        clauses.append(clause.this if clause is not None else None)
    return [part for clause in clauses for part in conjuncts(clause)]
