"""Whether the frozen questions of the retrieval benchmark are whole: `check.py [NAME ...]`.

Every past query and every query to be helped parses and binds to its schema, every relevant table,
query and document exists, and no question is asked twice.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sqlwright import sql
from sqlwright.errors import SqlwrightError
from sqlwright.schema import Schema, read_ddl

HERE = Path(__file__).parent
SCHEMAS = HERE.parents[2] / "shared" / "data" / "schemas"


def schema_of(name: str) -> Schema:
    """The schema of one application."""
    return read_ddl((SCHEMAS / f"{name}.sql").read_text(encoding="utf-8"), "mysql")


def faults(path: Path) -> list[str]:
    """What is wrong with one file, in sentences."""
    data = json.loads(path.read_text(encoding="utf-8"))
    schema = schema_of(data["schema"])
    tables = {table.name.lower() for table in schema.tables}
    found = []
    texts = [query["sql"] for query in data["queries"]]
    texts += [task["text"] for task in data["tasks"] if task["kind"] == "query"]
    for text in texts:
        try:
            sql.bind(sql.read(text, "mysql"), schema, "mysql")
        except SqlwrightError as error:
            found.append(f"{text[:60]}: {error}")
    asked = [task["text"] for task in data["tasks"]]
    found += [f"asked twice: {text}" for text in {text for text in asked if asked.count(text) > 1}]
    for task in data["tasks"]:
        unknown = {name.lower() for name in task["tables"]} - tables
        if unknown:
            found.append(f"{task['text'][:50]}: no table {', '.join(sorted(unknown))}")
        if not all(0 <= place < len(data["queries"]) for place in task["queries"]):
            found.append(f"{task['text'][:50]}: no such past query")
        if not all(0 <= place < len(data["documents"]) for place in task["documents"]):
            found.append(f"{task['text'][:50]}: no such document")
        if task["kind"] == "question" and not (task["tables"] or task["documents"]):
            found.append(f"{task['text'][:50]}: nothing is relevant to it")
    return found


def main() -> None:
    """Print what is wrong, and end with 1 if anything is."""
    names = sys.argv[1:] or sorted(path.stem for path in HERE.glob("*.json"))
    wrong = 0
    for name in names:
        for sentence in faults(HERE / f"{name}.json"):
            print(f"{name}: {sentence}")
            wrong += 1
    print(f"{len(names)} files, {wrong} faults")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
