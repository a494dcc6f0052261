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

from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from sqlwright.errors import DatabaseError
from sqlwright.verify.compare import Comparison
from sqlwright.verify.freedom import attach, context_of
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.reading import conjuncts
from sqlwright.verify.strides import draw
from sqlwright.verify.witness import Witness

_MOST_STAGES = 60
_STARTS = 12
_MOST_ROWS = 60  # a larger one is kept only for what it gains: every step takes longer on it
_MOST_IDLE = 150  # steps without a gain
_FOCUSED = 0.5  # how often a step is about a condition that should hold next
_ANY = frozenset[str]()
_PATIENCE = 0.2  # how often a step that gains and loses nothing is taken all the same


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a query that should return rows.

    Attributes:
        text: as the engine runs it.
        columns: names of the columns in the condition that it adds to the stage before.
        after: the number of the stage with one condition less, None for the first of a select.
    """

    text: str
    columns: frozenset[str]
    after: int | None


def climb(
    comparison: Comparison,
    side: int,
    drawn: Sequence[Witness],
    near: Neighborhood,
    generator: random.Random,
    multiples: Callable[[Witness], Iterable[Witness]],
    stop: float,
) -> tuple[Witness | None, bool]:
    """The witness that gets furthest, and whether the query returns rows on it; until `stop`.

    Args:
        side: 0 for the original, 1 for the proposal.
        drawn: witnesses to start from.
        multiples: a witness several times over, for conditions on counts.
    """
    steps = stages(comparison.trees[side], comparison.scratch.dialect)
    steps.append(Stage(comparison.texts[side], frozenset(), None))
    last = len(steps) - 1
    every = frozenset(range(len(steps)))

    def passed(which: Iterable[int]) -> frozenset[int]:
        return frozenset(n for n in which if _returns(comparison, steps[n].text))

    best, top = None, frozenset[int]()
    for witness in drawn[:_STARTS]:
        if time.monotonic() > stop and best is not None:
            break
        comparison.scratch.load(witness)
        if best is None or len(found := passed(every)) > len(top):
            best, top = witness, passed(every) if best is None else found
    waiting = list(multiples(best)) if best is not None else []
    current, idle = best, 0
    while current is not None and last not in top and time.monotonic() < stop:
        if idle > _MOST_IDLE:  # a wrong way: back to where the last gain was
            current, idle = best, 0
            continue
        idle += 1
        focus = _wanted(steps, top, generator) if generator.random() < _FOCUSED else _ANY
        step = waiting.pop() if waiting else draw(near, current, generator, True, focus)
        if step is None:
            continue
        comparison.scratch.load(step)
        gained = passed(every - top)
        if gained:  # has it lost another one on the way?
            found = passed(top) | gained
            if len(found) > len(top) or last in found:
                best = current = step
                top, idle = found, 0
                waiting = list(multiples(best))
        elif step.count() <= _MOST_ROWS and generator.random() < _PATIENCE and passed(top) == top:
            current = step
    return best, last in top


def _wanted(
    steps: Sequence[Stage], top: frozenset[int], generator: random.Random
) -> frozenset[str]:
    """Columns of a condition that is the next one to hold in its select."""
    edge = [s for n, s in enumerate(steps) if n not in top and (s.after is None or s.after in top)]
    return generator.choice(edge).columns if edge else _ANY


def _returns(comparison: Comparison, text: str) -> bool:
    try:
        return bool(comparison.run(text))
    except DatabaseError:
        return False


def stages(tree: exp.Query, dialect: str) -> list[Stage]:
    """The query's selects that stand by themselves, each with more and more of its conditions."""
    found: list[Stage] = []
    for scope in traverse_scope(tree):
        query = scope.expression
        if scope.external_columns:
            continue
        if isinstance(query, exp.SetOperation):
            bare = attach(query.copy(), context_of(query)).limit(1, copy=False)
            text = bare.sql(dialect=dialect, identify=True, comments=False)
            shown = (
                name for s in query.find_all(exp.Select) for e in s.selects for name in _columns(e)
            )
            found.append(Stage(text, frozenset(shown), None))
        elif isinstance(query, exp.Select):
            first = len(found)
            for number, (text, columns) in enumerate(_growing(query, dialect)):
                found.append(Stage(text, columns, first + number - 1 if number else None))
    return found[:_MOST_STAGES]


def _columns(node: exp.Expr) -> frozenset[str]:
    return frozenset(column.name.lower() for column in node.find_all(exp.Column))


def _growing(select: exp.Select, dialect: str) -> Iterator[tuple[str, frozenset[str]]]:
    context = context_of(select)
    bare = select.copy()
    for name in ("order", "limit", "offset", "fetch", "distinct"):
        bare.set(name, None)
    attach(bare.limit(1, copy=False), context)
    conditions = _conditions(bare)
    stand_ins = []
    for condition in conditions:
        true = exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(1))
        condition.replace(true)
        stand_ins.append(true)
    for condition, true in zip(conditions, stand_ins, strict=True):
        true.replace(condition)
        yield bare.sql(dialect=dialect, identify=True, comments=False), _columns(condition)


def _conditions(select: exp.Expr) -> list[exp.Expr]:
    """ON first, then WHERE, then HAVING, each as its conjuncts."""
    clauses = [join.args.get("on") for join in select.args.get("joins") or () if not join.side]
    for name in ("where", "having"):
        clause = select.args.get(name)
        clauses.append(clause.this if clause is not None else None)
    return [part for clause in clauses for part in conjuncts(clause)]
