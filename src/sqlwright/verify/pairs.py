"""Verdicts for a file of query pairs: one JSON object a line in, one out, in order, to the end.

Each line out holds the digest of its line in, so a run that was stopped goes on where it was, and
an output of other pairs is not taken for its beginning.
"""

from __future__ import annotations

import hashlib
import json
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from sqlglot import exp

from sqlwright import sql
from sqlwright.errors import DataError, SqlError, SqlwrightError
from sqlwright.schema import Schema, read_ddl
from sqlwright.verify.infer import infer_schema
from sqlwright.verify.judge import Verdict, judge
from sqlwright.verify.prepare import without_constant_groups
from sqlwright.verify.workers import GRACE, Done, Lost, run_all

Line = tuple[int, str]  # its number in the file, from 1, and its text
#: Gives a line's `id` and verdict.
Judge = Callable[[Line], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Options:
    """How the pairs of a file are judged.

    Attributes:
        schemas: the folder that `schema` is relative to.
        dialect: of lines that name none; found out from the texts and the schema if None.
        seconds: the limit for each pair.
        witnesses: how many databases to try on each.
        seed: the same seed tries the same databases.
        rounds: how often to try, each time with the next seed and as many seconds.
        server: URL of a server where temporary tables may be made; see `judge`.
    """

    schemas: Path
    dialect: str | None = None
    seconds: float = 10.0
    witnesses: int = 40
    seed: int = 0
    rounds: int = 1
    server: str | None = None


def judge_pairs(
    file: Path,
    options: Options,
    *,
    workers: int = 1,
    skip: int = 0,
    act: Judge | None = None,
    grace: float = GRACE,
) -> Iterator[dict[str, Any]]:
    """A verdict with its `id` for each line; a line that cannot be judged is undecided, with why.

    Args:
        file: JSONL with `id`, `before`, `after`, optionally `schema` (a DDL file) and `dialect`.
        workers: child processes that judge at once.
        skip: how many pairs to pass over.
        act: judges a line in the place of `judge_line`.
        grace: seconds after its limit at which a pair is given up and its process killed.

    Raises:
        DataError: if the file cannot be read.
    """
    lines = islice(read_lines(file), skip, None)
    act = act or partial(judge_line, options)
    for done in run_all(
        lines, act, workers=workers, seconds=options.rounds * options.seconds + grace
    ):
        yield {**_answer(done), "pair": digest(done.task[1]), "seconds": round(done.seconds, 3)}


def _answer(done: Done[Line, dict[str, Any]]) -> dict[str, Any]:
    if isinstance(done.answer, dict):
        return done.answer
    number, line = done.task
    reason = done.answer.reason if isinstance(done.answer, Lost) else str(done.answer)
    return {"id": _id(line, number), **Verdict("undecided", reason).as_dict()}


def _id(line: str, number: int) -> Any:
    try:
        pair = json.loads(line)
    except (ValueError, RecursionError):
        return number
    return pair.get("id", number) if isinstance(pair, dict) else number


def read_lines(file: Path) -> Iterator[Line]:
    """The lines that hold something, with their numbers.

    Raises:
        DataError: if the file cannot be read.
    """
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: cannot be read ({error}): give a JSONL file") from None


def digest(line: str) -> str:
    """What tells one line of pairs from another."""
    return hashlib.sha256(line.strip().encode()).hexdigest()[:12]


def finished(out: Path, file: Path) -> list[dict[str, Any]]:
    """The verdicts that an earlier run has written; a last line that is torn is cut off the file.

    Raises:
        DataError: if the verdicts are not those of the file's first pairs.
    """
    if not out.exists():
        return []
    try:
        with out.open("r+b") as written:
            text = written.read()
            whole = text[: text.rfind(b"\n") + 1]
            verdicts = _read_verdicts(whole, out, file)
            written.truncate(len(whole))
    except OSError as error:
        raise DataError(f"{out}: cannot be written ({error.strerror}): check the path") from None
    return verdicts


def _read_verdicts(text: bytes, out: Path, file: Path) -> list[dict[str, Any]]:
    verdicts = []
    lines = text.splitlines()
    for position, (written, pair) in enumerate(
        zip_longest(lines, islice(read_lines(file), len(lines))), start=1
    ):
        try:
            verdict = json.loads(written)
            fits = pair is not None and verdict["pair"] == digest(pair[1])
        except (ValueError, TypeError, KeyError, RecursionError):
            fits = False
        if not fits:
            raise DataError(
                f"{out}: line {position} is no verdict on pair {position} of {file}: give another"
                " --out, or move it away"
            )
        verdicts.append(verdict)
    return verdicts


def judge_line(options: Options, line: Line) -> dict[str, Any]:
    """The verdict on the pair that a line holds, with its `id`."""
    number, text = line
    name: Any = number
    try:
        pair = json.loads(text)
        if not isinstance(pair, dict):
            raise DataError("not a JSON object")
        name = pair.get("id", number)
        for field in ("before", "after", "schema"):
            if not isinstance(pair.get(field, "" if field == "schema" else None), str):
                raise DataError(f"no text in {field}")
        verdict = _judge_pair(pair, options)
    except RecursionError:
        verdict = Verdict("undecided", f"line {number} cannot be judged: it is nested too deeply")
    except (SqlwrightError, ValueError) as error:
        verdict = Verdict("undecided", f"line {number} cannot be judged: {error}")
    return {"id": name, **verdict.as_dict()}


def _judge_pair(pair: dict[str, Any], options: Options) -> Verdict:
    spoken = pair.get("dialect") or options.dialect
    named = sql.dialect_of(spoken) if spoken else None
    schema, ddl = None, ""
    if pair.get("schema"):
        schema, ddl = _schema(options.schemas / pair["schema"], named)
    return judge_read(read_pair((pair["before"], pair["after"]), schema, named, ddl=ddl), options)


@dataclass(frozen=True, slots=True)
class ReadPair:
    """Two queries that bind to the schema, in their dialect.

    Attributes:
        notes: what was made up of the schema, and how the dialect was found.
    """

    queries: tuple[exp.Query, exp.Query]
    schema: Schema
    dialect: str
    notes: tuple[str, ...] = ()


def judge_read(pair: ReadPair, options: Options) -> Verdict:
    """The verdict on two queries that were read, with the notes on how they were."""
    verdict = judge(
        *pair.queries,
        pair.schema,
        pair.dialect,
        seconds=options.seconds,
        witnesses=options.witnesses,
        seed=options.seed,
        rounds=options.rounds,
        server=options.server,
    )
    return replace(verdict, notes=(*pair.notes, *verdict.notes))


def read_pair(
    texts: tuple[str, str],
    schema: Schema | None,
    dialect: str | None,
    *,
    ddl: str = "",
    names: tuple[str, str] = ("", ""),
) -> ReadPair:
    """Two texts read and bound, with the tables that the schema lacks made up from the queries.

    Without a dialect it is the first, a guess before others, in which both bind: "abc" is a text in
    MySQL and a name elsewhere, and only the schema tells which was meant.

    Args:
        ddl: the schema's text, which says something of the dialect.
        names: what to call each text in an error.

    Raises:
        SqlError: if a text is not one read-only query over the schema.
    """
    if dialect is not None:
        return _read_in(texts, schema, dialect, names)
    guess = sql.guess_dialect(*texts, ddl=ddl)
    try:
        return _read_in(texts, schema, guess, names)
    except SqlError as error:
        refusal = error
    for other in ("postgres", "sqlite", "mysql", "duckdb"):
        if other == guess:
            continue
        try:
            pair = _read_in(texts, schema, other, names)
        except SqlError:
            continue
        note = f"read as {other}: as {guess} the queries do not bind to the schema"
        return replace(pair, notes=(note, *pair.notes))
    raise refusal


def _read_in(
    texts: tuple[str, str], schema: Schema | None, dialect: str, names: tuple[str, str]
) -> ReadPair:
    first, second = (
        _named(name, partial(sql.read, text, dialect))
        for name, text in zip(names, texts, strict=True)
    )
    known, notes = infer_schema((first, second), schema, dialect)
    for name, query in zip(names, (first, second), strict=True):
        _named(name, partial(sql.bind, without_constant_groups(query, []), known, dialect))
    return ReadPair((first, second), known, dialect, notes)


def _named(name: str, act: Callable[[], exp.Query]) -> exp.Query:
    """What `act` returns; an error of it begins with the name."""
    try:
        return act()
    except SqlError as error:
        if not name:
            raise
        raise type(error)(f"{name}: {error}") from None


@lru_cache(maxsize=64)
def _schema(path: Path, dialect: str | None) -> tuple[Schema, str]:
    try:
        ddl = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read ({error}): check --schemas") from None
    try:
        return read_ddl(ddl, dialect), ddl
    except SqlError as error:
        raise SqlError(f"{path}: {error}") from None


class Tally:
    """Counts outcomes and times while verdicts come in."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self._seconds: list[float] = []

    def add(self, verdict: dict[str, Any]) -> None:
        """Count one verdict."""
        self.outcomes[verdict["outcome"]] += 1
        self._seconds.append(verdict["seconds"])

    def brief(self) -> str:
        """The counts that somebody watches for."""
        return f"{self.outcomes['different']} different, {self.outcomes['undecided']} undecided"

    def __str__(self) -> str:
        """The counts, and the median and 95th percentile of the seconds, in a sentence."""
        total = self.outcomes.total()
        if not total:
            return "no pairs"
        order = ("no difference found", "different", "undecided")
        counts = ", ".join(f"{self.outcomes[name]} {name}" for name in order)
        times = sorted(self._seconds)
        high = times[min(total - 1, int(0.95 * total))]
        median = statistics.median(times)
        return (
            f"{total} pairs: {counts}; {median:.2f} s median, {high:.2f} s at the 95th percentile"
        )
