"""Instruction records made from a schema and past queries; each one was checked before it is kept.

A good query, past or invented, is brought into the team's style and made worse by known steps: the
record asks for the way back. Optimize and refactor records are kept only if no witness tells both
queries apart, so a wrong worsening becomes a figure here and not a wrong lesson. Questions are
invented together with their queries, and these are run on the database where there is one.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from random import Random

from sqlglot import exp

from sqlwright import sql
from sqlwright.analyze import analyze
from sqlwright.data.asking import record_for
from sqlwright.data.instructions import instruction
from sqlwright.data.invent import invent_query
from sqlwright.data.pairs import NO_FINDINGS, findings_text
from sqlwright.data.questions import Known, run_answer, told, with_passages
from sqlwright.data.records import Record, same_asked, template_of
from sqlwright.data.style import Style, apply_style, bare_names, foreign_style, read_style
from sqlwright.data.worsen import BREAKINGS, worsen
from sqlwright.database import Database
from sqlwright.errors import DataError, SqlError
from sqlwright.schema import Schema, write_ddl
from sqlwright.verify.judge import Verdict, judge

# of the tries: a question is hardly ever rejected, so it is more of the records, about 0.15
SHARES = {"optimize": 0.4, "refactor": 0.22, "fix": 0.13, "check": 0.13, "write": 0.12}
PAST_SHARE = 0.35  # of the records grow from a past query, the others from an invented one

CONTEXT_SHARE = 0.3  # of the records show passages, where there are any


@dataclass(frozen=True, slots=True)
class Built:
    """The records, and what became of the tries that are not among them."""

    records: tuple[Record, ...]
    tried: int
    rejected: dict[str, int]  # reason → how many
    refuted: dict[str, int]  # worsening → how many of its results a witness told apart
    unusable_past: int  # past queries that do not bind, or that a rule would rewrite
    seconds: float


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every record of one build grows from; goes to the worker processes once."""

    schema: Schema
    dialect: str
    style: Style
    past: tuple[str, ...]
    seed: int
    seconds: float
    witnesses: int
    longest: int
    values: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Rejected:
    reason: str
    worsenings: tuple[str, ...] = ()


