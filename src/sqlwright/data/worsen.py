"""Worse queries with the same result: what a model learns to undo, and breakages for the task `fix`.

Each worsening is a pure function that returns None where it does not apply. It is sound given the
schema's keys and NOT NULL, and `tests/test_invent.py` holds it to that by execution.
"""

from __future__ import annotations

from random import Random

from sqlglot import exp

from sqlwright.data.breakings import BREAKINGS
from sqlwright.data.scopes import Worsening
from sqlwright.data.worsen_conditions import CONDITIONS
from sqlwright.data.worsen_structure import STRUCTURE
from sqlwright.data.worsen_subqueries import SUBQUERIES
from sqlwright.schema import Schema

__all__ = ["BREAKINGS", "WORSENINGS", "Worsening", "worsen"]

WORSENINGS: tuple[Worsening, ...] = (*CONDITIONS, *SUBQUERIES, *STRUCTURE)

# The rarer a worsening fits, the more often it is tried first.
_EAGER = (*SUBQUERIES, *SUBQUERIES, *SUBQUERIES)


def worsen(
    query: exp.Query, schema: Schema, rng: Random, number: int = 1
) -> tuple[exp.Query, tuple[str, ...]]:
    """A worse query, and the names of the worsenings that it went through: up to `number`."""
    names: list[str] = []
    for _ in range(number):
        for _ in range(8):
            change = rng.choice(_EAGER if rng.random() < 0.35 else WORSENINGS)
            worse = change(query, schema, rng)
            if worse is not None:
                query = worse
                names.append(change.__name__)
                break
    return query, tuple(names)
