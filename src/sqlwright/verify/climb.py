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

from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from sqlwright.errors import DatabaseError
from sqlwright.verify.compare import Comparison
from sqlwright.verify.freedom import attach, context_of
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.witness import Witness

_MOST_STAGES = 60
_STARTS = 12
_MOST_ROWS = 60  # a larger one is kept only for what it gains: every step takes longer on it
_PATIENCE = 0.2  # how often a step that gains and loses nothing is taken all the same


def climb(
    comparison: Comparison,
    side: int,
    drawn: Sequence[Witness],
    near: Neighborhood,
    generator: random.Random,
    multiples: Callable[[Witness], Iterable[Witness]],
    stop: float,
) -> Witness | None:
    """A witness on which the query returns rows, or None where none is found until `stop`.

    Args:
        side: 0 for the original, 1 for the proposal.
        drawn: witnesses to start from.
        multiples: a witness several times over, for conditions on counts.
    """
    texts = stages(comparison.trees[side], comparison.scratch.dialect)
    texts.append(comparison.texts[side])

    every = frozenset(range(len(texts)))

    def passed(which: Iterable[int]) -> frozenset[int]:
        return frozenset(n for n in which if _returns(comparison, texts[n]))

    best, top = None, frozenset[int]()
    for witness in drawn[:_STARTS]:
        if time.monotonic() > stop and best is not None:
            break
        comparison.scratch.load(witness)
        if best is None or len(found := passed(every)) > len(top):
            best, top = witness, passed(every) if best is None else found
    waiting = list(multiples(best)) if best is not None else []
    while best is not None and len(texts) - 1 not in top and time.monotonic() < stop:
        step = waiting.pop() if waiting else near.draw(best, generator, grow=True)
        if step is None:
            continue
        comparison.scratch.load(step)
        gained = passed(every - top)
        if gained:  # has it lost another one on the way?
            found = passed(top) | gained
            if len(found) > len(top) or len(texts) - 1 in found:
                best, top = step, found
                waiting = list(multiples(best))
        elif step.count() <= _MOST_ROWS and generator.random() < _PATIENCE and passed(top) == top:
            best = step
    return best if len(texts) - 1 in top else None


def _returns(comparison: Comparison, text: str) -> bool:
    try:
        return bool(comparison.run(text))
    except DatabaseError:
        return False


def stages(tree: exp.Query, dialect: str) -> list[str]:
    """Texts of the query's selects that stand by themselves, each with more of its conditions."""
    found: list[str] = []
    for scope in traverse_scope(tree):
        select = scope.expression
        if isinstance(select, exp.Select) and not scope.external_columns:
            found += _growing(select, dialect)
    return found[:_MOST_STAGES]


def _growing(select: exp.Select, dialect: str) -> Iterator[str]:
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
        yield bare.sql(dialect=dialect, identify=True, comments=False)


def _conditions(select: exp.Expr) -> list[exp.Expr]:
    """ON first, then WHERE, then HAVING, each as its conjuncts."""
    clauses = [join.args.get("on") for join in select.args.get("joins") or () if not join.side]
    for name in ("where", "having"):
        clause = select.args.get(name)
        clauses.append(clause.this if clause is not None else None)
    found: list[exp.Expr] = []
    for clause in clauses:
        if clause is not None:
            inner = clause.unnest()
            found += list(inner.flatten()) if isinstance(inner, exp.And) else [inner]
    return found
