"""Findings about a query: pure functions of (query, schema), one a rule.

A rule's name is its function's name with hyphens. `RULES` (rules.py) is in the order in which their
rewrites are tried.
"""

from __future__ import annotations

from sqlglot import exp

from sqlwright.analyze.finding import SEVERITIES, Finding, Severity
from sqlwright.analyze.once import reading
from sqlwright.analyze.rules import RULES, Rule
from sqlwright.schema import Schema


def name_of(rule: Rule) -> str:
    """The rule's name in words: `not-in-nullable`."""
    return rule.__name__.replace("_", "-")


def analyze(query: exp.Query, schema: Schema) -> list[Finding]:
    """Everything that the rules find, in the order of its place in the text."""
    with reading(query, schema):
        found = [finding for rule in RULES for finding in rule(query, schema)]
    return sorted(found, key=lambda finding: (finding.line, finding.column))


__all__ = ["RULES", "SEVERITIES", "Finding", "Rule", "Severity", "analyze", "name_of"]
