"""What is wrong with a set of records, before a training is spent on them.

Every fault names its record. It does not execute anything: `data build` did that when it made them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlwright import sql
from sqlwright.data.encode import encode
from sqlwright.data.records import Malformed, Record, language, read_schema
from sqlwright.data.split import crossing
from sqlwright.errors import SqlError
from sqlwright.schema import Schema

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one record; `number` counts from 1 in the order given."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What `check_records` found. Token figures are 0 when no tokenizer was given."""

    records: int
    malformed: tuple[Malformed, ...]
    faults: tuple[Fault, ...]
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
    other: Sequence[Record] = (),
    schema: Schema | None = None,
    tokenizer: Any = None,
    family: str = "mini",
    limit: int = 1024,
) -> Report:
    """Look at each record and at the set.

    Args:
        malformed: lines that `scan_records` could not read, to be reported with the rest.
        other: the other side of a split, with which no query template may be shared.
        schema: binds outputs of records that carry no schema of their own.
        tokenizer: counts tokens against `limit`; without it lengths are not looked at.
    """
    lengths = [len(encode(r, tokenizer, family).ids) for r in records] if tokenizer else []
    faults = [
        Fault(number, reason)
        for number, record in enumerate(records, start=1)
        for reason in _faults(record, schema)
    ]
    return Report(
        records=len(records),
        malformed=tuple(malformed),
        faults=tuple(sorted([*faults, *_duplicates(records)], key=lambda fault: fault.number)),
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
    lines = [f"line {item.line}: {item.reason}" for item in report.malformed]
    faults = [f"record {fault.number}: {fault.reason}" for fault in report.faults]
    too_long = [f"record {number}" for number in report.too_long]
    for what, items in (
        ("malformed lines", lines),
        ("faults", faults),
        ("templates in both sets", list(report.crossing)),
        (f"longer than {report.limit} tokens", too_long),
    ):
        more = [f"and {len(items) - shown} more"] if len(items) > shown else []
        found.add_row(what, str(len(items)), "\n".join([*items[:shown], *more]))
    found.add_row("tasks", str(len(report.tasks)), _balance(report.tasks))
    found.add_row("languages", str(len(report.languages)), _balance(report.languages))
    if report.longest_tokens:
        middle, longest = report.median_tokens, report.longest_tokens
        found.add_row("tokens", "", f"median {middle}, longest {longest}")
    return found


def _balance(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _duplicates(records: Sequence[Record]) -> Iterator[Fault]:
    first: dict[tuple[str, str, str], int] = {}
    for number, record in enumerate(records, start=1):
        key = (record.task, record.input, record.output)
        if first.setdefault(key, number) != number:
            yield Fault(number, f"input and output are those of record {first[key]}")


def _faults(record: Record, schema: Schema | None) -> Iterator[str]:
    for name in ("instruction", "input", "output"):
        if not getattr(record, name).strip():
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
