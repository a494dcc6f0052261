"""What a search is given, what it finds, and what it tried."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlwright.verify.compare import Comparison
from sqlwright.verify.witness import Witness


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to look.

    Attributes:
        witnesses: databases to generate.
        seed: of all chance.
        stop: the end, in monotonic time.
        seconds: from the beginning to the end; given more, each way of looking gets more.
        reach: look for rows where the first databases give none?
        rounds: how often to search, each time with the next seed and as many seconds.
    """

    witnesses: int
    seed: int
    stop: float
    seconds: float
    reach: bool = True
    rounds: int = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """A witness on which the queries differ, and how."""

    witness: Witness
    how: str
    comparison: Comparison


@dataclass(slots=True)
class Survey:
    """What was tried, while nothing was found."""

    tried: int = 0
    answered: int = 0
    slow: int = 0
    failed: int = 0
    confirmed: int = 0
    error: str = ""
    chance: str | None = None
    conditions: int = 0
    undecisive: list[str] = field(default_factory=list)
    disagreed: int = 0

    def and_then(self, later: Survey) -> Survey:
        """What was tried by this search and by a later one together."""
        both = (self, later)
        return Survey(
            tried=sum(one.tried for one in both),
            answered=sum(one.answered for one in both),
            slow=sum(one.slow for one in both),
            failed=sum(one.failed for one in both),
            confirmed=sum(one.confirmed for one in both),
            error=self.error or later.error,
            chance=self.chance or later.chance,
            conditions=later.conditions,
            undecisive=[place for place in self.undecisive if place in later.undecisive],
            disagreed=sum(one.disagreed for one in both),
        )
