"""One training item as a value, and files of them.

Reading never skips a row in silence; what is written is JSONL, and never half a file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlwright import schema as schemas
from sqlwright import sql
from sqlwright.data.formats import rows, word_for
from sqlwright.errors import DataError, SqlError, did_you_mean
from sqlwright.prompt import TASKS, Request, compact_schema


@dataclass(frozen=True, slots=True)
class Record:
    """One training item: what is asked, of which text, and the answer wanted.

    Of the task `write` the instruction is the question, and `input` is empty. `schema` is the DDL
    of the tables in the prompt, and `context` the passages there. `source` says where the record
    came from, `checked` what was tried to refute it. `template` is the query that the record grew
    from, with its literals replaced by ?: records of one template never stand on both sides of a
    split.
    """

    instruction: str
    input: str
    output: str
    task: str = "optimize"
    dialect: str = ""
    schema: str = ""
    context: tuple[str, ...] = ()
    source: str = ""
    checked: str = ""
    template: str = ""


NAMES = tuple(field.name for field in fields(Record))
_REQUIRED = ("instruction", "input", "output")
_ALPACA = (*_REQUIRED, "text")  # text: the other three in a prompt


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line, or a row by its place, that is no record, and why."""

    line: int
    reason: str


def read_records(path: str | Path, columns: Mapping[str, str] | None = None) -> list[Record]:
    """Every record of a file (`formats.rows` says which), in order.

    Args:
        columns: for a record's fields the names that they have in the file, where they are others.

    Raises:
        DataError: names the file and the first row that is no record, or says that there is none.
    """
    records, malformed = scan_records(path, columns)
    if malformed:
        first, word = malformed[0], word_for(path)
        more = f" (and {len(malformed) - 1} more {word}s)" if len(malformed) > 1 else ""
        raise DataError(f"{path}, {word} {first.line}: {first.reason}{more}")
    if not records:
        raise DataError(f"{path}: holds no records; make some with sqlwright data build")
    return records


def scan_records(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
) -> tuple[list[Record], list[Malformed]]:
    """The records of a file, and the rows that are none; blank lines are passed over.

    Args:
        columns: for a record's fields the names that they have in the file, where they are others.
        defaults: for fields that a row does not have, or has empty.
    """
    columns = columns or {}
    for name in columns:
        if name not in NAMES:
            hint = did_you_mean(name, NAMES) or f" The columns are {', '.join(NAMES)}."
            raise DataError(f"a record has no column {name} that could be named otherwise.{hint}")
    ours = {there: name for name, there in columns.items()}
    records: list[Record] = []
    malformed: list[Malformed] = []
    for number, row in rows(path):
        try:
            if isinstance(row, str):
                raise DataError(row)
            records.append(_record(_filled(row, columns, defaults or {}), ours))
        except DataError as error:
            malformed.append(Malformed(number, str(error)))
    return records, malformed


def write_records(records: Iterable[Record], path: str | Path) -> None:
    """Write a JSONL file; a reader sees the old file or the new one, never a part."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            for record in records:
                file.write(json.dumps(asdict(record), ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise DataError(f"{path}: cannot be written: {error.strerror}") from error


def digest(records: Sequence[Record]) -> str:
    """SHA-256 of the records in their order: two trainings saw the same data, or did not."""
    total = hashlib.sha256()
    for record in records:
        total.update(json.dumps(asdict(record), ensure_ascii=False).encode() + b"\n")
    return total.hexdigest()


def request(record: Record, family: str) -> Request:
    """What the model is asked for a record: the same request that `advise` makes of a query."""
    return Request(
        task=record.task,
        instruction=record.instruction,
        query=record.input,
        schema_text=schema_text(record.schema, record.dialect, family),
        passages=record.context,
        dialect=record.dialect,
    )


@lru_cache(maxsize=4096)
def read_schema(ddl: str, dialect: str) -> schemas.Schema:
    """The schema in a record's DDL; many records share one."""
    return schemas.read_ddl(ddl, dialect or None)


