"""Turns what a running system logged into past queries: one a template, without its constants.

It reads exports of pg_stat_statements, PostgreSQL's logs, and any CSV or JSONL with a column of
queries. Only queries that only read become passages; constants and comments are never stored.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlwright import sql
from sqlwright.errors import DataError, SqlError
from sqlwright.knowledge import logs, masking
from sqlwright.knowledge.logs import Statement, time_of
from sqlwright.knowledge.passages import Passage
from sqlwright.knowledge.queries import tables_named
from sqlwright.knowledge.reading import GOES_ON, header, lines, named, rows

MOST = 10_000  # templates kept, those with the most time
STATEMENTS_A_LINE = 50_000  # how often a long log says how far it is

NEEDED = "a file of past queries needs a column query, and may have calls and total_exec_time"
_ROLES = {
    "query": ("query", "query_text", "sql", "sql_text", "statement", "digest_text"),
    "calls": ("calls", "count", "executions", "count_star"),
    "total": ("total_exec_time", "total_time", "total_ms", "total_duration", "total_duration_ms"),
    "mean": ("mean_exec_time", "mean_time", "mean_ms"),
    "duration": (
        "duration", "duration_ms", "time_ms", "elapsed", "elapsed_ms", "exec_time", "duration_s",
        "duration_seconds", "elapsed_s", "elapsed_seconds", "seconds",
    ),
    "time": (
        "timestamp", "ts", "log_time", "query_start", "start_time", "started_at", "executed_at",
        "last_seen", "last_call", "last_executed",
    ),
}  # fmt: skip
_OTHER, _UNREAD = "that do not only read", "that do not parse"


@dataclass(frozen=True, slots=True)
class Template:
    """What the calls of one query share: its masked SQL, its tables; how often, how long, when."""

    line: int
    text: str
    tables: tuple[str, ...]
    fingerprint: str
    calls: int = 0
    milliseconds: float | None = None
    time: str = ""


def roles(names: Sequence[str]) -> dict[str, str]:
    """Which of the names of columns holds `query`, `calls`, `total`, `mean`, `duration`, `time`."""
    by_lower = {name.strip().lower(): name for name in names}
    found = {}
    for role, known in _ROLES.items():
        if name := next((by_lower[name] for name in known if name in by_lower), None):
            found[role] = name
    return found


def is_workload(names: Sequence[str]) -> bool:
    """Is this the first row of a csvlog, or has the header a column of queries?"""
    return logs.is_csvlog(names) or "query" in roles(names)


def from_file(path: Path, dialect: str | None, say: Callable[[str], None]) -> list[Passage]:
    """The queries of a log, CSV, TSV, JSONL or JSON file, those with the most time first.

    Args:
        path: its suffix says the format.
        dialect: of the queries; PostgreSQL's own logs are always postgres. Where None, by each
            query's look: then a text in double quotes, as MySQL may have it, is taken for a name
            and is not masked.
        say: gets progress, and one line about what was left out.

    Raises:
        DataError: if the file cannot be read, or holds no statements.
    """
    suffix = path.suffix.lower()
    if suffix == ".log":
        statements, dialect = logs.from_log(path), "postgres"
    elif suffix in (".csv", ".tsv"):
        first = header(path)
        if logs.is_csvlog(first):
            statements, dialect = logs.from_csvlog(path), "postgres"
        else:
            statements = _from_csv(path, roles(first))
            if "total_exec_time" in first or "total_time" in first:
                dialect = dialect or "postgres"  # pg_stat_statements
    else:
        statements = _from_json(path)
    templates, left_out, total = _group(path, statements, dialect, say)
    if not total:
        hint = logs.HOW_TO_LOG if suffix == ".log" else NEEDED
        raise DataError(f"{path} holds no statements: {hint}")
    ordered = sorted(templates, key=lambda one: (-(one.milliseconds or 0), -one.calls, one.line))
    if len(ordered) > MOST:
        left_out[f"past the {MOST:,} with the most time"] = len(ordered) - MOST
    said = ", ".join(f"{count:,} {why}" for why, count in left_out.items() if count)
    say(f"{path}: {total:,} statements, different queries kept: {min(len(ordered), MOST):,}"
        + (f"; left out: {said}" if said else ""))  # fmt: skip
    return [_passage(path, one) for one in ordered[:MOST]]


def _passage(path: Path, one: Template) -> Passage:
    title = "query of " + (", ".join(one.tables) or "no table")
    text = f"-- {_cost(one.calls, one.milliseconds)}; constants are masked\n{one.text}"
    source = f"{path}:{one.line}"
    return Passage("query", title, text, source, one.tables, one.fingerprint, one.time)


def _cost(calls: int, milliseconds: float | None) -> str:
    said = f"{calls:,} call{'s' * (calls != 1)}"
    if milliseconds is None:
        return said
    return f"{said}, {_time(milliseconds)} in all, {_time(milliseconds / max(calls, 1))} each"


def _time(milliseconds: float) -> str:
    if milliseconds < 1:
        return f"{milliseconds:.2g} ms"
    if milliseconds < 1000:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds / 1000:,.1f} s"


def _from_csv(path: Path, known: Mapping[str, str]) -> Iterator[Statement]:
    names = list[str]()
    for line, row in rows(path):
        if not names:
            names = row
            if "query" not in known:
                raise DataError(f"{path} has the columns {named(names)}: {NEEDED}")
        elif found := _statement(line, dict(zip(names, row, strict=False)), known):
            yield found


def _from_json(path: Path) -> Iterator[Statement]:
    """The statements of JSONL, also of a jsonlog, or of JSON with a list of objects."""
    if path.suffix.lower() == ".json" and not _is_lines(path):
        content = _parsed(path, 1, "\n".join(text for _, text in lines(path)))
        records = [(1, one) for one in content] if isinstance(content, list) else [(1, content)]
    else:
        records = [(n, _parsed(path, n, text)) for n, text in lines(path) if text.strip()]
    for line, record in records:
        if not isinstance(record, dict):
            raise DataError(f"{path}, line {line}: no object of JSON: {NEEDED}")
        known = roles(list(record))
        # in a jsonlog the statement that failed stands beside its error
        if "query" in known and "error_severity" not in record:
            found = _statement(line, record, known)
        elif "message" in record:
            found = logs.from_jsonlog(line, record)
        else:
            raise DataError(f"{path}, line {line} has the names {named(list(record))}: {NEEDED}")
        if found:
            yield found


def _is_lines(path: Path) -> bool:
    """Is the first line an object by itself? PostgreSQL names its jsonlog .json."""
    first = next((text for _, text in lines(path) if text.strip()), "")
    return first.lstrip().startswith("{") and first.rstrip().endswith("}")


def _parsed(path: Path, line: int, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        at = line + error.lineno - 1
        raise DataError(f"{path}, line {at}: broken JSON ({error.msg}): correct it") from None
    except RecursionError:
        raise DataError(f"{path}, line {line}: nested too deeply: delete this line") from None


def _statement(line: int, row: Mapping[str, Any], known: Mapping[str, str]) -> Statement | None:
    text = row.get(known["query"])
    if not isinstance(text, str) or not text.strip():
        return None
    calls = max(int(_number(row, known, "calls") or 1), 1)
    total = _number(row, known, "total")
    if total is None and (each := _number(row, known, "mean")) is not None:
        total = each * calls
    if total is None and (each := _number(row, known, "duration")) is not None:
        name = known["duration"].lower()
        total = each * calls * (1000 if name.endswith(("_s", "seconds")) else 1)
    return Statement(line, text, calls, total, time_of(str(row.get(known.get("time", "")) or "")))


def _number(row: Mapping[str, Any], known: Mapping[str, str], role: str) -> float | None:
    value = str(row.get(known.get(role, ""), "")).strip()
    if "," in value and "." not in value:
        value = value.replace(",", ".")  # as Excel writes in Russia
    return float(value) if re.fullmatch(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", value) else None


def _group(
    path: Path, statements: Iterable[Statement], dialect: str | None, say: Callable[[str], None]
) -> tuple[list[Template], Counter[str], int]:
    """(templates, statements left out by reason, statements in all)."""
    known: dict[str, str] = {}  # the outline of a text -> its fingerprint, or why it is left out
    templates: dict[str, Template] = {}
    left_out, total = Counter[str](), 0
    for number, one in enumerate(statements, 1):
        total += one.calls
        if number % STATEMENTS_A_LINE == 0:
            counted = f"{number:,} statements, different queries: {len(templates):,}"
            say(f"{path}: {counted}{GOES_ON}")
        outline = masking.outline(one.text)
        if outline not in known:
            made = _template(one, dialect)
            known[outline] = made if isinstance(made, str) else made.fingerprint
            if not isinstance(made, str):
                templates.setdefault(made.fingerprint, made)
        if (key := known[outline]) not in templates:
            left_out[key] += one.calls
            continue
        before = templates[key]
        times = [t for t in (before.milliseconds, one.milliseconds) if t is not None]
        templates[key] = replace(
            before,
            calls=before.calls + one.calls,
            milliseconds=sum(times) if times else None,
            time=max(before.time, one.time),
        )
    return list(templates.values()), left_out, total


def _template(one: Statement, dialect: str | None) -> Template | str:
    """The masked query of a statement, or why it is left out."""
    text = masking.without_parameters(one.text).strip().rstrip(";")
    start = re.sub(r"(?s)/\*.*?\*/|--[^\n]*", " ", text).lstrip(" \n\t(").upper()
    if not start.startswith(("SELECT", "WITH", "VALUES", "FROM")):
        return _OTHER
    spoken = dialect or sql.guess_dialect(text)
    try:
        masked = masking.literals(sql.read(text, spoken))
        written = sql.write(masked, spoken, pretty=True)
        # what would not be read back would be of no use to anyone
        if sql.fingerprint(sql.read(written, spoken)) != sql.fingerprint(masked):
            return _UNREAD
    except SqlError as error:
        return _OTHER if "only one read-only query is taken" in str(error) else _UNREAD
    return Template(one.line, written, tables_named(masked), sql.fingerprint(masked))
