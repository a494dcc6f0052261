"""The smallest witnesses on which a query returns rows and reads some where two queries differ."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from functools import partial

from sqlwright.errors import DatabaseError, QueryTimeout
from sqlwright.verify.around import in_other_ways
from sqlwright.verify.compare import Comparison
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.shrink import shrink
from sqlwright.verify.witness import Witness

_MOST = 7
_SEEDS = 2  # witnesses to make small for each purpose


def smallest(
    comparison: Comparison,
    seeds: Sequence[Witness],
    goals: Sequence[tuple[int, str | None]],
    near: Neighborhood,
    generator: random.Random,
    stop: float,
) -> list[Witness]:
    """The seeds without rows that are not needed, for each goal; until `stop`.

    Args:
        goals: the query, 0 or 1, that returns rows, and a text that returns some as well.
    """
    found: dict[Witness, None] = {}
    for side, place in goals:
        wanted = partial(returns, comparison, side, place)
        good = 0
        for seed in seeds:
            if good == _SEEDS or time.monotonic() > stop:
                break
            if wanted(seed):
                good += 1
                found[shrink(seed, wanted, (stop - time.monotonic()) / 3)] = None
    # what returns rows in another way: by another branch of a condition or of a union
    for other in in_other_ways(near, list(found), generator):
        if len(found) >= _MOST or time.monotonic() > stop:
            break
        if returns(comparison, *goals[0], other):
            found[other] = None
    return list(found)


def returns(comparison: Comparison, side: int, place: str | None, witness: Witness) -> bool:
    """Does the query return rows, and the text at the place as well?"""
    try:
        comparison.scratch.load(witness)
        if not comparison.run(comparison.texts[side]):
            return False
        return place is None or bool(comparison.run(place))
    except (DatabaseError, QueryTimeout):
        return False