@lru_cache(maxsize=4096)
def schema_text(ddl: str, dialect: str, family: str) -> str:
    """A record's tables as the prompt of that family shows them."""
    if not ddl.strip():
        return ""
    return compact_schema(read_schema(ddl, dialect).tables)


def language(text: str) -> str:
    """'ru' when a letter is Cyrillic, else 'en': enough for a balance of the two."""
    return "ru" if any("\u0400" <= letter <= "\u04ff" for letter in text) else "en"


def same_asked(record: Record) -> tuple[str, str, str]:
    """What two records share that ask for the same: of a question its words, else the query."""
    asked = record.instruction if record.task == "write" else record.input
    return record.task, asked, record.output


def template_or_text(text: str, dialect: str) -> str:
    """A query's template; text that is no query is its own, in one case and spacing."""
    return template_of(text, dialect) or " ".join(text.lower().split())


@lru_cache(maxsize=65536)
def template_of(text: str, dialect: str) -> str:
    """A query's text with its literals replaced by ?, or '' when it is not a query."""
    try:
        return sql.template(sql.read(text, dialect))
    except SqlError:
        return ""


def _filled(
    row: Mapping[str, Any], columns: Mapping[str, str], defaults: Mapping[str, str]
) -> Mapping[str, Any]:
    """The row with a value for each default that it lacks, under the file's name for it."""
    lacking = {columns.get(name, name): value for name, value in defaults.items()}
    lacking = {name: value for name, value in lacking.items() if row.get(name) in (None, "")}
    return {**row, **lacking}


def _record(row: Mapping[str, Any], ours: Mapping[str, str]) -> Record:
    """The row as a record; `ours` gives a column of the file its name in a record."""
    if missing := [there for there in ours if there not in row]:
        raise DataError(f"column {missing[0]} is missing. The columns are {', '.join(row)}.")
    values = {ours.get(name, name): value for name, value in row.items()}
    if len(values) < len(row):
        twice = next(name for there, name in ours.items() if name in row and name != there)
        raise DataError(f"column {twice} is there, and another one is to be read as {twice} too")
    if ours or set(_ALPACA) <= values.keys():
        # a file of other names, or of Alpaca's, may say more than a record has room for
        known = {name: value for name, value in values.items() if name in NAMES}
        values = known if ours or values.keys() - set(NAMES) == {"text"} else values
    for name in values:
        if name not in NAMES:
            hint = did_you_mean(name, NAMES) or f" The columns are {', '.join(NAMES)}."
            raise DataError(f"unknown column {name}.{hint}")
    if values.get("task") == "write":
        values = {"input": "", **values}  # a question has no query yet
    for name in _REQUIRED:
        if name not in values:
            raise DataError(f"column {name} is missing")
    checked: dict[str, Any] = {
        name: _value(name, value)
        for name, value in values.items()
        # a table has a cell in every column, filled or not
        if name in _REQUIRED or value not in (None, "")
    }
    return Record(**checked)


def _listed(text: str) -> list[Any]:
    """The texts of a list that is written as JSON, as in a cell of CSV; or the text itself."""
    try:
        found = json.loads(text)
    except ValueError:
        return [text]
    return found if isinstance(found, list) else [text]


def _value(name: str, value: Any) -> str | tuple[str, ...]:
    if name == "context":
        items = [value] if isinstance(value, str) else value
        if isinstance(value, str) and value.lstrip().startswith("["):
            items = _listed(value)
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise DataError("column context is not text or a list of texts")
        return tuple(item for item in items if item)
    if value is None and name == "input":
        value = ""
    if not isinstance(value, str):
        raise DataError(f"column {name} is not text")
    if name == "task" and value not in TASKS:
        raise DataError(
            f"unknown task {value}.{did_you_mean(value, TASKS)} Tasks: {', '.join(TASKS)}"
        )
    return value
