"""The product on one page: read, find, retrieve, propose, check, time.

Nothing reaches the advice without a verdict, whether a rule, an optimizer's pass or a model made
it, and nothing is called best that is not measured to be faster.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlglot import exp

from sqlwright import rewrite, sql
from sqlwright.analyze import RULES, Finding, analyze, name_of
from sqlwright.database import Database
from sqlwright.errors import BindError, SqlError
from sqlwright.knowledge.passages import Hit, Passage
from sqlwright.knowledge.poison import why_suspicious
from sqlwright.knowledge.search import Index
from sqlwright.model import Model
from sqlwright.prompt import Request, compact_schema
from sqlwright.rewrite import Proposal, Rejected
from sqlwright.schema import Schema
from sqlwright.verify.cost import Cost, compare_all
from sqlwright.verify.judge import Verdict, judge
from sqlwright.verify.prepare import renames

INSTRUCTIONS = {
    "optimize": "Rewrite this query so that it runs faster and returns the same rows.",
    "refactor": "Rewrite this query so that it is easier to read and returns the same rows.",
}
_MOST_PASSAGES = 6
_MOST_FINDINGS = 3
_ROOM = {
    "mini": 500,
    "chat": 6000,
}  # letters of passages in a prompt: mini reads 1,024 tokens in all


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed query with what checking showed.

    Attributes:
        text: the proposal as SQL, as the model wrote it where it cannot be read.
        source: who proposed it; `also` names others who proposed the same.
        query: the parsed proposal, None where it does not parse or bind.
        verdict: what trying to refute it showed.
        cost: its times next to the original's, where no difference was found.
    """

    text: str
    source: str
    verdict: Verdict
    query: exp.Query | None = None
    also: tuple[str, ...] = ()
    cost: Cost | None = None

    @property
    def survives(self) -> bool:
        """Was it not refuted?"""
        return self.verdict.outcome == "no difference found"

    def as_dict(self) -> dict[str, Any]:
        """The candidate as JSON types."""
        return {
            "sql": self.text,
            "source": self.source,
            "also": list(self.also),
            "verdict": self.verdict.as_dict(),
            "cost": self.cost.as_dict() if self.cost else None,
        }


@dataclass(frozen=True, slots=True)
class Advice:
    """Everything that a user is told about one query; `best` is None when the original stands."""

    query: exp.Query
    dialect: str
    findings: tuple[Finding, ...]
    passages: tuple[Hit, ...]
    candidates: tuple[Candidate, ...]
    best: Candidate | None

    def as_dict(self) -> dict[str, Any]:
        """The advice as JSON types."""
        return {
            "query": sql.write(self.query, self.dialect),
            "findings": [finding.as_dict() for finding in self.findings],
            "passages": [
                {"kind": h.passage.kind, "title": h.passage.title, "text": h.passage.text}
                | {"source": h.passage.source, "why": h.why}
                for h in self.passages
            ],
            "candidates": [candidate.as_dict() for candidate in self.candidates],
            "best": self.best.as_dict() if self.best else None,
        }


