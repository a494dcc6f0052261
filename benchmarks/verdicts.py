"""How long a verdict takes: TPC-H queries against rewrites of them, and pairs from a JSONL file.

    python benchmarks/verdicts.py                                        # TPC-H past queries
    python benchmarks/verdicts.py --pairs FILE.jsonl --schemas DIR

Prints the median, the 95th percentile and the longest, and how the verdicts fell.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlglot import exp

from sqlwright import rewrite, sql
from sqlwright.errors import SqlwrightError
from sqlwright.knowledge.collect import split_queries
from sqlwright.schema import Schema, read_ddl
from sqlwright.verify.judge import judge

TPCH = Path(__file__).parents[1] / "examples" / "tpch"
Pair = tuple[exp.Query, exp.Query, Schema, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--schemas", type=Path, default=Path())
    options = parser.parse_args()
    pairs = from_file(options.pairs, options.schemas) if options.pairs else from_tpch()
    seconds, outcomes = [], Counter[str]()
    for original, proposal, schema, dialect in pairs:
        start = time.perf_counter()
        try:
            outcomes[judge(original, proposal, schema, dialect).outcome] += 1
        except SqlwrightError:
            outcomes["refused"] += 1
        seconds.append(time.perf_counter() - start)
    seconds.sort()
    print(f"{len(seconds)} verdicts: {dict(outcomes)}")
    print(f"median {statistics.median(seconds):.2f} s, longest {seconds[-1]:.2f} s", end=", ")
    print(f"95 % within {seconds[int(len(seconds) * 0.95)]:.2f} s")


def from_tpch() -> Iterator[Pair]:
    """Every past query of the demo with each rewrite that rules and passes propose."""
    ddl = (TPCH / "make_database.py").read_text(encoding="utf-8").split('DDL = """')[1]
    schema = read_ddl(ddl.split('"""')[0].replace("MONEY", "REAL"), "sqlite")
    for path in sorted(TPCH.glob("queries/*.sql")):
        for found in split_queries(path.read_text(encoding="utf-8")):
            query = sql.read(found.text, "sqlite")
            proposals = rewrite.by_rules(query, schema, "sqlite")
            proposals += rewrite.by_passes(query, schema, "sqlite")
            for proposal in rewrite.distinct(proposals, query):
                yield query, proposal.query, schema, "sqlite"


def from_file(file: Path, schemas: Path) -> Iterator[Pair]:
    """The pairs of a file as `sqlwright verify --pairs` takes them."""
    for line in file.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        ddl = (schemas / pair["schema"]).read_text(encoding="utf-8")
        texts = pair["before"], pair["after"]
        dialect = pair.get("dialect") or sql.guess_dialect(*texts, ddl=ddl)
        try:
            before, after = (sql.read(text, dialect) for text in texts)
        except SqlwrightError:
            continue
        yield before, after, read_ddl(ddl), dialect


if __name__ == "__main__":
    main()
