"""Worse queries with the same result: what a model learns to undo, and breakings for `fix`.

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

# Worsenings that fit few queries are tried first, or the model would hardly see them.
_RARE = tuple(
    change
    for change in WORSENINGS
    if change.__name__
    in """in_list_to_or between_to_negation range_to_year coalesce_to_case common_factor
    exists_to_count exists_select_more exists_to_distinct_join not_exists_to_not_in
    distinct_in_subquery order_in_subquery aggregate_join_to_scalar left_aggregate_to_scalar
    left_join_to_scalar extreme_to_limit distinct_to_group where_to_having union_all_to_union
    undone_left_join filter_in_on repeated_cte count_distinct_key weaker_condition comma_join
    aggregate_join_to_scalar exists_to_count left_aggregate_to_scalar""".split()
)


def worsen(
    query: exp.Query, schema: Schema, rng: Random, number: int = 1
) -> tuple[exp.Query, tuple[str, ...]]:
    """A worse query, and the names of the worsenings that it went through: up to `number`."""
    names: list[str] = []
    for _ in range(number):
        for _ in range(10):
            change = rng.choice(_RARE if rng.random() < 0.7 else WORSENINGS)
            worse = change(query, schema, rng)
            if worse is not None:
                query = worse
                names.append(change.__name__)
                break
    return query, tuple(names)