def build(
    schema: Schema,
    past_queries: Sequence[str],
    *,
    dialect: str,
    count: int = 1000,
    seed: int = 0,
    seconds: float = 10.0,
    witnesses: int = 16,
    longest: int = 1200,
    workers: int | None = None,
    passages_for: Callable[[exp.Query], Sequence[str]] | None = None,
    known_for: Callable[[str], Known] | None = None,
    values: Mapping[str, Sequence[str]] | None = None,
    database: Database | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Built:
    """Make `count` records; the same seed makes the same ones, however many workers there are.

    Args:
        past_queries: texts of the team's queries; their style is learned, the good ones are used.
        seconds: bound for the check of one record.
        witnesses: databases on which each optimize and refactor record is tried.
        longest: letters of input and output together; a longer record is not kept.
        workers: processes; as many as there are cores if None.
        passages_for: what stands in the context of some of the records, given the query.
        known_for: what stands beside a question, given the question.
        values: known values of text columns, by `table.column` in lower case, to ask for.
        database: where the answers to questions are run, read-only.
        progress: told how many records there are, of how many.

    Raises:
        DataError: if the schema has no tables, or hardly any try makes a record.
    """
    started = time.monotonic()
    if not schema.tables:
        raise DataError("the schema has no tables: no record can be made of it")
    ground, unusable = _ground(schema, past_queries, dialect, seed, seconds, witnesses, longest)
    ground = replace(ground, values=values or {})
    records: dict[tuple[str, str, str], Record] = {}
    rejected: Counter[str] = Counter()
    refuted: Counter[str] = Counter()
    tried = 0
    with ProcessPoolExecutor(
        workers or os.cpu_count() or 1, get_context("spawn"), _set_ground, (ground,)
    ) as pool:
        while len(records) < count:
            if tried > 200 + 20 * count:
                reasons = ", ".join(f"{reason} {n}" for reason, n in rejected.most_common(3))
                raise DataError(f"{tried} tries made only {len(records)} records ({reasons})")
            wave = range(tried, tried + max(32, round(1.3 * (count - len(records)))))
            for made in pool.map(_make, wave, chunksize=8):
                if len(records) == count:
                    break
                tried += 1
                found = _run(made, database)
                if isinstance(found, _Rejected):
                    rejected[found.reason] += 1
                    refuted.update(found.worsenings if found.reason == "refuted" else ())
                elif records.setdefault(same_asked(found), found) is not found:
                    rejected["made before"] += 1
                if progress:
                    progress(len(records), count)
    kept = _with_context(tuple(records.values()), schema, passages_for, known_for, seed)
    took = time.monotonic() - started
    return Built(kept, tried, dict(rejected), dict(refuted), unusable, round(took, 2))


def _ground(
    schema: Schema,
    past_queries: Sequence[str],
    dialect: str,
    seed: int,
    seconds: float,
    witnesses: int,
    longest: int,
) -> tuple[_Ground, int]:
    """What records grow from, and how many past queries are no model to follow."""
    read: list[exp.Query] = []
    for text in past_queries:
        try:
            query = sql.read(text, dialect)
            sql.bind(query, schema, dialect)
        except SqlError:
            continue
        read.append(query)
    good = [sql.write(query, dialect) for query in read if _is_good(query, schema)]
    style = read_style(read, schema)
    ground = _Ground(schema, dialect, style, tuple(good), seed, seconds, witnesses, longest, {})
    return ground, len(past_queries) - len(good)


def _is_good(query: exp.Query, schema: Schema) -> bool:
    """Has no rule anything better to offer, or anything wrong to report? Style is no matter."""
    found = [item for item in analyze(query, schema) if item.severity != "style"]
    return not any(item.rewrite is not None or item.severity == "wrong" for item in found)


_GROUND: list[_Ground] = []  # one a worker process


def _set_ground(ground: _Ground) -> None:
    _GROUND[:] = [ground]


def _make(number: int) -> Record | _Rejected:
    """The record of that number, or why there is none."""
    ground = _GROUND[0]
    rng = Random(f"{ground.seed}:{number}")
    task = rng.choices(tuple(SHARES), weights=tuple(SHARES.values()))[0]
    if task == "write":
        return _make_write(ground, rng)
    from_past = bool(ground.past) and rng.random() < PAST_SHARE
    if from_past:
        good = sql.read(rng.choice(ground.past), ground.dialect)
    else:
        invented = invent_query(ground.schema, rng)
        good = apply_style(invented, ground.style, ground.schema)
        good = sql.read(sql.write(good, ground.dialect), ground.dialect)
        if len(sql.write(good, ground.dialect)) > ground.longest // 2:
            return _Rejected("too long")
        if not _is_good(good, ground.schema):
            return _Rejected("a rule would rewrite it")
    try:
        made = _MAKERS[task](good, ground, rng, number)
    except SqlError:
        return _Rejected("made worse, it does not bind")
    if isinstance(made, _Rejected):
        return made
    if len(made.input) + len(made.output) > ground.longest:
        return _Rejected("too long")
    # as `advise` shows them: the tables that the query names; a broken one cannot be asked
    shown = good if task == "fix" else sql.read(made.input, ground.dialect)
    tables = sql.tables_of(shown, ground.schema)
    return replace(
        made,
        instruction=instruction(task, rng.choice(("en", "ru")), rng),
        task=task,
        dialect=ground.dialect,
        schema=write_ddl(ground.schema, ground.dialect, tables),
        source=f"{'past query' if from_past else 'invented'}; {made.source}",
        template=template_of(sql.write(good, ground.dialect), ground.dialect),
    )


def _make_write(ground: _Ground, rng: Random) -> Record | _Rejected:
    """A question with its query; tables and passages beside it come later, from `told`."""
    made = record_for(ground.schema, rng, dialect=ground.dialect, values=ground.values)
    if made is None:
        return _Rejected("no question was found")
    if len(made.instruction) + len(made.output) > ground.longest:
        return _Rejected("too long")
    return made


def _run(made: Record | _Rejected, database: Database | None) -> Record | _Rejected:
    """An answer to a question as the database took it; anything else as it is."""
    if database is None or isinstance(made, _Rejected) or made.task != "write":
        return made
    return run_answer(made, database) or _Rejected("the database refuses it")


def _make_rewrite(
    good: exp.Query, ground: _Ground, rng: Random, number: int, steps: tuple[int, ...]
) -> Record | _Rejected:
    drifted = _drift(good, ground, rng)
    worse, names = worsen(drifted, ground.schema, rng, rng.choice(steps))
    text, answer = sql.write(worse, ground.dialect), sql.write(good, ground.dialect)
    if text == answer:
        return _Rejected("nothing was made worse")
    if len(text) + len(answer) > ground.longest:
        return _Rejected("too long")
    verdict = judge(
        sql.read(text, ground.dialect),
        good,
        ground.schema,
        ground.dialect,
        seconds=ground.seconds,
        witnesses=ground.witnesses,
        seed=number,
    )
    if verdict.outcome == "different":
        return _Rejected("refuted", names)
    if verdict.outcome == "undecided":
        return _Rejected("undecided", names)
    return Record(
        instruction="",
        input=text,
        output=answer,
        source=", ".join(names) or "another style",
        checked=_shown(verdict, ground.witnesses),
    )


def _shown(verdict: Verdict, wanted: int) -> str:
    """What the verdict rests on, in words that do not hang on how much time there was."""
    if verdict.witnesses == 0:
        return verdict.outcome
    many = f"{wanted} witnesses or more" if verdict.witnesses >= wanted else "a few witnesses"
    return f"{verdict.outcome} on {many}"


def _make_optimize(
    good: exp.Query, ground: _Ground, rng: Random, number: int
) -> Record | _Rejected:
    return _make_rewrite(good, ground, rng, number, (1, 1, 1, 2, 2, 3))


def _make_refactor(
    good: exp.Query, ground: _Ground, rng: Random, number: int
) -> Record | _Rejected:
    return _make_rewrite(good, ground, rng, number, (0, 0, 1, 1, 2))


def _make_fix(good: exp.Query, ground: _Ground, rng: Random, _: int) -> Record | _Rejected:
    """A broken text whose repair changes nothing else, the strange style included."""
    meant = _drift(good, ground, rng) if rng.random() < 0.4 else good
    answer = sql.write(meant, ground.dialect)
    sql.bind(sql.read(answer, ground.dialect), ground.schema, ground.dialect)
    breaking = rng.choice(BREAKINGS)
    broken = breaking(answer, meant, ground.schema, rng)
    if broken == answer:
        return _Rejected("nothing to break")
    try:
        sql.bind(sql.read(broken, ground.dialect), ground.schema, ground.dialect)
    except SqlError as error:
        source = breaking.__name__
        return Record("", broken, answer, source=source, checked=f"input fails: {error}")
    return _Rejected("the broken query still runs")


def _make_check(good: exp.Query, ground: _Ground, rng: Random, _: int) -> Record | _Rejected:
    query = good
    names: tuple[str, ...] = ("as it is",)
    if rng.random() < 0.75:
        query, names = worsen(_drift(good, ground, rng), ground.schema, rng, rng.choice((1, 2, 3)))
    text = sql.write(query, ground.dialect)
    answer = findings_text(sql.read(text, ground.dialect), ground.schema)
    if answer == NO_FINDINGS and names != ("as it is",):
        return _Rejected("no rule sees what is worse")
    return Record("", text, answer, source=", ".join(names), checked="by the rules themselves")


_MAKERS: dict[str, Callable[[exp.Query, _Ground, Random, int], Record | _Rejected]] = {
    "optimize": _make_optimize,
    "refactor": _make_refactor,
    "fix": _make_fix,
    "check": _make_check,
}


def _drift(good: exp.Query, ground: _Ground, rng: Random) -> exp.Query:
    """The query as somebody outside the house would have written it."""
    drawn = rng.random()
    if drawn < 0.2:
        return good
    if drawn < 0.45 and (bare := bare_names(good, ground.schema)) is not None:
        return bare
    return apply_style(good, foreign_style(ground.schema, rng), ground.schema)


def _with_context(
    records: tuple[Record, ...],
    schema: Schema,
    passages_for: Callable[[exp.Query], Sequence[str]] | None,
    known_for: Callable[[str], Known] | None,
    seed: int,
) -> tuple[Record, ...]:
    """The records, some with passages: a model must answer with them and without."""
    rng = Random(f"{seed}:context")
    found = []
    for record in records:
        if record.task == "write":
            record = told(record, schema, known_for, rng)
        elif passages_for is not None and rng.random() < CONTEXT_SHARE:
            text = record.output if record.task == "fix" else record.input
            record = with_passages(record, passages_for(sql.read(text, record.dialect)))
        found.append(record)
    return tuple(found)
