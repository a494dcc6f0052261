"""What is wrong with a set of records, before a training is spent on them.

Every fault names its record. What must be fixed before a training is a fault; what only should be
known, such as records that are alike, is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from sqlwright import sql
from sqlwright.data.encode import encode
from sqlwright.data.records import (
    Malformed,
    Record,
    language,
    read_schema,
    same_asked,
    template_or_text,
)
from sqlwright.data.refute import Refuted, refute
from sqlwright.data.split import crossing
from sqlwright.errors import SqlError
from sqlwright.schema import Schema
from sqlwright.verify.judge import Verdict

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one record; `number` counts from 1 in the order given."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What `check_records` found. Token figures are 0 when no tokenizer was given.

    Attributes:
        malformed: what is no record, by its line or row: `word` says which.
        alike: groups of records that differ in literals, layout or the instruction alone.
        judged: of records whose output was run against their input, what that showed; `undecided`
            ones could not be.
    """

    records: int
    word: str
    malformed: tuple[Malformed, ...]
    faults: tuple[Fault, ...]
    alike: tuple[tuple[int, ...], ...]
    judged: tuple[Fault, ...]
    undecided: tuple[Fault, ...]
    crossing: tuple[str, ...]  # templates that stand in the other set too
    too_long: tuple[int, ...]  # numbers of the records that do not fit the context
    limit: int
    median_tokens: int
    longest_tokens: int
    tasks: dict[str, int]
    languages: dict[str, int]

    @property
    def is_clean(self) -> bool:
        """Is there nothing that would have to be mended before a training?"""
        return self.records > 0 and not (
            self.malformed or self.faults or self.crossing or self.too_long
        )