def advise(
    text: str,
    task: str = "optimize",
    *,
    database: Database,
    knowledge: Index | None = None,
    model: Model | None = None,
    instruction: str = "",
    samples: int = 1,
    seconds: float = 10.0,
    witnesses: int = 40,
    server: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Advice:
    """Find, retrieve, propose, check, time. Nothing reaches the advice without a verdict.

    Args:
        text: one read-only query of the database's dialect.
        task: optimize or refactor: what a model is asked.
        knowledge: where passages come from; without it the model sees the schema alone.
        instruction: the user's words to the model, English or Russian.
        samples: how many answers the model gives.
        seconds: about how long to time, and the limit of one run.
        witnesses: generated databases to try each proposal on.
        server: the database's URL, where temporary tables may be made on it to check proposals.
        say: told in a few words what is being done.

    Raises:
        SqlError: if the text is not one read-only query over the schema.
    """
    schema, dialect = database.schema, database.dialect
    query = sql.read(text, dialect)
    sql.bind(query, schema, dialect)
    say("looking for findings and passages")
    findings = analyze(query, schema)
    hits = find_passages(knowledge, query, findings, schema, dialect, instruction)
    say("asking for rewrites")
    proposals: list[Proposal] = rewrite.by_rules(query, schema, dialect)
    proposals += rewrite.by_passes(query, schema, dialect)
    rejected: list[Rejected] = []
    if model is not None:
        asked = request(query, task, instruction, hits, schema, dialect, model.family)
        for answer in rewrite.by_model(asked, schema, model, samples=samples):
            (rejected if isinstance(answer, Rejected) else proposals).append(answer)  # type: ignore[arg-type]
    chosen = rewrite.distinct(proposals, query)
    candidates = []
    for number, proposal in enumerate(chosen, start=1):
        say(f"checking rewrite {number} of {len(chosen)} ({proposal.source})")
        candidates.append(
            examine(query, proposal, schema, dialect, witnesses=witnesses, server=server)
        )
    say("timing what survives")
    candidates = timed(database, query, candidates, seconds)
    candidates += [_refused(answer) for answer in rejected]
    return Advice(
        query, dialect, tuple(findings), tuple(hits), tuple(candidates), choose(candidates)
    )


def choose(candidates: Sequence[Candidate]) -> Candidate | None:
    """The best of those that are faster beyond noise and keep the columns' names, or None.

    Among those that cannot be told from the fastest, what reads best: a rule's or a model's rewrite
    before an optimizer's pass, then the shortest.
    """
    faster = [
        (c.cost, c)
        for c in candidates
        if c.cost is not None and c.cost.faster and not renames(c.verdict.notes)
    ]
    if not faster:
        return None
    fastest, _ = max(faster, key=lambda pair: pair[0].ratio)
    alike = [c for cost, c in faster if cost.high >= fastest.ratio]
    return min(alike, key=lambda c: (c.source.startswith("pass:"), len(c.text)))


def find_passages(
    knowledge: Index | None,
    query: exp.Query,
    findings: Sequence[Finding],
    schema: Schema,
    dialect: str,
    instruction: str = "",
) -> list[Hit]:
    """The passages for a prompt, best first; tables are not among them, its schema has those.

    Standards that speak of the findings come first, then past queries like this one, but for those
    in which the rules find fault, then documents.
    """
    if knowledge is None:
        return []
    found: list[Hit] = []
    for rule in list(dict.fromkeys(finding.rule for finding in findings))[:_MOST_FINDINGS]:
        found += _standards_on(knowledge, rule)
    tables = [table.name for table in sql.tables_of(query, schema)]
    text = sql.write(query, dialect)
    found += [
        hit
        for hit in knowledge.search(text, tables=tables, kinds=("query",), limit=6)
        if _is_good_example(hit.passage, schema, dialect)
    ]
    found += knowledge.search(text, tables=tables, kinds=("document",), limit=1)
    if instruction:  # last: most instructions say nothing about the matter
        found += knowledge.search(instruction, kinds=("standard", "document"), limit=1)
    return list({hit.passage.source: hit for hit in found}.values())[:_MOST_PASSAGES]


@lru_cache(maxsize=256)
def _standards_on(knowledge: Index, rule: str) -> tuple[Hit, ...]:
    """The house's standard that speaks of what the rule speaks of, if search finds one."""
    fact = next((inspect.getdoc(each) or rule for each in RULES if name_of(each) == rule), rule)
    return tuple(knowledge.search(fact.partition("\n")[0], kinds=("standard",), limit=1))


@lru_cache(maxsize=4096)
def _is_good_example(passage: Passage, schema: Schema, dialect: str) -> bool:
    """Is the past query one to follow: readable, and without a fault that costs time or rows?"""
    try:
        query = sql.read(passage.text, dialect)
    except SqlError:
        return False
    return all(finding.severity == "style" for finding in analyze(query, schema))


def request(
    query: exp.Query,
    task: str,
    instruction: str,
    hits: Sequence[Hit],
    schema: Schema,
    dialect: str,
    family: str,
) -> Request:
    """What a model is asked about a query; records are built in the same form."""
    return Request(
        task=task,
        instruction=instruction or INSTRUCTIONS[task],
        query=sql.write(query, dialect),
        schema_text=compact_schema(sql.tables_of(query, schema)),
        passages=quoted(hits, family),
        dialect=dialect,
    )


def quoted(hits: Sequence[Hit], family: str) -> tuple[str, ...]:
    """Texts of the best passages that fit the room a family of models has for them, none cut.

    One that reads like an order to a model is left out.
    """
    room = _ROOM.get(family, _ROOM["chat"])
    chosen = []
    for hit in hits:
        text = " ".join(hit.passage.text.split())
        if len(text) <= room and not why_suspicious(hit.passage.text):
            room -= len(text)
            chosen.append(text)
    return tuple(chosen)


def examine(
    original: exp.Query,
    proposal: Proposal,
    schema: Schema,
    dialect: str,
    *,
    seconds: float = 10.0,
    witnesses: int = 40,
    seed: int = 0,
    server: str | None = None,
) -> Candidate:
    """The proposal as a candidate: bound, and tried to refute."""
    text = sql.write(proposal.query, dialect, pretty=True)
    try:
        verdict = judge(
            original,
            proposal.query,
            schema,
            dialect,
            seconds=seconds,
            witnesses=witnesses,
            seed=seed,
            server=server,
        )
    except BindError as error:
        reason = Verdict("undecided", f"the rewrite does not bind: {error}")
        return Candidate(text, proposal.source, reason, None, proposal.also)
    return Candidate(text, proposal.source, verdict, proposal.query, proposal.also)


def _refused(answer: Rejected) -> Candidate:
    reason = f"the answer is no query over this schema: {answer.reason}"
    return Candidate(answer.text, answer.source, Verdict("undecided", reason))


def timed(
    database: Database, query: exp.Query, candidates: Sequence[Candidate], seconds: float
) -> list[Candidate]:
    """The candidates, those that survive with their cost."""
    surviving = [c for c in candidates if c.survives and c.query is not None]
    if not surviving:
        return list(candidates)
    queries = [c.query for c in surviving if c.query is not None]
    costs = dict(
        zip(map(id, surviving), compare_all(database, query, queries, seconds=seconds), strict=True)
    )
    return [replace(c, cost=costs.get(id(c))) for c in candidates]
