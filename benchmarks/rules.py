"""What the rules say of TPC-H, TPC-DS and the WeTune queries, and how the checker takes it.

    python benchmarks/rules.py                         # findings by rule, and the time of the rules
    python benchmarks/rules.py --judge --seconds 5     # the verdict on every rewrite by rule
    python benchmarks/rules.py --wetune                # candidates beside the hand-made rewrites

Needs the shared test data beside the checkout (`../shared/data`). With --files, only rules of those
modules of `sqlwright.analyze` are counted.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sqlglot import exp

from sqlwright import rewrite, sql
from sqlwright.analyze import RULES, analyze, name_of
from sqlwright.errors import SqlwrightError
from sqlwright.schema import Schema, read_ddl
from sqlwright.verify.judge import judge

DATA = Path(__file__).parents[2] / "shared" / "data"
Item = tuple[str, exp.Query, Schema, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--judge", action="store_true")
    parser.add_argument("--alone", action="store_true", help="judge no two rules together")
    parser.add_argument("--wetune", action="store_true")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--sets", nargs="+", default=["tpch", "tpcds", "wetune"])
    parser.add_argument("--files", nargs="+", default=[])
    options = parser.parse_args()
    wanted = {
        name_of(rule)
        for rule in RULES
        if not options.files or rule.__module__.rpartition(".")[2] in options.files
    }
    if options.wetune:
        beside_hand_made(options.seconds)
    elif options.judge:
        judged(options.sets, wanted, options.seconds, options.alone)
    else:
        counted(options.sets, wanted)
        timed(wanted)


def items(name: str) -> Iterator[Item]:
    """Every query of a set, with its schema and dialect."""
    if name == "wetune":
        for pair, schema, dialect in pairs():
            yield pair["id"], sql.read(pair["before"], dialect), schema, dialect
        return
    if name in ("wetune-after", "calcite"):
        yield from halves(name)
        return
    schema = ddl(f"schemas/{name}.sql")
    for path in sorted((DATA / "queries" / name).glob("*.sql")):
        yield path.stem, sql.read(path.read_text(encoding="utf-8"), "postgres"), schema, "postgres"


def halves(name: str) -> Iterator[Item]:
    """WeTune's hand-made rewrites; both halves of the pairs of Calcite and Spark that are read."""
    chosen = ("after",) if name == "wetune-after" else ("before", "after")
    file = "wetune-issues" if name == "wetune-after" else "calcite-spark"
    for line in (DATA / f"rewrites/{file}.jsonl").read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        text = (DATA / pair["schema"]).read_text(encoding="utf-8")
        for half in chosen:
            dialect = sql.guess_dialect(pair[half], ddl=text)
            try:
                query = sql.read(pair[half], dialect)
            except SqlwrightError:
                continue
            yield f"{pair['id']}-{half}", query, ddl(pair["schema"]), dialect


@cache
def ddl(name: str) -> Schema:
    return read_ddl((DATA / name).read_text(encoding="utf-8"))


def pairs() -> Iterator[tuple[dict[str, str], Schema, str]]:
    """The slow queries of WeTune and their hand-made rewrites."""
    for line in (DATA / "rewrites/wetune-issues.jsonl").read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        text = (DATA / pair["schema"]).read_text(encoding="utf-8")
        dialect = sql.guess_dialect(pair["before"], pair["after"], ddl=text)
        yield pair, ddl(pair["schema"]), dialect


def counted(sets: list[str], wanted: set[str]) -> None:
    """On how many queries of each set each rule finds something."""
    found: dict[str, Counter[str]] = {}
    for name in sets:
        for _, query, schema, _ in items(name):
            for rule in {f.rule for f in analyze(query, schema)} & wanted:
                found.setdefault(rule, Counter())[name] += 1
    for rule in sorted(found):
        print(f"{rule:30}", *(f"{name} {found[rule][name]:3}" for name in sets))
    print(f"{len(wanted)} rules, {len(wanted - set(found))} silent on all of these")


def timed(wanted: set[str]) -> None:
    """Milliseconds that a TPC-DS query takes, everything and each file of rules: best of five."""
    from sqlwright.analyze.once import reading

    queries = [(query, schema) for _, query, schema, _ in items("tpcds")]
    best: dict[str, float] = {}
    for _ in range(5):
        spent: Counter[str] = Counter()
        for query, schema in queries:
            with reading(query, schema):
                for rule in RULES:
                    start = time.process_time()
                    list(rule(query, schema))
                    spent[name_of(rule)] += time.process_time() - start  # type: ignore[assignment]
        best = {name: min(best.get(name, 9.0), seconds) for name, seconds in spent.items()}
    each = {name: 1000 * seconds / len(queries) for name, seconds in best.items()}
    print(f"all rules {sum(each.values()):.1f} ms a query of TPC-DS", end=", ")
    print(f"these {sum(each[name] for name in wanted):.1f} ms; the dearest:")
    for name in sorted(wanted, key=lambda name: -each[name])[:8]:
        print(f"  {each[name]:5.2f} ms {name}")


