"""The verdict: does an honest attempt to tell two queries apart succeed?

`no difference found` is not a proof. It says that both queries returned the same rows on a number
of small databases made to tell them apart; the reason says on how many, and on which engine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from typing import Any, Literal

from sqlglot import exp

from sqlwright import sql
from sqlwright.errors import DatabaseError, QueryTimeout
from sqlwright.schema import Schema, Table
from sqlwright.verify.checks import read_checks
from sqlwright.verify.compare import QUERY_SECONDS, Comparison
from sqlwright.verify.counterexample import Counterexample, describe
from sqlwright.verify.prepare import Pair, prepare_pair
from sqlwright.verify.scaled import MOST_ROWS, grown, scale
from sqlwright.verify.scratch import ENGINES, Scratch, open_scratch
from sqlwright.verify.scratch_servers import open_server_scratch
from sqlwright.verify.search import WHOLE, Search
from sqlwright.verify.shortcuts import Shown, show_same
from sqlwright.verify.shrink import shrink
from sqlwright.verify.survey import Difference, Limits, Survey
from sqlwright.verify.witness import Witness

Outcome = Literal["different", "no difference found", "undecided"]

_NAMES = {"sqlite": "SQLite", "duckdb": "DuckDB", "postgres": "PostgreSQL", "mysql": "MySQL"}
_SHRINK_SECONDS = 2.0
_MOST_ROWS_SHRUNK = 50_000
_WITNESSES_OF_A_STEP = 8
_SCALED_SHARE = 0.4  # of the time, for the pair with small counts
_GROWN = 3  # witnesses on which it does not differ
_ROWS_OF_A_QUICK_CHECK = 2_000
_FEWEST_ANSWERED = 8  # where queries fail on most databases, so many must have told something


@dataclass(frozen=True, slots=True)
class Verdict:
    """What trying to refute a rewrite showed.

    Attributes:
        outcome: `different`, `no difference found` (never a proof) or `undecided`.
        reason: one sentence that says on what the outcome rests.
        witnesses: databases on which the original returned rows.
        counterexample: the smallest witness found on which they differ.
        shown_by: the named, sound step that shows more than running can, or None: then
            `no difference found` means only that nothing was found.
        notes: what a reader should know besides: other names of columns, an engine in another's
            place, a constraint that was not kept.
        tried: databases on which both queries ran.
    """

    outcome: Outcome
    reason: str
    witnesses: int = 0
    counterexample: Counterexample | None = None
    shown_by: str | None = None
    notes: tuple[str, ...] = ()
    tried: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON types."""
        example = self.counterexample.as_dict() if self.counterexample else None
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "witnesses": self.witnesses,
            "counterexample": example,
            "shown_by": self.shown_by,
            "notes": list(self.notes),
            "tried": self.tried,
        }


def judge(
    original: exp.Query,
    proposal: exp.Query,
    schema: Schema,
    dialect: str,
    *,
    seconds: float = 10.0,
    witnesses: int = 40,
    seed: int = 0,
    rounds: int = 1,
    server: str | None = None,
) -> Verdict:
    """Try to refute that both queries mean the same, by running both on generated databases.

    Args:
        seconds: stop looking after so many seconds of wall time; most pairs take a tenth of them,
            and given more, each way of looking gets more.
        witnesses: how many databases to generate; some ten times as many are looked at around them.
        seed: the same seed tries the same databases.
        rounds: how often to look, each time with the next seed and as many seconds, until the
            queries differ.
        server: URL of the user's own server: what tells most is put to it, in temporary tables that
            nobody else sees (`scratch_servers`); where none may be made, to an engine in memory.

    Raises:
        BindError: if either query names what the schema does not have.
    """
    stop = time.monotonic() + seconds
    bound, pair = prepare_pair(original, proposal, schema, dialect)
    if bound.original == bound.proposal:
        step = "the queries are the same once names are bound"
        return Verdict("no difference found", step, shown_by=step, notes=pair.notes)
    found = (*sql.tables_of(pair.original, schema), *sql.tables_of(pair.proposal, schema))
    tables = tuple(dict.fromkeys(found))
    shown = show_same(bound, tables, schema)
    if shown.step is not None:  # a step may have a mistake: a few databases are tried all the same
        witnesses = min(witnesses, _WITNESSES_OF_A_STEP)
    checks = [read_checks(table, dialect) for table in tables]
    for check in checks:
        if (reason := check.why_contradictory()) is not None:
            return Verdict("undecided", reason, notes=pair.notes)
    notes = [f"not kept by the databases: CHECK ({text})" for c in checks for text in c.unkept]
    limits = Limits(witnesses, seed, stop, seconds, shown.step is None, 1 if shown.step else rounds)
    verdict = _run(pair, tables, schema, limits, server)
    verdict = _with_steps(verdict, shown)
    return replace(verdict, notes=(*pair.notes, *verdict.notes, *notes))


