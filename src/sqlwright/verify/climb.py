"""The directed step: towards a database on which a query returns rows, one condition at a time.

A query that no drawn witness satisfies is taken apart: each of its selects with the first of its
conditions, the first two, and so on. A step that lets one more of them return rows is kept. It is a
search without derivatives in the manner of Harman & McMinn (IEEE TSE 36(2), 2010), whose measure is
how far the rows get through the query; no solver has to understand what it computes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence

from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from sqlwright.errors import DatabaseError
from sqlwright.verify.compare import Comparison
from sqlwright.verify.freedom import attach, context_of
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.witness import Witness

_MOST_STAGES = 60
_PATIENCE = 3  # in 100: how often a step that gains nothing is taken all the same


def climb(
    comparison: Comparison,
    side: int,
    drawn: Sequence[Witness],
    near: Neighborhood,
    generator: random.Random,
    stop: float,
) -> Witness | None:
    """A witness on which the query returns rows, or None where none is found until `stop`.

    Args:
        side: 0 for the original, 1 for the proposal.
        drawn: witnesses to start from.
    """
    texts = [
        stage.sql(dialect=comparison.scratch.dialect, identify=True, comments=False)
        for stage in stages(comparison.trees[side])
    ]
    texts.append(comparison.texts[side])

    def height(witness: Witness) -> int:
        comparison.scratch.load(witness)
        reached = 0
        for text in texts:
            try:
                reached += bool(comparison.run(text))
            except DatabaseError:
                continue
        return reached if not _returns(comparison, side) else len(texts) + 1

    best: Witness | None = None
    top = -1
    for witness in drawn[:12]:
        if (found := height(witness)) > top:
            best, top = witness, found
        if time.monotonic() > stop:
            break
    while best is not None and top <= len(texts) and time.monotonic() < stop:
        step = near.draw(best, generator, grow=True)
        if step is None:
            continue
        found = height(step)
        if found > top or (found == top and generator.random() < _PATIENCE / 10):
            best, top = step, found
    return best if top > len(texts) else None


def _returns(comparison: Comparison, side: int) -> bool:
    try:
        return bool(comparison.run(comparison.texts[side]))
    except DatabaseError:
        return False


def stages(tree: exp.Query) -> list[exp.Query]:
    """The query's selects that stand by themselves, each with more and more of its conditions."""
    found: list[exp.Query] = []
    for scope in traverse_scope(tree):
        select = scope.expression
        if not isinstance(select, exp.Select) or scope.external_columns:
            continue
        found += _growing(select)
    return found[:_MOST_STAGES]


def _growing(select: exp.Select) -> Iterator[exp.Query]:
    context = context_of(select)
    bare = select.copy()
    for name in ("order", "limit", "offset", "fetch", "distinct"):
        bare.set(name, None)
    conditions = len(_conditions(bare))
    for count in range(1, conditions + 1):
        stage = bare.copy()
        for condition in _conditions(stage)[count:]:
            condition.replace(exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(1)))
        yield attach(stage.limit(1), context)


def _conditions(select: exp.Select) -> list[exp.Expr]:
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
