"""Records whose answer returns other rows than the query asked about: found by running both.

What `data build` made was checked when it was made and says so in `checked`; what came from
elsewhere was not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlwright.data.records import Record, read_schema
from sqlwright.errors import SqlwrightError
from sqlwright.schema import Schema
from sqlwright.verify.judge import Verdict, judge
from sqlwright.verify.pairs import read_pair
from sqlwright.verify.workers import GRACE, Done, Lost, run_all

_Task = tuple[int, Record]
_WITNESSES = 24


@dataclass(frozen=True, slots=True)
class Refuted:
    """The verdict on one record; `number` counts from 1 in the order given."""

    number: int
    verdict: Verdict


def is_rewrite(record: Record) -> bool:
    """Must the output return what the input does? A fix's input does not run, a check names rules.

    A record of another's making may have no query as its input, or none as its output.
    """
    both = record.input.strip() and record.output.strip()
    return record.task in ("optimize", "refactor") and bool(both)


def refute(
    records: Sequence[tuple[int, Record]],
    schema: Schema | None = None,
    *,
    seconds: float = 3.0,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Iterator[Refuted]:
    """A verdict on each record that is a rewrite, in order; one that cannot be judged is undecided.

    Args:
        records: with their numbers.
        schema: of records that carry none; without one tables are made up from the queries.
        seconds: bound for one verdict.
        workers: processes that judge.
        progress: told how many are done, of how many.
    """
    tasks = [(number, record) for number, record in records if is_rewrite(record)]
    act = partial(_judge, schema, seconds)
    done = run_all(tasks, act, workers=workers, seconds=seconds + GRACE)
    for count, item in enumerate(done, start=1):
        progress(count, len(tasks))
        yield Refuted(item.task[0], _verdict(item))


def _judge(schema: Schema | None, seconds: float, task: _Task) -> Verdict:
    record = task[1]
    known = read_schema(record.schema, record.dialect) if record.schema.strip() else schema
    texts = record.input, record.output
    pair = read_pair(texts, known, record.dialect or None, ddl=record.schema)
    return judge(*pair.queries, pair.schema, pair.dialect, seconds=seconds, witnesses=_WITNESSES)


def _verdict(done: Done[_Task, Verdict]) -> Verdict:
    if isinstance(done.answer, Lost):
        return Verdict("undecided", done.answer.reason)
    if isinstance(done.answer, SqlwrightError):
        return Verdict("undecided", str(done.answer))
    return done.answer
