"""How many broken real queries `fix` repairs: TPC-H, TPC-DS 1-49 and WeTune's, broken in 25 ways.

    python benchmarks/repair.py                       # the open half, rules alone
    python benchmarks/repair.py --half held-out --model mini
    python benchmarks/repair.py --scale               # SCALE's syntax cases: parsed only

A text is repaired if its engine (SQLite, DuckDB or PostgreSQL, asked directly) makes a plan of it.
`as meant`: the repaired query is the good one once both are written alike, or the checker finds no
difference. Ways to break are in `breaks/ways.py` and know nothing of the repair.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from breaks.sample import DATA, Broken, Truth, broken_queries, schema_of

from sqlwright import sql
from sqlwright.database import connect
from sqlwright.errors import SqlwrightError
from sqlwright.repair import Ground, Repaired, open_ground, repair
from sqlwright.verify.judge import judge


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=6, help="broken texts of one query")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--half", choices=("open", "held-out", "both"), default="open")
    parser.add_argument("--model", help="a folder, or mini; rules alone if not given")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--verdict-seconds", type=float, default=3.0)
    parser.add_argument("--only", help="a way to break, a set or an engine")
    parser.add_argument("--out", type=Path, help="a JSON line for each text")
    parser.add_argument("--scale", action="store_true", help="SCALE's syntax cases instead")
    options = parser.parse_args()
    model = None
    if options.model:
        from sqlwright.model import load_model

        model = load_model(options.model)
    if options.scale:
        scale(model)
        return
    with tempfile.TemporaryDirectory(prefix="repair-") as folder:
        truth = Truth(Path(folder))
        try:
            results = list(measure(truth, options, model))
        finally:
            truth.close()
    report(results)


def measure(truth: Truth, options: argparse.Namespace, model: Any) -> Iterable[dict[str, Any]]:
    for broken in broken_queries(truth, options.each, options.seed):
        if options.half != "both" and broken.is_held_out != (options.half == "held-out"):
            continue
        if options.only and options.only not in (
            broken.way,
            broken.set,
            broken.engine,
            broken.name,
        ):
            continue
        result = one(broken, truth, options, model)
        if options.out:
            with options.out.open("a", encoding="utf-8") as file:
                print(json.dumps(result, ensure_ascii=False), file=file)
        yield result


def one(broken: Broken, truth: Truth, options: argparse.Namespace, model: Any) -> dict[str, Any]:
    """What came of one broken text, by rules alone and with the model."""
    database = connect(truth.url(broken.schema)) if broken.engine == "postgres" else None
    schema = database.schema if database else schema_of(broken.schema)
    ground = open_ground(schema, broken.engine, database)
    rules, seconds = attempt(broken, ground, options, None)
    both, seconds_of_both = rules, seconds
    if model is not None and (rules is None or rules.best is None or rules.best.source != "rules"
                              or rules.best.cost > 1.2):  # fmt: skip
        both, seconds_of_both = attempt(broken, ground, options, model)
    ground.close()
    if database:
        database.close()
    shown = {
        "name": broken.name, "set": broken.set, "way": broken.way, "engine": broken.engine,
        "says": broken.says, "broken": broken.text, "good": broken.good,
        **judged(broken, rules, truth, options), "seconds": seconds,
    }  # fmt: skip
    with_model = shown if both is rules else judged(broken, both, truth, options)
    keys = ("runs", "meant", "offered", "source", "text")
    return (
        shown
        | {f"model_{key}": with_model[key] for key in keys}
        | {"model_seconds": seconds_of_both}
    )


def attempt(
    broken: Broken, ground: Ground, options: argparse.Namespace, model: Any
) -> tuple[Repaired | None, float]:
    """The repair, None where it is refused, and its seconds of this process's CPU time."""
    start = time.process_time()
    try:
        found: Repaired | None = repair(
            broken.text, ground, model=lambda: model, seconds=options.seconds
        )
    except SqlwrightError:
        found = None
    return found, round(time.process_time() - start, 3)