def _with_steps(verdict: Verdict, shown: Shown) -> Verdict:
    """The verdict with what was shown without running; a counterexample outweighs it."""
    if verdict.outcome == "different":
        return verdict
    if shown.step is not None:
        tried = f"; {verdict.reason}" if verdict.outcome == "no difference found" else ""
        reason = f"shown by {shown.step}{tried}"
        return replace(verdict, outcome="no difference found", reason=reason, shown_by=shown.step)
    if shown.empty and verdict.outcome == "undecided":
        return replace(verdict, reason=f"{shown.empty}; {verdict.reason}")
    return verdict


def _run(
    pair: Pair, tables: Sequence[Table], schema: Schema, limits: Limits, server: str | None
) -> Verdict:
    """The verdict of the first engine that can run both queries, the truest first."""
    refusals: list[str] = []
    openers: list[Callable[[], Scratch]] = [
        partial(open_scratch, engine, tables, pair.dialect) for engine in ENGINES[pair.dialect]
    ]
    if server is not None:
        openers.insert(0, partial(open_server_scratch, server, tables, pair.dialect))
    notes: tuple[str, ...] = ()
    for opener in openers:
        try:
            opened = opener()
        except DatabaseError as error:
            notes = (f"no temporary tables on the server ({error}): judged in memory",)
            continue
        with closing(opened) as scratch:
            truth = _comparison(pair, scratch, tables, schema, refusals)
            if truth is None:
                continue
            if scratch.dialect == "sqlite":
                verdict = _search(truth, None, tables, schema, limits)
            else:
                with closing(open_scratch("sqlite", tables, pair.dialect)) as faster:
                    fast = _comparison(pair, faster, tables, schema, [])
                    verdict = _search(truth, fast, tables, schema, limits)
            return replace(verdict, notes=(*verdict.notes, *notes))
    return Verdict("undecided", refusals[0], notes=notes)  # of the truest engine


def _comparison(
    pair: Pair, scratch: Scratch, tables: Sequence[Table], schema: Schema, refusals: list[str]
) -> Comparison | None:
    """Both queries on the engine, or None and one refusal more where it cannot run them."""
    scratch.load(Witness(tuple(tables), ((),) * len(tables)))
    try:
        comparison = Comparison(pair, scratch, schema)
    except DatabaseError as error:
        refusals.append(f"a query does not run on {scratch.name}: {error}")
        return None
    for name, text in zip(("original", "proposed"), comparison.texts, strict=True):
        try:
            scratch.run(text, QUERY_SECONDS)
        except (DatabaseError, QueryTimeout) as error:
            refusals.append(f"the {name} query does not run on {scratch.name}: {error}")
            return None
    return comparison


def _search(
    truth: Comparison,
    fast: Comparison | None,
    tables: Sequence[Table],
    schema: Schema,
    limits: Limits,
) -> Verdict:
    survey = None
    for number in range(limits.rounds):
        if number:
            stop = time.monotonic() + limits.seconds
            limits = replace(limits, seed=limits.seed + 1, stop=stop)
        search = Search(tables, schema, truth, fast, limits)
        found = search.run(_grown(truth, fast, tables, schema, limits))
        survey = search.survey if survey is None else survey.and_then(search.survey)
        if found is not None:
            return _different(found, survey)
    assert survey is not None
    return _not_different(survey, truth, fast)


