"""What `refactor` makes of real queries: how many change, survive checking, and by which changes.

Run: python benchmarks/refactor.py --shared FOLDER [--seconds 4] [--out benchmarks/refactor.md]
The queries are TPC-H 1-22, TPC-DS 1-49 and the originals of the WeTune issues, each with its
schema; no database is used, so nothing is timed.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlwright import sql
from sqlwright.errors import SqlwrightError
from sqlwright.refactor import refactor
from sqlwright.schema import Schema, read_ddl


def queries(shared: Path) -> Iterator[tuple[str, str, str, Schema, str]]:
    """(set, name, text, schema, dialect) of every query."""
    for name in ("tpch", "tpcds"):
        schema = read_ddl((shared / "schemas" / f"{name}.sql").read_text())
        for path in sorted((shared / "queries" / name).glob("*.sql")):
            yield name, path.stem, path.read_text(), schema, "postgres"
    for line in (shared / "rewrites" / "wetune-issues.jsonl").read_text().splitlines():
        record = json.loads(line)
        ddl = (shared / record["schema"]).read_text()
        text = record["before"]
        yield "wetune", str(record["id"]), text, read_ddl(ddl), sql.guess_dialect(text, ddl=ddl)


def main() -> None:
    """Refactor each, print what is not as it should be, and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder of the shared data")
    parser.add_argument("--seconds", type=float, default=4.0, help="for one verdict")
    parser.add_argument("--witnesses", type=int, default=15)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    changes: Counter[str] = Counter()
    for kind, name, text, schema, dialect in queries(options.shared):
        count = counts.setdefault(kind, Counter())
        count["queries"] += 1
        try:
            found = refactor(
                text,
                schema=schema,
                dialect=dialect,
                seconds=options.seconds,
                witnesses=options.witnesses,
            )
        except SqlwrightError as error:
            count["unread"] += 1
            print(f"{kind} {name}: {error}", flush=True)
            continue
        count["changed"] += bool(found.changes)
        count["given up"] += bool(found.given_up)
        for candidate in found.candidates:
            count[candidate.verdict.outcome] += 1
        changes.update(change.name for change in found.changes)
        for change, why in found.given_up:
            print(f"{kind} {name}: {change.name} given up: {why}", flush=True)
    columns = ("queries", "unread", "changed", "no difference found", "undecided", "different",
               "given up")  # fmt: skip
    lines = [f"| set | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    lines += [
        f"| {k} | {' | '.join(str(c[name]) for name in columns)} |" for k, c in counts.items()
    ]
    lines += ["", "Changes: " + ", ".join(f"{n} {c}" for n, c in changes.most_common()) + "."]
    print("\n".join(lines))
    if options.out:
        head = (
            "# Refactoring real queries\n\nMade by `benchmarks/refactor.py`. Changed: not only in"
        )
        head += " layout. The verdicts are those on what would be shown; given up: a change was"
        head += " tried and did not survive.\n\n"
        options.out.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