def judged(
    broken: Broken, found: Repaired | None, truth: Truth, options: argparse.Namespace
) -> dict[str, Any]:
    """Whether the repaired text runs, and means what was meant."""
    best = found.best if found else None
    text = best.text if best else broken.text if found and found.outcome == "runs" else None
    runs = text is not None and truth.refusal(broken.engine, broken.schema, text) is None
    texts = [text] + [other.text for other in found.alternatives] if found and text else []
    meant = [as_meant(broken, t, options.verdict_seconds) for t in texts if t] if runs else []
    return {
        "outcome": found.outcome if found else "refused", "runs": runs,
        "meant": meant[0] if meant else "", "offered": any(m.startswith("no") for m in meant),
        "source": best.source if best else "", "cost": best.cost if best else 0, "text": text,
        "kinds": [c.kind for c in best.changes] if best else [],
        "why": found.reason if found else "",
    }  # fmt: skip


def as_meant(broken: Broken, text: str, seconds: float) -> str:
    """The verdict on the repaired query against the good one."""
    dialect = broken.engine
    try:
        good, new = sql.read(broken.good, dialect), sql.read(text, dialect)
        if _plain(good) == _plain(new):
            return "no difference: the same query"
        return judge(good, new, schema_of(broken.schema), dialect, seconds=seconds).outcome
    except SqlwrightError as error:
        return f"undecided: {error}"


def _plain(query: Any) -> str:
    return str(query.sql(comments=False, normalize=True))


def report(results: list[dict[str, Any]]) -> None:
    """The tables: by way to break, by set, by engine; and times."""
    has_model = any(result["model_source"] == "model" for result in results)
    for prefix, who in (("", "rules alone"), ("model_", "with the model")):
        if prefix and not has_model:
            continue
        print(f"\n{who}")
        for key in ("way", "set", "engine"):
            groups = defaultdict(list)
            for result in results:
                groups[result[key]].append(result)
            print(f"\n| {key} | texts | repaired and runs | as meant | or an alternative is |")
            print("|---|---|---|---|---|")
            for name, group in sorted(groups.items()):
                print(row(name, group, prefix))
        print(row("**all**", results, prefix))
        seconds = sorted(result[f"{prefix}seconds"] for result in results)
        by = sum(result[f"{prefix}source"] == "model" for result in results)
        print(f"\nCPU: median {statistics.median(seconds):.2f} s, 95 % within "
              f"{seconds[int(len(seconds) * 0.95)]:.2f} s; {by} by the model")  # fmt: skip


def row(name: str, group: list[dict[str, Any]], prefix: str) -> str:
    def share(count: int) -> str:
        return f"{count} ({count / len(group):.0%})"

    runs = sum(result[f"{prefix}runs"] for result in group)
    meant = sum(result[f"{prefix}meant"].startswith("no difference") for result in group)
    offered = sum(result[f"{prefix}offered"] for result in group)
    return f"| {name} | {len(group)} | {share(runs)} | {share(meant)} | {share(offered)} |"


def scale(model: Any) -> None:
    """SCALE's texts: those with an error parse after the repair, good queries stay as they are."""
    seen = set()
    for path in sorted(DATA.glob("scale/*/sql_understanding-syntax_error_detection.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            case = json.loads(line)
            if case["sql"] in seen:
                continue
            seen.add(case["sql"])
            ground = open_ground(None, "mysql")
            try:
                found = repair(case["sql"], ground, model=lambda: model)
                said = found.outcome
                text = found.best.text if found.best else found.reason
            except SqlwrightError as error:
                said, text = "refused", str(error)
            wrong = case["expected"]["has_syntax_error"]
            print(f"{case['case_id']:>3} error: {wrong:3} {said:12} {text[:150]}")


if __name__ == "__main__":
    main()
