"""How many rewrites are proposed for a query, how long making them takes, and by whom they are.

    python benchmarks/proposals.py [--judge] > proposals.md

Over TPC-H 1-22, the first 20 WeTune queries and the demo's slow ones; with --judge also how long
trying to refute them takes and what it shows.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rewrites import Item, groups

from sqlwright import rewrite, sql
from sqlwright.verify.judge import judge

SLOW = Path(__file__).parents[1] / "examples" / "tpch" / "slow"


def sets() -> Iterator[tuple[str, list[Item]]]:
    """The sets of queries by name."""
    (tpch,) = (list(group.items) for group in groups("tpch"))
    yield "TPC-H", tpch
    yield "WeTune, 20", [item for group in groups("wetune") for item in group.items][:20]
    schema = tpch[0].schema
    yield (
        "examples/tpch/slow",
        [
            Item(path.stem, path.read_text(encoding="utf-8"), schema, "sqlite")
            for path in sorted(SLOW.glob("*.sql"))
        ],
    )


def kind_of(source: str) -> str:
    """Who made it: rule, rules, pass, or one after the other."""
    return ", then ".join(part.partition(":")[0].split()[0] for part in source.split(", "))


def main() -> None:
    """The command at the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--judge", action="store_true")
    parser.add_argument("--seconds", type=float, default=5.0)
    said = parser.parse_args()
    print("| set | queries | proposals | most | CPU s to make | by whom | s to judge | verdicts |")
    print("|---|---|---|---|---|---|---|---|")
    for name, found in sets():
        counts, kinds, outcomes = [], Counter[str](), Counter[str]()
        making = judging = 0.0
        for item in found:
            query = sql.read(item.text, item.dialect)
            start = time.process_time()
            made = rewrite.proposals(query, item.schema, item.dialect)
            making += time.process_time() - start
            counts.append(len(made))
            kinds.update(kind_of(proposal.source) for proposal in made)
            start = time.perf_counter()
            for proposal in made if said.judge else ():
                verdict = judge(query, proposal.query, item.schema, item.dialect,
                                seconds=said.seconds)  # fmt: skip
                outcomes[verdict.outcome] += 1
            judging += time.perf_counter() - start
        whom = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
        seen = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()) or "-"
        print(
            f"| {name} | {len(found)} | {sum(counts)} | {max(counts)} | {making:.1f} | {whom}"
            f" | {f'{judging:.0f}' if said.judge else '-'} | {seen} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
