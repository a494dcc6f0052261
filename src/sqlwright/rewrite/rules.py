"""What the rules make of a query: each that is about its work by itself, and all together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from sqlwright.analyze import RULES, Finding, Rule, Severity, name_of
from sqlwright.analyze.once import reading
from sqlwright.rewrite.proposal import Proposal, read_back
from sqlwright.schema import Schema

MOST_STEPS = 30  # rewrites by rule after each other; real queries need fewer than ten

#: Findings whose rewrites are worth trying by themselves: they change what an engine has to do.
ALONE: tuple[Severity, ...] = ("slow", "wrong", "unsafe")
#: Rules of style that do so too: no more than a guess, which only measuring can confirm.
MEASURED = frozenset(("or-to-union",))


def by_rules(query: exp.Query, schema: Schema, dialect: str) -> list[Proposal]:
    """What each rule about work makes of the query by itself, and what they make of it together.

    `rules for speed` leaves the wording alone; `rules` applies everything, what is only style too.
    Each goes on until nothing changes, with a bound, and never comes back to where it was.
    """
    alone: dict[str, Rule] = {}
    any_offered = False
    with reading(query, schema):
        for rule in RULES:
            for finding in rule(query, schema):
                is_new = _is_tried_alone(finding) and name_of(rule) not in alone
                if (is_new or not any_offered) and finding.rewrite is not None:
                    any_offered = True
                    if is_new:
                        alone[name_of(rule)] = rule
    made: list[tuple[str, exp.Query]] = []
    if any_offered:
        for source, severities in (("rules for speed", ("slow",)), ("rules", None)):
            if (changed := settled(query, schema, RULES, severities)) is not None:
                made.append((source, changed))
    singles = []
    for name, rule in alone.items():
        if (changed := settled(query, schema, (rule,))) is not None:
            singles.append((f"rule: {name}", changed))
    return list(read_back([*singles, *made], dialect))


def _is_tried_alone(finding: Finding) -> bool:
    return finding.severity in ALONE or finding.rule in MEASURED


def settled(
    query: exp.Query,
    schema: Schema,
    rules: Sequence[Rule] = RULES,
    severities: Sequence[str] | None = None,
) -> exp.Query | None:
    """The query after the rules have nothing more to offer; None when they had nothing at all."""
    current, seen = query, {query.sql()}
    for _ in range(MOST_STEPS):
        with reading(current, schema):
            offered = _offered(current, schema, rules, severities)
            new = next((rewrite for rewrite in offered if rewrite.sql() not in seen), None)
        if new is None:
            break
        current = new
        seen.add(current.sql())
    return current if current is not query else None


def _offered(
    query: exp.Query, schema: Schema, rules: Sequence[Rule], severities: Sequence[str] | None
) -> Iterator[exp.Query]:
    for rule in rules:
        for finding in rule(query, schema):
            if finding.rewrite is not None and (
                severities is None or finding.severity in severities
            ):
                yield finding.rewrite