def judged(sets: list[str], wanted: set[str], seconds: float, alone: bool) -> None:
    """The verdicts on what the rules make of every query, by who proposed it."""
    outcomes: dict[str, Counter[str]] = {}
    for name in sets:
        for label, query, schema, dialect in items(name):
            for proposal in rewrite.distinct(rewrite.by_rules(query, schema, dialect), query):
                who = proposal.source.removeprefix("rule: ")
                together = who in ("rules", "rules for speed")
                if (together and alone) or (not together and who not in wanted):
                    continue
                try:
                    verdict = judge(query, proposal.query, schema, dialect, seconds=seconds)
                except SqlwrightError as error:
                    print(name, label, who, "does not bind:", error, flush=True)
                    continue
                outcomes.setdefault(who, Counter())[verdict.outcome] += 1
                if verdict.outcome != "no difference found":
                    print(name, label, who, verdict.outcome, verdict.reason, flush=True)
                    print("   ", sql.write(proposal.query, dialect), flush=True)
    for who in sorted(outcomes):
        print(f"{who:30}", dict(outcomes[who]))
    print("together:", dict(sum(outcomes.values(), Counter())))


PARTS: dict[str, tuple[type[exp.Expr], ...]] = {
    "tables": (exp.Table,),
    "distinct": (exp.Distinct,),
    "order": (exp.Order,),
    "or": (exp.Or,),
    "exists": (exp.Exists,),
    "groups": (exp.Group,),
}


def parts(query: exp.Query) -> Counter[str]:
    """How much of each kind of work a query asks for."""
    count = Counter({name: len(list(query.find_all(*kinds))) for name, kinds in PARTS.items()})
    tests = [test for test in query.find_all(exp.In) if test.args.get("query")]
    count["not in"] = sum(isinstance(test.parent, exp.Not) for test in tests)
    count["in"] = len(tests) - count["not in"]
    return +count


def has_effect(before: exp.Query, hand: exp.Query, mine: exp.Query) -> bool:
    """Whether `mine` asks for no more than the hand-made rewrite of what that one asks less of.

    Where that one only has other conditions, `mine` has the same; where it makes a UNION of an OR,
    `mine` does too. All three are bound.
    """
    was, goal, now = parts(before), parts(hand), parts(mine)
    less = [name for name in was if goal[name] < was[name]]
    unions = [len(list(query.find_all(exp.Union))) for query in (before, hand, mine)]
    if unions[1] > unions[0]:
        return unions[2] > unions[0] or now["or"] <= goal["or"] < was["or"]
    if not less:
        return words(hand) == words(mine)
    return all(now[name] <= goal[name] for name in less)


def words(query: exp.Query) -> list[str]:
    """The words of a query, in no order, without those that say nothing."""
    found = re.findall(r"\w+", query.sql(normalize=True, comments=False))
    return sorted(word for word in found if word not in ("AS", "INNER", "OUTER", "ASC"))


def beside_hand_made(seconds: float) -> None:
    """Which WeTune queries get a candidate that survives and has the hand-made rewrite's effect."""
    reached = 0
    for pair, schema, dialect in pairs():
        query, after = (sql.read(pair[side], dialect) for side in ("before", "after"))
        before, hand = (sql.bind(each, schema, dialect) for each in (query, after))
        proposals = rewrite.by_rules(query, schema, dialect)
        proposals += rewrite.by_passes(query, schema, dialect)
        good, other = [], []
        for proposal in rewrite.distinct(proposals, query):
            try:
                bound = sql.bind(proposal.query, schema, dialect)
                verdict = judge(query, proposal.query, schema, dialect, seconds=seconds)
            except SqlwrightError:
                continue
            if verdict.outcome == "no difference found":
                kept = good if has_effect(before, hand, bound) else other
                kept.append(proposal.source)
        reached += bool(good)
        print(f"{pair['id']:11} {pair['category'][:30]:30} {good or f'no: {other}'}", flush=True)
        if not good:
            print(f"    {dict(parts(before))} by hand {dict(parts(hand))}")
    print(f"{reached} queries have a surviving candidate with the hand-made rewrite's effect")


if __name__ == "__main__":
    main()
