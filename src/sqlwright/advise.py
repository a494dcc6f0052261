"""The product on one page: read, find, retrieve, propose, check, time, and once more from the best.

Nothing reaches the advice without a verdict, whether a rule, an optimizer's pass or a model made
it, and nothing is called best that is not measured to be faster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from sqlwright import evidence, rewrite, sql
from sqlwright.analyze import Finding, analyze
from sqlwright.context import Told, find_passages, fitted, request
from sqlwright.database import Database
from sqlwright.engines.plans import Plan, PlanStep
from sqlwright.errors import BindError
from sqlwright.join_advice import JoinAdvice, join_advice
from sqlwright.knowledge.passages import Hit
from sqlwright.knowledge.search import Index
from sqlwright.model import Model
from sqlwright.rewrite import Proposal, Rejected
from sqlwright.schema import Schema
from sqlwright.verify.cost import Cost, compare_all
from sqlwright.verify.judge import Verdict, judge
from sqlwright.verify.prepare import renames

MOST_ROUNDS = 2  # of rewriting the best so far once more
_MOST_FURTHER = 3  # rewrites of it
_BRIEF = 0.05  # seconds: what takes less is rewritten no further
_HEAVIEST = 3  # steps of the plan that are told


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
    """Everything that a user is told about one query; `best` is None when the original stands.

    Attributes:
        passages: those that stood in the model's prompt; where no model was asked, those found.
        left_out: those that were found and did not stand there, each with the reason.
        model_asked: was there a model to read them?
        plan: of the original: measured where it was done in time, else what the engine expects.
        joins: what the measured plan shows of the original's joins.
    """

    query: exp.Query
    dialect: str
    findings: tuple[Finding, ...]
    passages: tuple[Hit, ...]
    candidates: tuple[Candidate, ...]
    best: Candidate | None
    left_out: tuple[tuple[Hit, str], ...] = ()
    model_asked: bool = False
    plan: Plan | None = None
    joins: tuple[JoinAdvice, ...] = ()

    @property
    def heaviest(self) -> list[PlanStep]:
        """The steps of the original's plan in which most of its time goes."""
        return self.plan.heaviest(_HEAVIEST) if self.plan is not None else []

    def as_dict(self) -> dict[str, Any]:
        """The advice as JSON types."""
        return {
            "query": sql.write(self.query, self.dialect),
            "dialect": self.dialect,
            "findings": [finding.as_dict() for finding in self.findings],
            "plan": {
                "measured": self.plan is not None and self.plan.is_measured,
                "heaviest": [step.as_dict() for step in self.heaviest],
                "joins": [joined.as_dict() for joined in self.joins],
            },
            "passages": [_passage_as_dict(hit, self.model_asked) for hit in self.passages],
            "passages_left_out": [
                _passage_as_dict(hit, False) | {"reason": reason} for hit, reason in self.left_out
            ],
            "candidates": [candidate.as_dict() for candidate in self.candidates],
            "best": self.best.as_dict() if self.best else None,
        }


def _passage_as_dict(hit: Hit, is_used: bool) -> dict[str, Any]:
    said = hit.passage
    found = {"kind": said.kind, "title": said.title, "text": said.text, "source": said.source}
    return {**found, "why": hit.why, "used": is_used}


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

    What is best then is rewritten once more, by rules and passes, until that makes nothing better
    (at most `MOST_ROUNDS` times).

    Args:
        text: one read-only query of the database's dialect.
        task: optimize or refactor: what a model is asked.
        knowledge: where passages come from; without it the model sees the schema alone.
        instruction: the user's words to the model, English or Russian.
        samples: how many answers the model gives.
        seconds: about how long to time in one round, and the limit of one run.
        witnesses: generated databases to try each proposal on.
        server: the database's URL, where temporary tables may be made on it to check proposals.
        say: told in a few words what is being done.

    Raises:
        SqlError: if the text is not one read-only query over the schema.
    """
    schema, dialect = database.schema, database.dialect
    query = sql.read(text, dialect)
    bound = sql.bind(query, schema, dialect)
    say("looking for findings and passages")
    findings = analyze(query, schema)
    hits = find_passages(knowledge, query, findings, schema, dialect, instruction, database.name)
    say("asking for rewrites")
    proposals: list[Proposal] = rewrite.proposals(query, schema, dialect)
    rejected: list[Rejected] = []
    told: Told | None = None
    if model is not None:
        asked = request(query, task, instruction, (), schema, dialect, model.family)
        told = fitted(asked, hits, model)
        for answer in rewrite.by_model(told.request, schema, model, samples=samples):
            (rejected if isinstance(answer, Rejected) else proposals).append(answer)  # type: ignore[arg-type]
    say("asking the engine where the time goes")
    plan, facts = evidence.ask(database, query, findings, schema, run_seconds=seconds)
    findings = evidence.with_evidence(findings, query, schema, plan, facts)
    joins = join_advice(plan, bound, schema, dialect) if plan is not None else ()
    proposals += rewrite.by_plan(bound, joins, dialect)

    def examined(chosen: Sequence[Proposal]) -> list[Candidate]:
        found = []
        for number, proposal in enumerate(chosen, start=1):
            say(f"checking rewrite {number} of {len(chosen)} ({proposal.source})")
            found.append(
                examine(query, proposal, schema, dialect, witnesses=witnesses, server=server)
            )
        return found

    candidates = examined(rewrite.distinct(proposals, query))
    say("timing what survives")
    candidates = timed(database, query, candidates, seconds)
    candidates = _once_more(database, query, candidates, examined, seconds)
    best = choose(candidates)
    candidates += [_refused(answer) for answer in rejected]
    used, left_out = (told.used, told.left_out) if told else (tuple(hits), ())
    return Advice(
        *(query, dialect, tuple(findings), used, tuple(candidates), best),
        left_out=left_out,
        model_asked=told is not None,
        plan=plan,
        joins=joins,
    )


def _once_more(
    database: Database,
    query: exp.Query,
    candidates: list[Candidate],
    examined: Callable[[Sequence[Proposal]], list[Candidate]],
    seconds: float,
) -> list[Candidate]:
    """The candidates with rewrites of the best of them, as long as one of those is best then.

    What takes next to no time is left as it is.
    """
    for _ in range(MOST_ROUNDS):
        best = choose(candidates)
        if best is None or best.cost is None or best.cost.proposal_seconds < _BRIEF:
            break
        found = examined(_further(best, query, candidates, database.schema, database.dialect))
        if not any(c.survives for c in found):
            candidates = [*candidates, *found]
            break
        at = candidates.index(best)  # timed with the others, so that one race decides
        best, *found = timed(database, query, [best, *found], seconds)
        candidates = [*candidates[:at], best, *candidates[at + 1 :], *found]
        if choose(candidates) is best:
            break
    return candidates


def _further(
    best: Candidate,
    query: exp.Query,
    candidates: Sequence[Candidate],
    schema: Schema,
    dialect: str,
) -> list[Proposal]:
    """What rules and passes make of the best so far that is not a candidate in other words."""
    if best.query is None:
        return []
    made = rewrite.proposals(best.query, schema, dialect)
    known = [query, *(c.query for c in candidates if c.query is not None)]
    new = rewrite.without_rewordings(made, known, schema, dialect)[:_MOST_FURTHER]
    return [replace(proposal, source=f"{best.source}, {proposal.source}") for proposal in new]


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
    return min(alike, key=lambda c: ("pass:" in c.source, len(c.text)))


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
