"""How good a model's answers to records are: rates with intervals, each judged by execution.

Answers are made in batches and then judged one by one as `advise` judges a proposal. The rates say
what they count and no more: `no difference` is what no witness refuted, not what is proven.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from sqlwright import sql
from sqlwright.advise import Candidate, examine, timed
from sqlwright.analyze import RULES, name_of
from sqlwright.curve import new_figure
from sqlwright.data.records import Record, digest, language, read_schema, request
from sqlwright.database import Database
from sqlwright.errors import SqlError, SqlwrightError
from sqlwright.model import Model
from sqlwright.prompt import Request, answer_of, render, stop
from sqlwright.rates import Difference, Rate, difference, rate
from sqlwright.restricted import Names
from sqlwright.rewrite import Rejected, is_restricted, names_for, read_answer
from sqlwright.schema import Schema
from sqlwright.verify.judge import Verdict

if TYPE_CHECKING:
    from rich.table import Table

RATES = {
    "parses": "the answer is one read-only query, or names rules that there are",
    "binds": "and every name in it is in the schema",
    "no difference": "and no witness told it from the query asked about; of fix and write, from the"
    " record's answer",
    "rewritten": "and it is not the query asked about over again",
    "exact": "it is the answer of the record, up to layout",
    "faster": "no difference, and faster on the database beyond the spread of its times",
}

_WRITTEN_TOKENS = 300  # of an answer to a question: as `ask` gives it
# tasks without a query that runs: the record's answer stands for what was meant
_MEANT = ("fix", "write")
_SURVIVED = Verdict("no difference found", "judged before it is timed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record's answer; None where a rate does not apply to its task."""

    number: int  # of the record, from 1
    task: str
    language: str
    answer: str
    parses: bool
    binds: bool | None = None
    no_difference: bool | None = None
    rewritten: bool | None = None
    exact: bool = False
    faster: bool | None = None
    ratio: float | None = None  # time of the original / time of the answer
    reason: str = ""  # why it failed, or what the verdict says

    def rate(self, name: str) -> bool | None:
        """This record's part in the rate of that name."""
        value: bool | None = getattr(self, name.replace(" ", "_"))
        return value


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A model's answers to a set of records, judged."""

    model: str
    outcomes: tuple[Outcome, ...]
    records_digest: str
    generating_seconds: float
    judging_seconds: float
    witnesses: int
    seed: int
    commit: str
    machine: str

    def rates(self, keep: Callable[[Outcome], bool] = lambda _: True) -> dict[str, Rate]:
        """Every rate over the outcomes that `keep` lets through."""
        kept = [outcome for outcome in self.outcomes if keep(outcome)]
        return {name: rate([outcome.rate(name) for outcome in kept]) for name in RATES}

    def groups(self) -> dict[str, dict[str, Rate]]:
        """The rates over all records, of each task and of each language."""
        found = {"all": self.rates()}
        for task in sorted({outcome.task for outcome in self.outcomes}):
            found[task] = self.rates(lambda outcome, task=task: outcome.task == task)  # type: ignore[misc]
        for tongue in sorted({outcome.language for outcome in self.outcomes}):
            found[tongue] = self.rates(lambda outcome, tongue=tongue: outcome.language == tongue)  # type: ignore[misc]
        return found


