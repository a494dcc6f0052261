"""What a rewrite costs next to its original: both timed in turn on the real database.

A ratio is original over proposal: 2.0 means twice as fast. It has a 95 % interval, and only an
interval above 1 counts as faster. What cannot be told from noise is not offered as better.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from sqlwright.database import Database
from sqlwright.errors import QueryTimeout

# two-sided 95 % quantiles of Student's t for 1 to 9 degrees of freedom
_STUDENT_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
_ROUNDS = 7
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
        rounds: how many times each was timed after a warm-up.
        bound: "at least" where the original was stopped by the time limit, "at most" where the
            proposal was, "" where both finished.
    """

    original_seconds: float
    proposal_seconds: float
    ratio: float
    low: float
    high: float
    rounds: int
    bound: str = ""

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
    """Time the original and every proposal in turn (A B C A B C ...), after one warm-up of each.

    The warm-ups find out which proposals are worth more: one that takes clearly longer than the
    fastest so far is stopped, or timed no further.

    Args:
        seconds: about how long to measure in all; a single run is stopped after it. At least three
            rounds are made even where they take longer.

    Raises:
        DatabaseError: if the engine refuses the original.
    """
    stop = time.monotonic() + seconds
    first = _time(database, original, seconds)
    fastest = first if first is not None else seconds
    warm: list[tuple[float | None, float]] = []  # time, and the patience that it had
    for proposal in proposals:
        patience = min(max(_PATIENCE * fastest, 0.3), seconds)
        found = _time(database, proposal, patience)
        fastest = min(fastest, found if found is not None else fastest)
        warm.append((found, patience))
    if first is None:  # the original never finishes: one run of each is all there can be
        return [_unfinished(seconds, *found) for found in warm]
    enough = max(_PATIENCE * fastest, fastest + 0.02)
    running = [n for n, (found, _) in enumerate(warm) if found is not None and found <= enough]
    times: list[list[tuple[float, float]]] = [[] for _ in proposals]
    for number in range(_ROUNDS if running else 0):
        if number >= _FEWEST_ROUNDS and time.monotonic() > stop:
            break
        own = _time(database, original, max(seconds, 10 * first)) or seconds
        for n in running:
            limit = max(seconds, 10 * first)
            times[n].append((own, _time(database, proposals[n], limit) or limit))
    return [
        _measured(rounds) if rounds else _once(first, *found)
        for rounds, found in zip(times, warm, strict=True)
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


def _measured(rounds: list[tuple[float, float]]) -> Cost:
    """The geometric mean of the rounds' ratios with Student's interval on their logarithms."""
    logs = [math.log(max(own, 1e-7) / max(other, 1e-7)) for own, other in rounds]
    mean = statistics.fmean(logs)
    spread = statistics.stdev(logs) / math.sqrt(len(logs)) * _STUDENT_T[len(logs) - 2]
    return Cost(
        statistics.median(own for own, _ in rounds),
        statistics.median(other for _, other in rounds),
        math.exp(mean),
        math.exp(mean - spread),
        math.exp(mean + spread),
        len(rounds),
    )
