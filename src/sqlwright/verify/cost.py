"""What a rewrite costs next to its original: both timed in turn on the real database.

A ratio is original over proposal: 2.0 means twice as fast. It has a 95 % interval, and only an
interval above 1 counts as faster. What cannot be told from noise is not offered as better.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlglot import exp

from sqlwright.database import Database
from sqlwright.errors import QueryTimeout
from sqlwright.verify.explain import plan_cost, plan_difference, plan_text

#: Seconds that a query takes, or None where it is stopped after so many.
Timer = Callable[[exp.Query, float], float | None]

# two-sided 95 % quantiles of Student's t for 1 to 9 degrees of freedom
_STUDENT_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
_ROUNDS = 8  # even: each side goes first as often as the other
_FEWEST_ROUNDS = 3
_PATIENCE = 1.5  # a warm-up that takes so many times the fastest is not worth more rounds


@dataclass(frozen=True, slots=True)
class Cost:
    """Times of a proposal and of its original on one database.

    Attributes:
        original_seconds: median wall time of the original; a lower bound if `bound` is "at least".
        proposal_seconds: median wall time of the proposal; a lower bound if `bound` is "at most".
        ratio: original over proposal, the geometric mean of the rounds.
        low: lower end of the ratio's 95 % interval.
        high: upper end of it.
        rounds: how many pairs were timed after a warm-up.
        bound: "at least" where the original was stopped by the time limit, "at most" where the
            proposal was, "" where both finished.
        original_plan_cost: what the engine expects the original to cost, in its own unit.
        proposal_plan_cost: the same of the proposal.
        plan_difference: lines that only one side's plan has ("- " the original's).
    """

    original_seconds: float
    proposal_seconds: float
    ratio: float
    low: float
    high: float
    rounds: int
    bound: str = ""
    original_plan_cost: float | None = None
    proposal_plan_cost: float | None = None
    plan_difference: tuple[str, ...] = ()

    @property
    def faster(self) -> bool:
        """Is the proposal faster beyond noise?"""
        return self.low > 1.0

    def as_dict(self) -> dict[str, Any]:
        """The cost as JSON types."""
        return {
            "original_seconds": self.original_seconds,
            "proposal_seconds": self.proposal_seconds,
            "ratio": self.ratio,
            "low": self.low,
            "high": None if math.isinf(self.high) else self.high,
            "rounds": self.rounds,
            "bound": self.bound,
            "faster": self.faster,
            "original_plan_cost": self.original_plan_cost,
            "proposal_plan_cost": self.proposal_plan_cost,
            "plan_difference": list(self.plan_difference),
        }


def compare(
    database: Database, original: exp.Query, proposal: exp.Query, *, seconds: float = 20.0
) -> Cost:
    """The cost of one proposal; see `compare_all`."""
    return compare_all(database, original, [proposal], seconds=seconds)[0]


def compare_all(
    database: Database,
    original: exp.Query,
    proposals: Sequence[exp.Query],
    *,
    seconds: float = 20.0,
) -> list[Cost]:
    """The costs of all proposals on the database: their times (see `race`) and their plans.

    Raises:
        DatabaseError: if the engine refuses the original.
    """
    costs = race(partial(_time, database), original, proposals, seconds=seconds)
    expected, plan = plan_cost(database, original), plan_text(database, original)
    return [
        replace(
            cost,
            original_plan_cost=expected,
            proposal_plan_cost=plan_cost(database, proposal),
            plan_difference=plan_difference(plan, plan_text(database, proposal)),
        )
        for cost, proposal in zip(costs, proposals, strict=True)
    ]


def race(
    time_of: Timer, original: exp.Query, proposals: Sequence[exp.Query], *, seconds: float
) -> list[Cost]:
    """Time the original and every proposal in turn (A B C, C B A, ...), after a warm-up of each.

    The warm-ups find out which proposals are worth more: one that takes clearly longer than the
    fastest so far is stopped, or timed no further.

    Args:
        time_of: how a query is timed.
        seconds: about how long to measure in all; a single run is stopped after it. Eight rounds,
            or as many as fit; at least three even where they take longer.
    """
    stop = time.monotonic() + seconds
    first = time_of(original, seconds)
    fastest = first if first is not None else seconds
    warm: list[tuple[float | None, float]] = []  # time, and the patience that it had
    for proposal in proposals:
        patience = min(max(_PATIENCE * fastest, 0.3), seconds)
        found = time_of(proposal, patience)
        fastest = min(fastest, found if found is not None else fastest)
        warm.append((found, patience))
    if first is None:  # the original never finishes: one run of each is all there can be
        return [_unfinished(seconds, *found) for found in warm]
    enough = max(_PATIENCE * fastest, fastest + 0.02)
    running = [n for n, (found, _) in enumerate(warm) if found is not None and found <= enough]
    limit = max(seconds, 10 * first)
    times: dict[int, list[float]] = {n: [] for n in (-1, *running)}  # -1 is the original
    for number in range(_ROUNDS if running else 0):
        if number >= _FEWEST_ROUNDS and time.monotonic() > stop:
            break
        for n in times if number % 2 == 0 else reversed(times):
            query = original if n < 0 else proposals[n]
            times[n].append(time_of(query, limit) or limit)
    return [
        measured(times[-1], times[n]) if n in running else _once(first, *found)
        for n, found in enumerate(warm)
    ]


def _time(database: Database, query: exp.Query, seconds: float) -> float | None:
    try:
        return database.time(query, seconds=seconds)
    except QueryTimeout:
        return None


def _unfinished(seconds: float, proposal: float | None, patience: float) -> Cost:
    if proposal is None:
        return Cost(seconds, patience, 1.0, 0.0, math.inf, 0)
    ratio = seconds / max(proposal, 1e-6)
    return Cost(seconds, proposal, ratio, ratio, math.inf, 1, "at least")


def _once(original: float, proposal: float | None, patience: float) -> Cost:
    """One warm-up of each has no spread, so it can never count as faster."""
    taken = proposal if proposal is not None else patience
    ratio = original / max(taken, 1e-6)
    high = ratio if proposal is None else math.inf
    return Cost(original, taken, ratio, 0.0, high, 1, "at most" if proposal is None else "")


def measured(originals: Sequence[float], others: Sequence[float]) -> Cost:
    """The geometric mean of the rounds' ratios with Student's interval on their logarithms."""
    logs = [
        math.log(max(own, 1e-7) / max(other, 1e-7))
        for own, other in zip(originals, others, strict=True)
    ]
    mean = statistics.fmean(logs)
    spread = statistics.stdev(logs) / math.sqrt(len(logs)) * _STUDENT_T[len(logs) - 2]
    return Cost(
        statistics.median(originals),
        statistics.median(others),
        math.exp(mean),
        math.exp(mean - spread),
        math.exp(mean + spread),
        len(logs),
    )
