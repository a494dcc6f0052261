"""Mutation study: how many wrong rewrites of public queries does the checker refute?

    python benchmarks/mutations.py [--count 2400] [--workers 2] [--seconds 10] [--rounds 3]
                                   [--only NAME] [--out FILE.jsonl] [--resume [--again]]
                                   [--sample FILE.jsonl]

Prints a table by kind and by set, and every survivor with what was changed; writes one JSON line
for each mutant. NAME is a kind, a set or a query. Choosing takes minutes: --sample keeps what was
chosen in a file, and reads it where it is there, so remove it when a kind or an argument changed
(those by hand are asked each time). --again judges once more what --out says was not refuted.
--rounds looks again, with the next seed, for what was not refuted, as `sqlwright verify --rounds`
does; the last lines say what each round refuted.
The sample is frozen by its seed. What counts as wrong is settled by arguments: those of
mutants/same.py before the checker ran, most of those by hand after a run had shown its survivors.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from mutants.kinds import KINDS
from mutants.same import by_hand
from mutants.sample import SEED, Mutant, draw
from mutants.sources import SETS, read_sources, schema_of

from sqlwright import sql
from sqlwright.errors import SqlwrightError
from sqlwright.verify.judge import judge

Result = dict[str, Any]
_BATCH = 300
_HARD_LIMIT = 30.0  # seconds that a verdict may take beyond what it was given


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2400)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help="a kind, a set or the name of a query")
    parser.add_argument("--out", type=Path, default=Path("mutations.jsonl"))
    parser.add_argument("--resume", action="store_true", help="keep the verdicts in --out")
    parser.add_argument("--again", action="store_true", help="judge again what was not refuted")
    parser.add_argument("--sample", type=Path, help="what was chosen, or where to keep it")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    if options.sample and options.sample.exists():
        with options.sample.open(encoding="utf-8") as lines:
            found = [argued(Mutant(**json.loads(line))) for line in lines]
    else:
        found = choose(options.count, options.seed, options.only)
        if options.sample:
            options.sample.write_text("".join(json.dumps(asdict(m)) + "\n" for m in found))
    wrong = [m for m in found if m.aside is None and fits(m, options.only)][: options.count]
    aside = [m for m in found if m.aside is not None]
    say(f"{len(wrong)} wrong rewrites; {len(aside)} set aside by argument")
    known = load(options.out) if options.resume else {}
    if options.again:
        known = {key: result for key, result in known.items() if refuted(result)}
    results = [known[m.key] for m in wrong if same_mutant(known.get(m.key), m)]
    waiting = [m for m in wrong if not same_mutant(known.get(m.key), m)]
    with options.out.open("w", encoding="utf-8") as file:
        for result in results:
            file.write(json.dumps(result) + "\n")
        for number, result in enumerate(measure(waiting, options), 1):
            file.write(json.dumps(result) + "\n")
            file.flush()
            results.append(result)
            left = sum(not refuted(r) for r in results)
            if number % 10 == 0:
                say(f"\r{number}/{len(waiting)}, {left} not refuted ", end="")
    say("")
    report(results, aside)


def say(text: str, end: str = "\n") -> None:
    """Progress goes to stderr, so that the table can be kept."""
    print(text, end=end, file=sys.stderr, flush=True)


def argued(mutant: Mutant) -> Mutant:
    """The mutant set aside where an argument by hand has come since it was chosen."""
    why = mutant.aside or by_hand().get((mutant.source, mutant.kind, mutant.place))
    return replace(mutant, aside=why)


def fits(mutant: Mutant, only: str | None) -> bool:
    """Is it of the kind, the set or the query named?"""
    return only is None or only in (mutant.kind, mutant.set, mutant.source)


def choose(count: int, seed: int, only: str | None) -> list[Mutant]:
    """The first `count` wrong mutants, and those set aside on the way."""
    sources = list(read_sources())
    kinds = KINDS
    if only in KINDS:
        kinds = {only: KINDS[only]}
    elif only is not None:
        sources = [s for s in sources if only in (s.set, s.name)]
    found: list[Mutant] = []
    wrong = 0
    for mutant in draw(sources, seed, kinds):
        found.append(mutant)
        wrong += mutant.aside is None
        if mutant.aside is None and wrong % 50 == 0:
            say(f"\rchosen {wrong}, set aside {len(found) - wrong} ", end="")
        if wrong >= count:
            break
    say("")
    return found


def load(path: Path) -> dict[str, Result]:
    """The verdicts of an earlier run by the key of their mutant."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {r["key"]: r for r in map(json.loads, lines)}


def same_mutant(result: Result | None, mutant: Mutant) -> bool:
    """Is it a verdict on this very mutant?"""
    return result is not None and result["mutated"] == mutant.mutated


