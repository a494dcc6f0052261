"""Shares with their intervals, and whether two shares of the same records differ beyond chance."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of the records with its 95 % interval (Wilson 1927)."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.hits / self.of if self.of else 0.0

    def __str__(self) -> str:
        if not self.of:
            return "–"
        return f"{self.share:.0%} [{self.low * 100:.0f}, {self.high * 100:.0f}]"


@dataclass(frozen=True, slots=True)
class Difference:
    """How two models differ in one rate on the same records.

    [low, high] is the 95 % interval of other - one over resampled records (Efron 1979); `chance` is
    the probability of so uneven a count of records that only one of them gets (McNemar 1947).
    """

    rate: str
    one: Rate
    other: Rate
    difference: float
    low: float
    high: float
    only_one: int
    only_other: int
    chance: float

    @property
    def verdict(self) -> str:
        """'better' or 'worse' where both measures agree that it is not chance."""
        if self.chance < 0.05 and self.low > 0:
            return "better"
        return "worse" if self.chance < 0.05 and self.high < 0 else "no clear difference"


def rate(values: Sequence[bool | None]) -> Rate:
    """The share of the true ones among those that are not None, with its Wilson interval."""
    applying = [value for value in values if value is not None]
    hits, of = sum(applying), len(applying)
    if not of:
        return Rate(0, 0, 0.0, 1.0)
    z = 1.959964  # two-sided 95 %
    share, scale = hits / of, 1 + z * z / of
    middle = (share + z * z / (2 * of)) / scale
    spread = z / scale * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return Rate(hits, of, max(0.0, middle - spread), min(1.0, middle + spread))


def mcnemar(only_one: int, only_other: int) -> float:
    """The chance of so uneven a split if each record fell to either side like a fair coin."""
    total, fewer = only_one + only_other, min(only_one, only_other)
    tail: float = sum(math.comb(total, k) for k in range(fewer + 1)) / 2**total
    return min(1.0, 2 * tail)


def difference(name: str, pairs: Sequence[tuple[bool, bool]], *, seed: int = 0) -> Difference:
    """How the second of each pair differs from the first, under the rate's name."""
    only_one = sum(a and not b for a, b in pairs)
    only_other = sum(b and not a for a, b in pairs)
    low, high = _resampled([b - a for a, b in pairs], seed)
    return Difference(
        rate=name,
        one=rate([a for a, _ in pairs]),
        other=rate([b for _, b in pairs]),
        difference=(only_other - only_one) / len(pairs),
        low=low,
        high=high,
        only_one=only_one,
        only_other=only_other,
        chance=mcnemar(only_one, only_other),
    )


def _resampled(values: Sequence[int], seed: int) -> tuple[float, float]:
    rng = random.Random(seed)
    means = sorted(sum(rng.choices(values, k=len(values))) / len(values) for _ in range(2000))
    return means[49], means[1949]