def evaluate(
    records: Sequence[Record],
    model: Model,
    *,
    name: str,
    database: Database | None = None,
    seconds: float = 3.0,
    witnesses: int = 24,
    most_timed: int = 20,
    timing_seconds: float = 1.0,
    seed: int = 0,
    workers: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Evaluation:
    """Let the model answer every record and judge the answers.

    Args:
        name: what tables and files call the model.
        database: where answers that survive are timed; without it `faster` is not measured.
        seconds: bound for one verdict.
        most_timed: of so many optimize records, the first, surviving rewrites are timed.
        timing_seconds: about how long one of them is timed.
        workers: processes that judge; as many as there are cores if None. Timing is alone.
        progress: told what is done ("answering", "judging", "timing"), how many, of how many.
    """
    tell = progress or (lambda what, done, of: None)
    started = time.monotonic()
    answers = _answer(records, model, tell)
    answered = time.monotonic()
    schema = database.schema if database else None
    judging = partial(_judge_one, schema=schema, seconds=seconds, witnesses=witnesses, seed=seed)
    jobs = [
        (number, record, answer)
        for number, (record, answer) in enumerate(zip(records, answers, strict=True), start=1)
    ]
    outcomes = []
    for outcome in _spread(judging, jobs, workers):
        outcomes.append(outcome)
        tell("judging", len(outcomes), len(jobs))
    if database:
        outcomes = _time(outcomes, records, database, timing_seconds, most_timed, tell)
    return Evaluation(
        model=name,
        outcomes=tuple(outcomes),
        records_digest=digest(records),
        generating_seconds=round(answered - started, 2),
        judging_seconds=round(time.monotonic() - answered, 2),
        witnesses=witnesses,
        seed=seed,
        commit=_commit(),
        machine=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    )


def compare(one: Evaluation, other: Evaluation, *, seed: int = 0) -> list[Difference]:
    """How `other` differs from `one`, rate by rate, on the records where both have the rate."""
    found = []
    for name in RATES:
        pairs = [
            (a, b)
            for x, y in zip(one.outcomes, other.outcomes, strict=True)
            if (a := x.rate(name)) is not None and (b := y.rate(name)) is not None
        ]
        if pairs:
            found.append(difference(name, pairs, seed=seed))
    return found


def table(evaluations: Sequence[Evaluation], by: bool = False) -> Table:
    """The rates for the terminal, one row a model; by task and language too if `by`."""
    from rich.table import Table

    names = [name for name in RATES if any(e.rates()[name].of for e in evaluations)]
    found = Table("model", *(["records"] if by else []), *names)
    for evaluation in evaluations:
        groups = evaluation.groups() if by else {"all": evaluation.rates()}
        for group, rates in groups.items():
            found.add_row(
                evaluation.model, *([group] if by else []), *(str(rates[n]) for n in names)
            )
    return found


def difference_table(differences: Sequence[Difference]) -> Table:
    """The comparison of two models for the terminal."""
    from rich.table import Table

    found = Table("rate", "one", "other", "other - one, 95 % interval", "McNemar p", "so other is")
    for item in differences:
        interval = f"{item.difference:+.0%} [{item.low:+.0%}, {item.high:+.0%}]"
        chance = f"{item.chance:.4f}"
        found.add_row(item.rate, str(item.one), str(item.other), interval, chance, item.verdict)
    return found


def as_json(evaluations: Sequence[Evaluation], differences: Sequence[Difference] = ()) -> str:
    """Everything that was measured, record by record, as JSON text."""
    found = {
        "rates": RATES,
        "evaluations": [
            {
                **{name: value for name, value in asdict(e).items() if name != "outcomes"},
                "groups": {
                    group: {
                        name: asdict(r) | {"share": r.share} for name, r in rates.items() if r.of
                    }
                    for group, rates in e.groups().items()
                },
                "outcomes": [asdict(outcome) for outcome in e.outcomes],
            }
            for e in evaluations
        ],
        "differences": [asdict(item) | {"verdict": item.verdict} for item in differences],
    }
    return json.dumps(found, ensure_ascii=False, indent=1)


def draw_rates(evaluations: Sequence[Evaluation], picture: Path) -> None:
    """The rates as points with their intervals, models side by side."""
    names = [name for name in RATES if any(e.rates()[name].of for e in evaluations)]
    figure = new_figure(7, 4)
    axes = figure.add_subplot()
    for place, evaluation in enumerate(evaluations):
        rates = [evaluation.rates()[name] for name in names]
        x = [index + 0.2 * (place - (len(evaluations) - 1) / 2) for index in range(len(names))]
        below = [max(0.0, r.share - r.low) for r in rates]
        above = [max(0.0, r.high - r.share) for r in rates]
        shares = [r.share for r in rates]
        axes.errorbar(x, shares, [below, above], fmt="o", capsize=4, label=evaluation.model)
    axes.set_xticks(range(len(names)), names)
    axes.set_ylim(-0.02, 1.02)
    axes.set_ylabel("share of records, 95 % interval")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(picture, dpi=120)


def _answer(
    records: Sequence[Record], model: Model, tell: Callable[[str, int, int], None]
) -> list[str]:
    """One greedy answer a record; those of like length go through the model together."""
    asked = [request(record, model.family) for record in records]
    prompts = [render(one, model.family) for one in asked]
    lengths = [model.count_tokens(prompt) for prompt in prompts]
    room = [_room(record, model) for record in records]
    answers = [""] * len(records)
    order = sorted(range(len(records)), key=lambda place: (room[place], lengths[place]))
    for start in range(0, len(order), 16):
        group = [p for p in order[start : start + 16] if lengths[p] < model.context_tokens]
        longest = max((room[place] for place in group), default=0)
        texts, ends = [prompts[p] for p in group], stop(model.family)
        if is_restricted(model):
            names = [_names(records[p], asked[p]) for p in group]
            found = model.complete(texts, longest, stop=ends, names=names)
        else:
            found = model.complete(texts, max_new_tokens=longest, stop=ends)
        for place, completions in zip(group, found, strict=True):
            answers[place] = answer_of(completions[0], model.family)
        tell("answering", min(start + 16, len(order)), len(order))
    return answers


def _names(record: Record, asked: Request) -> Names | None:
    """What the answer may name, as where `advise` asks; rules are named by `check`."""
    if record.task == "check" or not record.schema.strip():
        return None
    return names_for(asked, read_schema(record.schema, record.dialect))


def _room(record: Record, model: Model) -> int:
    """The most tokens of an answer: what runs on past that is cut, and does not parse."""
    if record.task == "write":
        return _WRITTEN_TOKENS
    return 2 * model.count_tokens(record.input) + 48  # it is about as long as its query


def _judge_one(
    job: tuple[int, Record, str],
    *,
    schema: Schema | None,
    seconds: float,
    witnesses: int,
    seed: int,
) -> Outcome:
    number, record, answer = job
    start: Callable[..., Outcome] = partial(
        Outcome,
        number=number,
        task=record.task,
        language=language(record.instruction),
        answer=answer,
    )
    if record.task == "check":
        return _judge_check(start, record, answer)
    schema = schema or read_schema(record.schema, record.dialect)
    is_rewrite = record.task not in _MEANT
    # what an answer that is no query counts as in the rates above binding
    missed = {"no_difference": False, "rewritten": False if is_rewrite else None}
    try:
        sql.read(answer, record.dialect)
    except SqlError as error:
        return start(parses=False, binds=False, **missed, reason=str(error))
    proposal = read_answer(answer, "model", schema, record.dialect)
    if isinstance(proposal, Rejected):
        return start(parses=True, binds=False, **missed, reason=proposal.reason)
    bound = sql.bind(proposal.query, schema, record.dialect)
    wanted = sql.bind(sql.read(record.output, record.dialect), schema, record.dialect)
    original = sql.read(record.input if is_rewrite else record.output, record.dialect)
    candidate = examine(
        original,
        proposal,
        schema,
        record.dialect,
        seconds=seconds,
        witnesses=witnesses,
        seed=seed,
    )
    again = sql.bind(original, schema, record.dialect) == bound
    return start(
        parses=True,
        binds=True,
        no_difference=candidate.survives,
        rewritten=candidate.survives and not again if is_rewrite else None,
        exact=sql.write(bound, record.dialect) == sql.write(wanted, record.dialect),
        reason=f"{candidate.verdict.outcome}: {candidate.verdict.reason}",
    )


def _judge_check(start: Callable[..., Outcome], record: Record, answer: str) -> Outcome:
    known = {name_of(rule) for rule in RULES} | {"no findings"}
    said = {line.strip() for line in answer.splitlines() if line.strip()}
    wanted = {line.strip() for line in record.output.splitlines() if line.strip()}
    unknown = sorted(said - known)
    reason = f"no rule is named {unknown[0][:60]}" if unknown else ""
    return start(parses=bool(said) and not unknown, exact=said == wanted, reason=reason)


def _time(
    outcomes: Sequence[Outcome],
    records: Sequence[Record],
    database: Database,
    seconds: float,
    most: int,
    tell: Callable[[str, int, int], None],
) -> list[Outcome]:
    """The outcomes with times for the first `most` optimize records, with nothing else running."""
    found = list(outcomes)
    asked = [place for place, record in enumerate(records) if record.task == "optimize"][:most]
    for done, place in enumerate(asked, start=1):
        tell("timing", done, len(asked))
        outcome, record = found[place], records[place]
        if not outcome.rewritten:
            found[place] = replace(outcome, faster=False)
        else:
            original = sql.read(record.input, record.dialect)
            proposal = sql.read(outcome.answer, record.dialect)
            survivor = Candidate(outcome.answer, "model", _SURVIVED, proposal)
            try:
                cost = timed(database, original, [survivor], seconds)[0].cost
            except SqlwrightError as error:
                found[place] = replace(outcome, faster=False, reason=str(error))
                continue
            if cost:
                found[place] = replace(outcome, faster=cost.faster, ratio=cost.ratio)
    return found


def _spread(
    work: Callable[[tuple[int, Record, str]], Outcome],
    jobs: Sequence[tuple[int, Record, str]],
    workers: int | None,
) -> Iterator[Outcome]:
    """The outcome of each job, in order, from as many processes as there are workers."""
    workers = workers or os.cpu_count() or 1
    if workers == 1 or len(jobs) < 8:
        yield from map(work, jobs)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, jobs, chunksize=4)


def _commit() -> str:
    """The commit of the checkout that this runs from, or ''."""
    here = Path(__file__).parent
    command = ["git", "-C", str(here), "rev-parse", "--short=12", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
