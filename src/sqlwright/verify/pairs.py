"""Verdicts for a file of query pairs: one JSON object a line in, one out, in order, to the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlwright import sql
from sqlwright.errors import DataError, SqlError, SqlwrightError
from sqlwright.schema import Schema, read_ddl
from sqlwright.verify.judge import Verdict, judge


def judge_pairs(
    file: Path, schemas: Path, dialect: str | None, seconds: float
) -> Iterator[dict[str, Any]]:
    """A verdict with its `id` for each line; a line that cannot be judged is undecided, with why.

    Args:
        file: JSONL with `id`, `before`, `after`, `schema` (a DDL file) and optionally `dialect`.
        schemas: the folder that `schema` is relative to.
        dialect: of lines that name none; guessed from the texts if None.
        seconds: the limit for each pair.

    Raises:
        DataError: if the file cannot be read.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: cannot be read ({error}): give a JSONL file") from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _judge_line(line, number, schemas, dialect, seconds)


def _judge_line(
    line: str, number: int, schemas: Path, dialect: str | None, seconds: float
) -> dict[str, Any]:
    name: Any = number
    try:
        pair = json.loads(line)
        if not isinstance(pair, dict):
            raise DataError("not a JSON object")
        name = pair.get("id", number)
        for field in ("before", "after", "schema"):
            if not isinstance(pair.get(field), str):
                raise DataError(f"no text in {field}")
        verdict = _judge_pair(pair, schemas, dialect, seconds)
    except (SqlwrightError, ValueError) as error:
        verdict = Verdict("undecided", f"line {number} cannot be judged: {error}")
    return {"id": name, **verdict.as_dict()}


def _judge_pair(
    pair: dict[str, Any], schemas: Path, dialect: str | None, seconds: float
) -> Verdict:
    before, after = pair["before"], pair["after"]
    named = pair.get("dialect") or dialect
    schema, ddl = _schema(schemas / pair["schema"], sql.dialect_of(named) if named else None)
    spoken = sql.dialect_of(named) if named else sql.guess_dialect(before, after, ddl=ddl)
    return judge(sql.read(before, spoken), sql.read(after, spoken), schema, spoken, seconds=seconds)


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
