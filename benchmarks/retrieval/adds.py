"""What passages add: the same model on the same records, with what search found and without it.

    python benchmarks/retrieval/adds.py build/demo/records.jsonl [--model mini] [--limit 200]

Only records that were built with passages (`data build --knowledge`) count, without those of task
`check`: their answer names a finding and hangs on no passage. Prints rates with 95 % intervals and
the paired difference.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from sqlwright import evaluate as evaluation
from sqlwright.data.records import read_records
from sqlwright.model import load_model


def main() -> None:
    """Answer twice, judge, and print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("--model", default="mini")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = [r for r in read_records(options.records) if r.context and r.task != "check"]
    found = found[: options.limit]
    model = load_model(options.model)
    bare = [replace(record, context=()) for record in found]
    done = [
        evaluation.evaluate(records, model, name=name)
        for name, records in (("without passages", bare), ("with passages", found))
    ]
    differences = evaluation.compare(*done)
    console = Console(width=110)
    console.print(evaluation.table(done))
    console.print(evaluation.difference_table(differences))
    if options.out:
        options.out.write_text(evaluation.as_json(done, differences), encoding="utf-8")


if __name__ == "__main__":
    main()
