"""Findings about a query: pure functions of (query, schema), one a rule.

A rule's name is its function's name with hyphens. `RULES` is in the order in which their rewrites
are tried: what removes work from a query comes before what only words it differently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from sqlwright.analyze.aggregates import having_without_aggregate
from sqlwright.analyze.duplicates import (
    count_distinct_of_key,
    needless_distinct,
    union_for_union_all,
)
from sqlwright.analyze.finding import SEVERITIES, Finding, Severity
from sqlwright.analyze.joins import cross_join_without_condition, implicit_join
from sqlwright.analyze.needless_joins import redundant_self_join, unused_join, useless_outer_join
from sqlwright.analyze.nulls import not_in_nullable, null_comparison, null_in_list
from sqlwright.analyze.predicates import (
    arithmetic_on_column,
    function_on_column,
    leading_wildcard,
    or_chain,
    repeated_condition,
)
from sqlwright.analyze.standards import limit_without_order, order_by_position, select_star
from sqlwright.analyze.subqueries import (
    correlated_aggregate,
    correlated_exists,
    count_above_zero,
    needless_order_by,
)
from sqlwright.analyze.truth import contradiction, tautology
from sqlwright.analyze.unread_joins import foreign_key_join, join_for_existence
from sqlwright.schema import Schema

Rule = Callable[[exp.Query, Schema], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    # what the query says may not be what was meant
    null_comparison,
    null_in_list,
    not_in_nullable,
    contradiction,
    cross_join_without_condition,
    limit_without_order,
    # work that need not be done
    tautology,
    repeated_condition,
    count_above_zero,
    correlated_exists,
    correlated_aggregate,
    useless_outer_join,
    unused_join,
    redundant_self_join,
    foreign_key_join,
    join_for_existence,
    needless_distinct,
    count_distinct_of_key,
    union_for_union_all,
    needless_order_by,
    having_without_aggregate,
    function_on_column,
    arithmetic_on_column,
    or_chain,
    leading_wildcard,
    # how it is written
    implicit_join,
    select_star,
    order_by_position,
)


def name_of(rule: Rule) -> str:
    """The rule's name in words: `not-in-nullable`."""
    return rule.__name__.replace("_", "-")


def analyze(query: exp.Query, schema: Schema) -> list[Finding]:
    """Everything that the rules find, in the order of its place in the text."""
    found = [finding for rule in RULES for finding in rule(query, schema)]
    return sorted(found, key=lambda finding: (finding.line, finding.column))


__all__ = ["RULES", "SEVERITIES", "Finding", "Rule", "Severity", "analyze", "name_of"]
