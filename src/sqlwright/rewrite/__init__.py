"""Proposals: other ways to write a query, from the rules, from sqlglot's passes, and from a model.

None of them is trusted, whoever made it: `verify` judges all alike, and only then are they
candidates. Each is read back from its own text, so that what is judged is what would be shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from sqlwright.errors import SqlError
from sqlwright.rewrite.answers import (
    by_model,
    fitting_prompt,
    is_restricted,
    names_for,
    read_answer,
)
from sqlwright.rewrite.effect import effect
from sqlwright.rewrite.joined_first import by_plan
from sqlwright.rewrite.passes import PASSES, by_passes, tidied
from sqlwright.rewrite.proposal import Proposal, Rejected, distinct, read_back
from sqlwright.rewrite.rules import by_rules, settled
from sqlwright.schema import Schema

#: Of one query, the likeliest first; judging and timing each takes up to seconds.
MOST_PROPOSALS = 8
#: Of rules by themselves, those that take away most first; all of them together are one more.
MOST_ALONE = 4

_SPEED = "rules for speed"


def proposals(
    query: exp.Query, schema: Schema, dialect: str, *, most: int = MOST_PROPOSALS
) -> list[Proposal]:
    """What rules and passes propose, alone and after each other, the likeliest first.

    First the rules for speed, each alone and all together, then the passes on the query, passes
    after the rules and rules after each pass, all rules with those of style, and last one that
    only joins in other words. Of those that ask the same of the engine in other words the first is
    kept, and names those others in `also`.

    Args:
        most: how many are kept.

    Raises:
        BindError: if the query does not fit the schema.
    """
    ruled = {proposal.source: proposal for proposal in by_rules(query, schema, dialect)}
    passed = by_passes(query, schema, dialect)
    speed, everything = ruled.pop(_SPEED, None), ruled.pop("rules", None)
    found = [*list(ruled.values())[:MOST_ALONE], *filter(None, [speed]), *passed]
    if speed is not None:
        found += _passes_after(speed, schema, dialect)
    found += _rules_after(passed, schema, dialect)
    found += filter(None, [everything])
    kept = _by_effect(distinct(found, query), schema, dialect)
    reworded = kept.pop(effect(query, schema, dialect), None)
    if reworded is not None and query.find(exp.Join):
        kept[""] = reworded
    return list(kept.values())[:most]


def without_rewordings(
    found: Sequence[Proposal], known: Sequence[exp.Query], schema: Schema, dialect: str
) -> list[Proposal]:
    """The proposals that ask something else of an engine than the known queries and each other."""
    kept = _by_effect(found, schema, dialect)
    for query in known:
        kept.pop(effect(query, schema, dialect), None)
    return list(kept.values())


def _by_effect(found: Sequence[Proposal], schema: Schema, dialect: str) -> dict[str, Proposal]:
    """The first of those that ask the same of an engine, in order."""
    kept: dict[str, Proposal] = {}
    for proposal in found:
        key = effect(proposal.query, schema, dialect)
        if key not in kept:
            kept[key] = proposal
        elif "," not in proposal.source:  # rules after a pass add nothing where they end alike
            first = kept[key]
            kept[key] = replace(first, also=(*first.also, proposal.source))
    return kept


def _passes_after(ruled: Proposal, schema: Schema, dialect: str) -> Iterator[Proposal]:
    try:
        passed = by_passes(ruled.query, schema, dialect)
    except SqlError:
        return
    for proposal in passed:
        yield replace(proposal, source=f"rules, {proposal.source}")


def _rules_after(passed: Sequence[Proposal], schema: Schema, dialect: str) -> Iterator[Proposal]:
    for proposal in passed:
        changed = settled(proposal.query, schema, severities=("slow",))
        if changed is not None:
            yield from read_back([(f"{proposal.source}, rules", changed)], dialect)


__all__ = [
    "MOST_ALONE",
    "MOST_PROPOSALS",
    "PASSES",
    "Proposal",
    "Rejected",
    "by_model",
    "by_passes",
    "by_plan",
    "by_rules",
    "distinct",
    "fitting_prompt",
    "is_restricted",
    "names_for",
    "proposals",
    "read_answer",
    "tidied",
    "without_rewordings",
]
