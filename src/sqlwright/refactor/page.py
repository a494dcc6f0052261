"""The page of `refactor`: make plainer step by step, write in the house's layout, try to refute.

There is no speed gate: it need not be faster. But where a database is given, what is slower beyond
noise is not proposed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from sqlwright import rewrite, sql
from sqlwright.advise import Candidate, examine
from sqlwright.analyze.house import Standard
from sqlwright.context import request
from sqlwright.database import Database
from sqlwright.errors import BindError, SqlError
from sqlwright.model import Model
from sqlwright.refactor.formatter import (
    Layout,
    formatted,
    layout_of,
    lost_comments,
    without_new_comments,
)
from sqlwright.refactor.placeholders import open_placeholders
from sqlwright.refactor.steps import Change, Step, changes_of, steps_for
from sqlwright.refactor.trial import Trial, trial_of
from sqlwright.rewrite import Proposal, Rejected
from sqlwright.schema import Schema
from sqlwright.verify.cost import Cost, compare_all
from sqlwright.verify.judge import Verdict, judge


@dataclass(frozen=True, slots=True)
class Refactored:
    """A query made plainer: what was changed and why, and what trying to refute it showed.

    `best` is None where nothing was to change or nothing survived; `given_up` are changes that
    were tried and refuted, or cost time.
    """

    original: str
    dialect: str
    changes: tuple[Change, ...]
    candidates: tuple[Candidate, ...]
    best: Candidate | None
    given_up: tuple[tuple[Change, str], ...] = ()

    @property
    def text(self) -> str:
        """The query as it should be written."""
        return self.best.text if self.best is not None else self.original

    def as_dict(self) -> dict[str, Any]:
        """It as JSON types."""
        return {
            "original": self.original,
            "sql": self.text,
            "changed": self.best is not None,
            "changes": [change.as_dict() for change in self.changes],
            "given_up": [c.as_dict() | {"because": why} for c, why in self.given_up],
            "candidates": [candidate.as_dict() for candidate in self.candidates],
        }


@dataclass(frozen=True, slots=True)
class _Judge:
    """How proposals are tried, all in the same way."""

    query: exp.Query
    schema: Schema
    dialect: str
    seconds: float
    witnesses: int
    server: str | None
    database: Database | None
    trial: Trial | None = None

    def verdict(self, proposal: exp.Query, text: str | None = None) -> Verdict:
        """What trying the proposal shows; `text` is how it will be written, if that is known."""
        if self.trial is not None:
            return self._with_made_up_values(self.trial, proposal, text)
        return self._judged(self.query, proposal, self.seconds)

    def _judged(self, query: exp.Query, proposal: exp.Query, seconds: float) -> Verdict:
        try:
            return judge(
                query,
                proposal,
                self.schema,
                self.dialect,
                seconds=seconds,
                witnesses=self.witnesses,
                server=self.server,
            )
        except BindError as error:
            return Verdict("undecided", f"the rewrite does not bind: {error}")

    def _with_made_up_values(self, trial: Trial, proposal: exp.Query, text: str | None) -> Verdict:
        written = text or proposal.sql(dialect=self.dialect, comments=False)
        if (why := trial.why_moved(proposal, written)) is not None:
            return Verdict("undecided", why)
        verdict = Verdict("undecided", "nothing was made up for the placeholders")
        for number in range(len(trial.rounds)):
            try:
                one, other = trial.filled(self.query, number), trial.filled(proposal, number)
            except SqlError as error:
                return Verdict("undecided", f"with made-up values it cannot be read: {error}")
            verdict = self._judged(one, other, self.seconds / len(trial.rounds))
            if verdict.outcome != "no difference found":
                break
        many = len(trial.opened.slots)
        placeholders = "1 placeholder" if many == 1 else f"{many} placeholders"
        note = f"values were made up for {placeholders}, in {len(trial.rounds)} ways"
        # conditions that were made up decide what they decide
        notes = (n for n in verdict.notes if not n.startswith("never seen to decide"))
        return replace(verdict, notes=(*notes, note))

    def cost(self, proposal: exp.Query) -> Cost | None:
        if self.database is None or self.trial is not None or proposal.sql() == self.query.sql():
            return None  # with made-up values its time would say nothing
        return compare_all(self.database, self.query, [proposal], seconds=self.seconds)[0]


def refactor(
    text: str,
    *,
    schema: Schema,
    dialect: str,
    standards: Sequence[Standard] = (),
    database: Database | None = None,
    model: Model | None = None,
    instruction: str = "",
    samples: int = 1,
    seconds: float = 10.0,
    witnesses: int = 40,
    server: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Refactored:
    """The query made plainer, checked for no difference, and not slower beyond noise.

    Args:
        text: one read-only query of the dialect; its comments are kept where sqlglot keeps them.
            Placeholders for values, names of tables and conditions are put back as they were.
        schema: of the tables that it reads.
        dialect: of the text.
        standards: of the house: its layout and its aliases are used.
        database: where it is timed, if given.
        model: also asked, if given; its answer is taken where the rules change nothing.
        instruction: the user's words to the model.
        samples: how many answers the model gives.
        seconds: for one verdict, and for timing.
        witnesses: generated databases to try each proposal on.
        server: the database's URL, where temporary tables may be made to check proposals.
        say: told in a few words what is being done.

    Raises:
        SqlError: if the text is not one read-only query over the schema.
    """
    trial = None
    if (opened := open_placeholders(text, dialect)) is not None:
        trial = trial_of(opened, schema)
        query, schema = trial.query, trial.schema
    else:
        query = sql.read(text, dialect)
        sql.bind(query, schema, dialect)
    layout, steps = layout_of(standards), steps_for(standards)
    how = _Judge(query, schema, dialect, seconds, witnesses, server, database, trial)
    say("making it plainer")
    # a house that gives every table its alias wants them all
    house = frozenset(("unused-alias",) if any(s.checks.aliases for s in standards) else ())
    candidate, changes, given_up = _by_steps(how, steps, house, layout, say)
    candidates = [candidate] if candidate.text != text.strip().replace("\r\n", "\n") else []
    if model is not None and trial is None:
        say("asking the model")
        candidates += _by_model(how, model, instruction, samples, layout)
    survivors = [c for c in candidates if c.survives and not _is_slower(c.cost)]
    best = survivors[0] if survivors else None
    if best is candidate and not changes:  # only its layout is new: a model may have more to say
        best = next((c for c in survivors if c.source.startswith("model")), candidate)
    return Refactored(text, dialect, tuple(changes), tuple(candidates), best, tuple(given_up))


def _by_steps(
    how: _Judge,
    steps: Sequence[Step],
    left_out: frozenset[str],
    layout: Layout,
    say: Callable[[str], None],
) -> tuple[Candidate, list[Change], list[tuple[Change, str]]]:
    """All changes together where they survive; else those that do one after another."""
    made = list(changes_of(how.query, how.schema, steps, left_out, how.seconds))
    changed = made[-1][0] if made else how.query
    changes = [change for _, change in made]
    given_up: list[tuple[Change, str]] = []
    say("trying to refute it")
    verdict = how.verdict(changed)
    if verdict.outcome != "no difference found" and made:
        changed, verdict, changes, given_up = _one_by_one(how, steps, left_out, say)
    say("timing it")
    cost = how.cost(changed)
    if _is_slower(cost) and any(change.adds_cte for change in changes):
        assert cost is not None
        slow = frozenset(change.name for change in changes if change.adds_cte)
        why = f"with it the query is slower, {cost.ratio:.2g} times as fast"
        given_up += [(change, why) for change in changes if change.adds_cte]
        left_out |= slow | {change.name for change, _ in given_up}
        made = list(changes_of(how.query, how.schema, steps, left_out, how.seconds))
        changed, changes = (made[-1][0] if made else how.query), [change for _, change in made]
        verdict, cost = how.verdict(changed), how.cost(changed)
    text = formatted(without_new_comments(changed, how.query), how.dialect, layout)
    for comment in reversed(lost_comments(how.query, changed)):
        lines = comment.split("\n")
        text = "".join(f"-- {line.strip()}\n" for line in lines) + text
    source = "refactor" if changes else "layout"
    if how.trial is not None:
        if (moved := how.trial.why_moved(changed, text)) is not None:
            verdict = Verdict("undecided", moved)
        text = how.trial.opened.put_back(text)
    return Candidate(text, source, verdict, changed, cost=cost), changes, given_up


def _one_by_one(
    how: _Judge, steps: Sequence[Step], left_out: frozenset[str], say: Callable[[str], None]
) -> tuple[exp.Query, Verdict, list[Change], list[tuple[Change, str]]]:
    """The changes that survive, each tried on top of those before it."""
    current, verdict = how.query, how.verdict(how.query)
    kept: list[Change] = []
    given_up: list[tuple[Change, str]] = []
    while (made := next(changes_of(current, how.schema, steps, left_out), None)) is not None:
        changed, change = made
        say(f"trying to refute {change.name}")
        found = how.verdict(changed)
        if found.outcome == "no difference found":
            current, verdict = changed, found
            kept.append(change)
        else:
            left_out |= {change.name}
            given_up.append((change, f"{found.outcome}: {found.reason}"))
    return current, verdict, kept, given_up


def _is_slower(cost: Cost | None) -> bool:
    return cost is not None and cost.high < 1.0


def _by_model(
    how: _Judge, model: Model, instruction: str, samples: int, layout: Layout
) -> list[Candidate]:
    """The model's answers, each tried as a rule's rewrite is, and written in the house's layout."""
    asked = request(how.query, "refactor", instruction, (), how.schema, how.dialect, model.family)
    answers = rewrite.by_model(asked, how.schema, model, samples=samples)
    proposals = [answer for answer in answers if isinstance(answer, Proposal)]
    candidates = []
    for proposal in rewrite.distinct(proposals, how.query):
        found = examine(
            how.query,
            proposal,
            how.schema,
            how.dialect,
            seconds=how.seconds,
            witnesses=how.witnesses,
            server=how.server,
        )
        if found.survives and found.query is not None:
            text = formatted(found.query, how.dialect, layout)
            found = replace(found, text=text, cost=how.cost(found.query))
        candidates.append(found)
    for answer in answers:
        if isinstance(answer, Rejected):
            reason = f"the answer is no query over this schema: {answer.reason}"
            candidates.append(Candidate(answer.text, answer.source, Verdict("undecided", reason)))
    return candidates
