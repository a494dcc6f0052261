"""What measured plans show of the joins of TPC-H and TPC-DS, and what another order gives.

    python benchmarks/join_order.py [--data build] > benchmarks/join_order.md

On DuckDB and PostgreSQL with the data of rewrites.py (--data has the folders tpch and tpcds). Each
query runs for its plan; where the plan shows rows that a later join drops, the query with those two
tables joined first is judged and timed against the original.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from rewrites import Item, databases, groups

from sqlwright import rewrite, sql
from sqlwright.database import Database
from sqlwright.errors import SqlwrightError
from sqlwright.evidence import plan_of
from sqlwright.join_advice import join_advice
from sqlwright.verify.cost import compare_all
from sqlwright.verify.judge import judge


def lines_of(item: Item, database: Database, counts: Counter[str], seconds: float) -> list[str]:
    """A line of the table for each query that is proposed."""
    query = sql.read(item.text, item.dialect)
    dialect = database.dialect
    bound = sql.bind(query, database.schema, dialect)
    plan = plan_of(database, bound, database.schema, run_seconds=seconds)
    counts["measured"] += plan.is_measured
    joins = join_advice(plan, bound, database.schema, dialect)
    counts.update({advice.kind for advice in joins})
    made = []
    for proposal in rewrite.by_plan(bound, joins, dialect):
        verdict = judge(query, proposal.query, item.schema, item.dialect, seconds=5)
        cost = compare_all(database, query, [proposal.query], seconds=seconds)[0]
        counts["proposed"] += 1
        counts["faster"] += cost.faster and verdict.outcome == "no difference found"
        ratio = f"{cost.ratio:.2f}, at least {cost.low:.2f}"
        made.append(
            f"| {item.name} | {dialect} | {proposal.source.removeprefix('plan: ')}"
            f" | {verdict.outcome} | {cost.original_seconds * 1000:.0f} ms"
            f" | {cost.proposal_seconds * 1000:.0f} ms | {ratio} |"
        )
    return made


def main() -> None:
    """The command at the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("build"))
    parser.add_argument("--seconds", type=float, default=3.0)
    said = parser.parse_args()
    counts: dict[tuple[str, str], Counter[str]] = {}
    lines: list[str] = []
    for which in ("tpch", "tpcds"):
        for group in groups(which):
            with databases(said.data / which / group.folder, group) as opened:
                for name, database in opened.items():
                    found = counts.setdefault((which, name), Counter())
                    for item in group.items:
                        try:
                            lines += lines_of(item, database, found, said.seconds)
                        except SqlwrightError:
                            found["refused"] += 1
    kinds = ("measured", "expected-few", "thinned-late", "read-again", "proposed", "faster")
    print(f"| set | engine | {' | '.join(kinds)} |\n|---|---|{'---|' * len(kinds)}")
    for (which, name), found in counts.items():
        print(f"| {which} | {name} | {' | '.join(str(found[kind]) for kind in kinds)} |")
    head = "| query | engine | joined first | verdict | before | after | times as fast (95 %) |"
    print("", head, "|---|---|---|---|---|---|---|", *lines, sep="\n")


if __name__ == "__main__":
    main()
