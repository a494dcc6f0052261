"""Accepted advice as examples: a file of JSON lines that a team keeps in git and learns from.

Each line is one query with what it became, its verdict, who proposed it, and when it was accepted.
Their constants are masked so that the two still say the same of each other: `masking.alike`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlwright import sql
from sqlwright.errors import DataError, SqlError, UsageError
from sqlwright.knowledge.masking import alike, personal
from sqlwright.knowledge.passages import Passage
from sqlwright.knowledge.queries import tables_named
from sqlwright.knowledge.reading import lines

NAME = "accepted.jsonl"
_NEEDED = ("before", "after", "dialect", "verdict")


@dataclass(frozen=True, slots=True)
class Example:
    """A query and what somebody accepted in its place.

    Attributes:
        verdict: what trying to refute it showed; never `different`.
        reason: what the verdict rests on.
        source: who proposed it, as `rule: count-above-zero`, or empty.
        faster: how many times as fast it was where that was measured.
        accepted: the date, ISO 8601.
        note: what it is for, in a person's words.
    """

    before: str
    after: str
    dialect: str
    verdict: str
    reason: str = ""
    source: str = ""
    faster: float | None = None
    accepted: str = ""
    note: str = ""


def of_advice(advice: Any, name: str, dialect: str | None = None) -> Example:
    """The example in what `optimize --json` printed: its query and the best rewrite.

    Args:
        advice: the JSON, read.
        name: the file's, for errors.
        dialect: of the queries, where the JSON does not say.

    Raises:
        DataError: if it is no advice.
        UsageError: if it advises nothing.
    """
    if not isinstance(advice, dict) or not isinstance(advice.get("query"), str):
        raise DataError(f"{name} is no advice: give what sqlwright optimize --json printed")
    best = advice.get("best")
    if best is None:
        raise UsageError(f"{name} advises nothing: the original stands, so there is no example")
    try:
        verdict, cost = best["verdict"], best.get("cost") or {}
        after, outcome = str(best["sql"]), str(verdict["outcome"])
        reason, source = str(verdict.get("reason", "")), str(best.get("source", ""))
        ratio = cost.get("ratio") if cost.get("faster") else None
    except (KeyError, TypeError, AttributeError):
        raise DataError(f"{name} is damaged: its best rewrite has no SQL and verdict") from None
    before, faster = advice["query"], ratio if isinstance(ratio, int | float) else None
    spoken = dialect or str(advice.get("dialect") or "") or sql.guess_dialect(before)
    return Example(before, after, spoken, outcome, reason, source, faster)


def accept(example: Example, into: Path) -> bool:
    """Adds the example to the file, its constants masked; False where it is there already.

    Raises:
        UsageError: if its verdict is `different`, or the file cannot be written.
        SqlError: if it is not two queries that only read.
        DataError: if the file holds something else.
    """
    if example.verdict == "different":
        raise UsageError(
            f"the rewrite returns other rows ({example.reason}): it is not stored as an example"
        )
    queries = [sql.read(text, example.dialect) for text in (example.before, example.after)]
    before, after = (
        personal(sql.write(query, example.dialect, pretty=True)) for query in alike(*queries)
    )
    today = datetime.now(UTC).date().isoformat()
    kept = replace(example, before=before, after=after, accepted=example.accepted or today)
    known = {(one.before, one.after) for _, one in read(into)} if into.exists() else set()
    if (before, after) in known:
        return False
    said = {name: value for name, value in asdict(kept).items() if value not in ("", None)}
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        with into.open("a", encoding="utf-8") as file:
            file.write(json.dumps(said, ensure_ascii=False) + "\n")
    except OSError as error:
        raise UsageError(f"{into}: cannot be written ({error.strerror}): check the path") from None
    return True


def is_examples(path: Path) -> bool:
    """Is the first line of the file an example?"""
    try:
        record = json.loads(next((text for _, text in lines(path) if text.strip()), ""))
    except (ValueError, DataError):
        return False
    return isinstance(record, dict) and {"before", "after"} <= record.keys()


def read(path: Path) -> list[tuple[int, Example]]:
    """The examples of a file, each with its line.

    Raises:
        DataError: if a line is no example, or was refuted, with the line.
    """
    found = []
    for number, text in lines(path):
        if text.strip():
            found.append((number, _read_line(path, number, text)))
    return found


def _read_line(path: Path, number: int, text: str) -> Example:
    try:
        record = json.loads(text)
    except ValueError:
        raise DataError(f"{path}, line {number}: broken JSON: delete this line") from None
    if not isinstance(record, dict) or not all(isinstance(record.get(n), str) for n in _NEEDED):
        raise DataError(f"{path}, line {number}: an example needs {', '.join(_NEEDED)} as texts")
    if record["verdict"] == "different":
        raise DataError(f"{path}, line {number}: its rewrite was refuted: delete this line")
    return _of_record(record)


def _of_record(record: Mapping[str, Any]) -> Example:
    def text(name: str) -> str:
        return str(record.get(name) or "")

    faster = record.get("faster")
    return Example(
        text("before"),
        text("after"),
        text("dialect"),
        text("verdict"),
        text("reason"),
        text("source"),
        float(faster) if isinstance(faster, int | float) else None,
        text("accepted"),
        text("note"),
    )


def from_file(path: Path) -> list[Passage]:
    """The passages of a file of examples: the query, and after a semicolon what it became.

    Raises:
        DataError: if a line is no example, with the line.
    """
    return [_passage(f"{path}:{number}", one) for number, one in read(path)]


def _passage(source: str, one: Example) -> Passage:
    try:
        dialect = sql.dialect_of(one.dialect)
        query = sql.read(one.before, dialect)
        sql.read(one.after, dialect)
        tables, fingerprint = tables_named(query), sql.fingerprint(query)
    except (SqlError, UsageError) as error:
        raise DataError(f"{source}: {error}") from None
    title = one.note or f"example of {', '.join(tables) or 'no table'}"
    told = [f"verdict: {one.verdict}"]
    told += [f"{one.faster:.2g} times as fast when it was accepted"] if one.faster else []
    told += [f"by {one.source}"] if one.source else []
    note = f"-- {one.note}\n" if one.note else ""
    text = f"{note}{one.before}\n;\n-- became ({'; '.join(told)})\n{one.after}"
    return Passage("example", title, text, source, tables, fingerprint, one.accepted)