def measure(mutants: Sequence[Mutant], options: argparse.Namespace) -> Iterator[Result]:
    """A verdict for each mutant, in the order in which they come."""
    for start in range(0, len(mutants), _BATCH):  # fresh processes, or their memory would grow
        with ProcessPoolExecutor(options.workers) as pool:
            batch = mutants[start : start + _BATCH]
            waiting = {
                pool.submit(verdict, mutant, options.seconds, options.rounds): mutant
                for mutant in batch
            }
            for done in as_completed(waiting):
                try:
                    yield done.result()
                except BrokenProcessPool:
                    reason = "the process died"
                    yield record(waiting[done], "undecided", reason, 0, options.seconds, 0)


def verdict(mutant: Mutant, seconds: float, rounds: int) -> Result:
    """What the checker says of one mutant; of one that is not refuted in the last round."""
    result: Result = {}
    spent = 0.0
    for number in range(rounds):
        result = one_verdict(mutant, seconds, number)
        spent += result["seconds"]
        if refuted(result):
            break
    return result | {"seconds": spent}


def one_verdict(mutant: Mutant, seconds: float, number: int) -> Result:
    """What the checker says of one mutant in round `number`, the first one being 0."""
    import signal

    signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, seconds + _HARD_LIMIT)
    start = time.perf_counter()
    try:
        found = judge(
            sql.read(mutant.original, mutant.dialect),
            sql.read(mutant.mutated, mutant.dialect),
            schema_of(mutant.schema),
            mutant.dialect,
            seconds=seconds,
            seed=number,
        )
        outcome, reason, witnesses = found.outcome, found.reason, found.witnesses
    except (SqlwrightError, TimeoutError) as error:
        outcome, reason, witnesses = "undecided", f"{type(error).__name__}: {error}", 0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return record(mutant, outcome, reason, witnesses, time.perf_counter() - start, number + 1)


def _stop(*_: object) -> None:
    raise TimeoutError("the verdict took too long")


def record(
    mutant: Mutant, outcome: str, reason: str, witnesses: int, seconds: float, rounds: int
) -> Result:
    """One line of the results."""
    found = {"outcome": outcome, "reason": reason, "witnesses": witnesses, "seconds": seconds}
    return {"key": mutant.key, **asdict(mutant), **found, "rounds": rounds}


def refuted(result: Result) -> bool:
    """Did the checker see that the mutant is wrong?"""
    return bool(result["outcome"] == "different")


def report(results: Sequence[Result], aside: Sequence[Mutant]) -> None:
    """Print the tables and the survivors."""
    print(f"{'':28}{'wrong':>6}{'refuted':>9}{'%':>7}{'undecided':>11}{'none found':>12}"
          f"{'median s':>10}{'p95 s':>7}{'witnesses':>11}")  # fmt: skip
    for name in KINDS:
        row(name, [r for r in results if r["kind"] == name])
    print()
    for name in SETS:
        row(name, [r for r in results if r["set"] == name])
    row("all", results)
    for number in range(1, max((r["rounds"] for r in results), default=0) + 1):
        found = sum(refuted(r) and r["rounds"] <= number for r in results)
        share = 100 * found / len(results)
        print(f"refuted in {number} round{'s'[: number > 1]}: {found} ({share:.2f} %)")
    print(f"\nset aside by argument: {len(aside)}")
    for reason, number in Counter(m.aside for m in aside).most_common():
        print(f"{number:6}  {reason}")
    survivors = sorted((r for r in results if not refuted(r)), key=lambda r: str(r["key"]))
    print(f"\n{len(survivors)} survivors")
    for result in survivors:
        print(f"\n{result['key']}\n  {result['outcome']}: {result['reason']}")
        for line in difference(result["original"], result["mutated"], result["dialect"]):
            print(f"    {line}")


def row(name: str, results: Sequence[Result]) -> None:
    """Print one line of a table."""
    if not results:
        return
    outcomes = Counter(r["outcome"] for r in results)
    seconds = sorted(r["seconds"] for r in results)
    needed = [r["witnesses"] for r in results if refuted(r)]
    print(f"{name:28}{len(results):6}{outcomes['different']:9}"
          f"{100 * outcomes['different'] / len(results):7.1f}{outcomes['undecided']:11}"
          f"{outcomes['no difference found']:12}{statistics.median(seconds):10.2f}"
          f"{seconds[int(0.95 * (len(seconds) - 1))]:7.2f}"
          f"{statistics.mean(needed) if needed else 0:11.1f}")  # fmt: skip


def difference(original: str, mutated: str, dialect: str) -> Iterable[str]:
    """The lines of the pretty texts that differ."""
    import difflib

    try:
        texts = [
            sql.write(sql.read(text, dialect), dialect, pretty=True).splitlines()
            for text in (original, mutated)
        ]
    except SqlwrightError as error:
        yield f"{mutated}  -- {error}"
        return
    for line in difflib.unified_diff(*texts, n=1, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            yield line


if __name__ == "__main__":
    main()
