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
    """

    witnesses: int
    seed: int
    stop: float
    seconds: float
    reach: bool = True


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