def _grown(
    truth: Comparison,
    fast: Comparison | None,
    tables: Sequence[Table],
    schema: Schema,
    limits: Limits,
) -> Iterator[Witness]:
    """Databases as large as the pair's counts, from small ones where the scaled pair differs."""
    scaled = scale(truth.pair) if limits.reach else None
    if scaled is None:
        return
    main, beside = (c and Comparison(scaled.pair, c.scratch, schema) for c in (truth, fast))
    assert main is not None
    stop = min(limits.stop, time.monotonic() + _SCALED_SHARE * limits.seconds)
    search = Search(tables, schema, main, beside, replace(limits, stop=stop))
    found = search.look()
    most = MOST_ROWS if limits.witnesses >= WHOLE else _ROWS_OF_A_QUICK_CHECK
    if found is not None:
        still = partial(_differs, found.comparison)
        small = shrink(found.witness, still, _SHRINK_SECONDS / 4)
        for witness in (small, found.witness):
            yield from grown(search.near, witness, scaled, most)
    every = (grown(search.near, witness, scaled, most) for witness in search.plain[:_GROWN])
    yield from islice(chain.from_iterable(every), 2 * _GROWN)


def _different(found: Difference, survey: Survey) -> Verdict:
    """The verdict with its counterexample, as small as it can be made."""
    compare, scratch = found.comparison, found.comparison.scratch
    pair = compare.pair
    small = found.witness
    if small.count() <= _MOST_ROWS_SHRUNK:  # or else one step of it takes a second
        small = shrink(small, partial(_differs, compare), _SHRINK_SECONDS, pair.both())
    scratch.load(small)
    how = compare(time.monotonic() + QUERY_SECONDS) or found.how
    example = describe(small, *pair.both(), compare.rows, _where(compare), pair.dialect)
    unknown = scratch.opaque
    if unknown:
        reason = f"they differ where {', '.join(unknown)} is taken for any function: {how}"
        return Verdict("undecided", reason, survey.answered)
    reason = f"{how}, on a database of {small.count()} rows"
    return Verdict("different", reason, survey.answered, example)


def _differs(compare: Comparison, witness: Witness) -> bool:
    if not _passes_checks(witness, compare.pair.dialect):
        return False
    try:
        compare.scratch.load(witness)
        return (
            compare(time.monotonic() + QUERY_SECONDS) is not None and compare.why_chance() is None
        )
    except (QueryTimeout, DatabaseError):
        return False


def _passes_checks(witness: Witness, dialect: str) -> bool:
    for table, rows in zip(witness.tables, witness.rows, strict=True):
        if table.checks:
            checks, names = read_checks(table, dialect), [c.name.lower() for c in table.columns]
            if not all(checks.allows(dict(zip(names, row, strict=True))) for row in rows):
                return False
    return True


def _not_different(survey: Survey, truth: Comparison, fast: Comparison | None) -> Verdict:
    where = f" on {_where(truth)}"
    good = survey.tried - survey.slow - survey.failed
    if survey.slow and not good and not survey.failed:
        return Verdict("undecided", f"neither query finishes in {QUERY_SECONDS:g} s{where}")
    if not good or (survey.failed > good and survey.answered < _FEWEST_ANSWERED):
        return Verdict("undecided", f"a query fails{where} on a witness: {survey.error}")
    if survey.chance:
        reason = f"the results differ{where}, but {survey.chance}"
        return Verdict("undecided", reason, survey.answered, tried=good)
    if not survey.answered:
        reason = f"the original returned no row in {good} generated databases{where}"
        return Verdict("undecided", reason, tried=good)
    if fast is not None:
        where = f" on SQLite, and in {survey.confirmed} of them{where}"
    counts = f"the original returned rows in {survey.answered} of them"
    reason = f"same rows in {good} generated databases{where}; {counts}{_coverage(survey)}"
    notes = tuple(_notes(survey, truth))
    return Verdict("no difference found", reason, survey.answered, notes=notes, tried=good)


def _coverage(survey: Survey) -> str:
    if not survey.conditions:
        return ""
    if not survey.undecisive:
        return f", each of its {survey.conditions} conditions decided a result"
    decided = survey.conditions - len(survey.undecisive)
    return f", {decided} of its {survey.conditions} conditions decided a result"


def _notes(survey: Survey, truth: Comparison) -> Iterator[str]:
    if survey.undecisive:
        shown = "; ".join(survey.undecisive[:3])
        more = f" and {len(survey.undecisive) - 3} more" if len(survey.undecisive) > 3 else ""
        yield f"never seen to decide a result: {shown}{more}"
    if truth.scratch.opaque:
        names = ", ".join(truth.scratch.opaque)
        yield f"{truth.scratch.name} does not have {names}: taken for any function there may be"


def _where(comparison: Comparison) -> str:
    scratch, dialect = comparison.scratch, comparison.pair.dialect
    own = scratch.dialect == dialect
    return scratch.name if own else f"{scratch.name} in place of {_NAMES[dialect]}"
