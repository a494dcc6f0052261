"""A query that somebody thinks is better, before anything is checked, and a text that is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqlwright import sql
from sqlwright.errors import SqlError


@dataclass(frozen=True, slots=True)
class Proposal:
    """A query that somebody thinks is better, not checked yet.

    `source` says who: `rule: count-above-zero`, `rules`, `pass: unnest_subqueries`, `model`; `also`
    names the others that proposed the same.
    """

    query: exp.Query
    source: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A text that was meant as a proposal and is no query over this schema; kept to be shown."""

    text: str
    source: str
    reason: str


def distinct(proposals: Iterable[Proposal], original: exp.Query) -> list[Proposal]:
    """The proposals that differ from the original and from each other, in order.

    One that was made twice keeps its first source, and names the others.
    """
    found: dict[str, Proposal] = {}
    same = _normal(original)
    for proposal in proposals:
        key = _normal(proposal.query)
        if key == same:
            continue
        if key in found:
            first = found[key]
            found[key] = replace(first, also=(*first.also, proposal.source))
        else:
            found[key] = proposal
    return list(found.values())


def _normal(query: exp.Query) -> str:
    return query.sql(comments=False, normalize=True)


def read_back(proposals: Sequence[tuple[str, exp.Query]], dialect: str) -> Iterator[Proposal]:
    """Each query as its own text is read: what is judged is what would be shown."""
    for source, query in proposals:
        try:
            yield Proposal(sql.read(sql.write(query, dialect), dialect), source)
        except (SqlError, SqlglotError):
            continue  # a pass made something that the dialect cannot say