def check_records(
    records: Sequence[Record],
    *,
    malformed: Sequence[Malformed] = (),
    word: str = "line",
    other: Sequence[Record] = (),
    schema: Schema | None = None,
    tokenizer: Any = None,
    family: str = "mini",
    limit: int = 1024,
    verify: str = "none",
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Report:
    """Look at each record and at the set.

    Args:
        malformed: lines that `scan_records` could not read, to be reported with the rest.
        word: what their numbers count, "line" or "row".
        other: the other side of a split, with which no query template may be shared.
        schema: binds outputs of records that carry no schema of their own.
        tokenizer: counts tokens against `limit`; without it lengths are not looked at.
        verify: whose outputs are run against their inputs: of "all" rewrites, of those that are
            "unchecked" yet, or of "none".
        workers: processes that run them.
        progress: told how many of these are done, of how many.
    """
    lengths = [len(encode(r, tokenizer, family).ids) for r in records] if tokenizer else []
    faults = [
        Fault(number, reason)
        for number, record in enumerate(records, start=1)
        for reason in _faults(record, schema)
    ]
    faulty = {fault.number for fault in faults}
    asked = [
        (number, record)
        for number, record in enumerate(records, start=1)
        if number not in faulty and _is_to_run(record, verify)
    ]
    judged = list(refute(asked, schema, workers=workers, progress=progress))
    faults += [*_refuted(judged), *_duplicates(records)]
    return Report(
        records=len(records),
        word=word,
        malformed=tuple(malformed),
        faults=tuple(sorted(faults, key=lambda fault: fault.number)),
        alike=tuple(_alike(records)),
        judged=tuple(Fault(item.number, _shown(item.verdict)) for item in judged),
        undecided=tuple(_undecided(judged)),
        crossing=tuple(sorted(crossing(records, other))) if other else (),
        too_long=tuple(number for number, n in enumerate(lengths, start=1) if n > limit),
        limit=limit,
        median_tokens=round(median(lengths)) if lengths else 0,
        longest_tokens=max(lengths, default=0),
        tasks=dict(Counter(record.task for record in records)),
        languages=dict(Counter(language(record.instruction) for record in records)),
    )


def table(report: Report, shown: int = 10) -> Table:
    """The report for the terminal, with the first `shown` faults of each kind."""
    from rich.table import Table

    found = Table("what", "how many", "which", title=f"{report.records} records")
    lines = [f"{report.word} {item.line}: {item.reason}" for item in report.malformed]
    faults = [f"record {fault.number}: {fault.reason}" for fault in report.faults]
    alike = [f"records {', '.join(map(str, group))}" for group in report.alike]
    undecided = [f"record {fault.number}: {fault.reason}" for fault in report.undecided]
    too_long = [f"record {number}" for number in report.too_long]
    for what, items in (
        (f"malformed {report.word}s", lines),
        ("faults", faults),
        ("alike but for literals", alike),
        ("undecided", undecided),
        ("templates in both sets", list(report.crossing)),
        (f"longer than {report.limit} tokens", too_long),
    ):
        if not items and what not in ("faults", f"malformed {report.word}s"):
            continue
        more = [f"and {len(items) - shown} more"] if len(items) > shown else []
        found.add_row(what, str(len(items)), "\n".join([*items[:shown], *more]))
    found.add_row("tasks", str(len(report.tasks)), _balance(report.tasks))
    found.add_row("languages", str(len(report.languages)), _balance(report.languages))
    if report.judged:
        refuted = sum(item.reason == "different" for item in report.judged)
        found.add_row("outputs run", str(len(report.judged)), f"{refuted} refuted")
    if report.longest_tokens:
        middle, longest = report.median_tokens, report.longest_tokens
        found.add_row("tokens", "", f"median {middle}, longest {longest}")
    return found


def _balance(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _is_to_run(record: Record, verify: str) -> bool:
    return verify == "all" or (verify == "unchecked" and not record.checked)


def _duplicates(records: Sequence[Record]) -> Iterator[Fault]:
    first: dict[tuple[str, str, str], int] = {}
    for number, record in enumerate(records, start=1):
        key = same_asked(record)
        if first.setdefault(key, number) != number:
            same = "question and answer" if record.task == "write" else "input and output"
            yield Fault(number, f"{same} are those of record {first[key]}")


def _alike(records: Sequence[Record]) -> list[tuple[int, ...]]:
    """Groups of records that ask the same and answer the same up to literals and layout.

    A few of them teach a model that literals do not matter; many only weigh one query more.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, record in enumerate(records, start=1):
        groups.setdefault(_outline(record), []).append(number)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _outline(record: Record) -> tuple[str, ...]:
    """What is asked and what is answered, without literals."""
    answer = template_or_text(record.output, record.dialect)
    if record.task == "write":
        return record.task, _question_outline(record), answer
    return record.task, template_or_text(record.input, record.dialect), answer


def _question_outline(record: Record) -> str:
    """A question's words without its figures and without the texts that its answer looks for."""
    question = record.instruction.lower()
    try:
        query = sql.read(record.output, record.dialect)
    except SqlError:
        return " ".join(question.split())
    texts = {literal.name.strip("%").lower() for literal in query.find_all(exp.Literal)}
    for text in sorted(texts - {""}, key=len, reverse=True):
        question = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", "?", question)
    return " ".join(re.findall(r"[^\W\d]+|\?", re.sub(r"\d[\d.,]*", "?", question)))


def _shown(verdict: Verdict) -> str:
    if verdict.outcome == "no difference found" and verdict.witnesses:
        return f"{verdict.outcome} on {verdict.witnesses} witnesses"
    return verdict.outcome


def _undecided(judged: Sequence[Refuted]) -> Iterator[Fault]:
    for item in judged:
        if item.verdict.outcome == "undecided":
            yield Fault(item.number, item.verdict.reason)


def _refuted(judged: Sequence[Refuted]) -> Iterator[Fault]:
    for item in judged:
        if item.verdict.outcome == "different":
            yield Fault(item.number, f"output is refuted: {item.verdict.reason}")


def _faults(record: Record, schema: Schema | None) -> Iterator[str]:
    for name in ("instruction", "input", "output"):
        is_needed = name != "input" or record.task != "write"
        if is_needed and not getattr(record, name).strip():
            yield f"{name} is empty"
    if record.task == "check" or not record.output.strip():
        return
    if record.input.split() == record.output.split():
        yield "output equals input"
    try:
        query = sql.read(record.output, record.dialect)
        known = read_schema(record.schema, record.dialect) if record.schema.strip() else schema
    except SqlError as error:
        yield f"output or schema does not parse: {error}"
        return
    if known is not None:
        try:
            sql.bind(query, known, record.dialect)
        except SqlError as error:
            yield f"output does not bind: {error}"
