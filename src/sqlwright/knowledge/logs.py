"""Reads statements with their times from PostgreSQL's own logs: stderr's format, csvlog, jsonlog.

The values of parameters, which the log gives in lines of their own, are never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlwright.errors import DataError
from sqlwright.knowledge.reading import lines, rows

# csvlog has 23 columns or more and no header: the manual's chapter "Error Reporting and Logging"
_CSV_COLUMNS, _SEVERITY, _MESSAGE = 23, 11, 13
_SEVERITIES = ("LOG", "ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "INFO", "СООБЩЕНИЕ", "ОШИБКА")
# Parsing and binding are logged beside the execution of the same statement: they are no calls.
_STATEMENT = re.compile(
    r"(?:duration|продолжительность): (?P<time>\d+(?:[.,]\d+)?) (?:ms|мс),?\s+"
    r"(?:statement|оператор|(?:execute|выполнение) [^:]+): (?P<timed>.*)"
    r"|(?:^|(?:LOG|СООБЩЕНИЕ):\s+)(?:statement|оператор|execute [^:]+): (?P<untimed>.*)",
    re.DOTALL,
)
HOW_TO_LOG = "set log_min_duration_statement in postgresql.conf and give the log of a busy hour"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that a system ran: where it stands, how often it ran, how long in all.

    Attributes:
        line: of the file, from 1.
        text: its SQL.
        calls: how often it ran.
        milliseconds: of all calls; None where the file does not say.
        time: when it ran, as ISO 8601 without a zone; '' where the file does not say.
    """

    line: int
    text: str
    calls: int = 1
    milliseconds: float | None = None
    time: str = ""


def time_of(text: str) -> str:
    """The first moment that the text tells, as 2026-05-31T12:00:00, in the zone that it has; ''."""
    found = _TIME.search(text)
    return f"{found[1]}T{found[2]}" if found else ""


_TIME = re.compile(r"\b([12]\d{3}-[01]\d-[0-3]\d)[ T]([0-2]\d:[0-5]\d:[0-5]\d)")


def from_message(line: int, message: str, when: str = "") -> Statement | None:
    """The statement of one message of the log, or None where the message is another.

    Args:
        line: where it begins in the file.
        message: its text, with the prefix that the log has.
        when: when it was written, where that does not stand in the prefix.
    """
    found = _STATEMENT.search(message)
    if found is None:
        return None
    time = found["time"]
    text = found["timed"] if time else found["untimed"]
    took = float(time.replace(",", ".")) if time else None
    # what comes after may be a time that the query asks for
    return Statement(line, text, 1, took, when or time_of(message[: found.start()]))


def from_log(path: Path) -> Iterator[Statement]:
    """The statements of a log in stderr's format, whatever its log_line_prefix is.

    Raises:
        DataError: if the file cannot be read.
    """
    begins, message = 0, list[str]()
    for number, line in lines(path):
        if line.startswith("\t"):  # as PostgreSQL continues a message of several lines
            message.append(line[1:])
            continue
        if begins and (found := from_message(begins, "\n".join(message))):
            yield found
        begins, message = (number, [line]) if _may_hold(line) else (0, [])
    if begins and (found := from_message(begins, "\n".join(message))):
        yield found


def _may_hold(line: str) -> bool:
    return any(word in line for word in ("duration", "statement", "execute", "СООБЩЕНИЕ"))


def is_log(path: Path, most: int = 2000) -> bool:
    """Do the file's first lines hold a statement with its time?

    Raises:
        DataError: if the file cannot be read.
    """
    for number, line in lines(path):
        if number > most:
            return False
        if from_message(number, line):
            return True
    return False


def is_csvlog(first: Sequence[str]) -> bool:
    """Is this the first row of a csvlog?"""
    return len(first) >= _CSV_COLUMNS and first[_SEVERITY].strip() in _SEVERITIES


def from_csvlog(path: Path) -> Iterator[Statement]:
    """The statements of a csvlog.

    Raises:
        DataError: if the file cannot be read, or a row of it is cut.
    """
    for line, row in rows(path):
        if len(row) < _CSV_COLUMNS:
            raise DataError(
                f"{path}, line {line}: {len(row)} columns where a csvlog has at least"
                f" {_CSV_COLUMNS}: the file is cut, delete this row"
            )
        if found := from_message(line, row[_MESSAGE], time_of(row[0])):
            yield found


def from_jsonlog(line: int, record: Mapping[str, Any]) -> Statement | None:
    """The statement of one line of a jsonlog, or None."""
    when = time_of(str(record.get("timestamp") or ""))
    return from_message(line, str(record.get("message") or ""), when)
