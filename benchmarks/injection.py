"""How many attacks are flagged by `check --untrusted`, how many harmless texts, and how fast?

    python benchmarks/injection.py [--data DIR] [--missed]

DIR is the shared test data beside the checkout. The attack lines are split in half by a hash: one
half was looked at while the code was written, the other was only counted. Harmless are lines that
look like attacks, values made up by kind (tests/benign.py), lines of Python's standard library,
and whole public queries. --missed prints what was missed of the first half, never of the other.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import re
import sys
import sysconfig
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from random import Random

from sqlwright.analyze.untrusted import classify

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "tests"))  # values as people write them are made there
from benign import KINDS  # noqa: E402

_MADE = 3_000
_CODE = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--missed", action="store_true")
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}, one core\n")
    print("| texts | how many | flagged | share | lines a CPU second |")
    print("|---|---|---|---|---|")
    attacks = _lines(given.data / "injection" / "attacks-urlencoded.jsonl")
    halves = [[text for _, text in attacks if _half(text) == half] for half in (0, 1)]
    missed = _row("attacks, the half developed on", halves[0], url_encoded=True)
    _row("attacks, the half held out", halves[1], url_encoded=True)
    _row("attacks, all", [text for _, text in attacks], url_encoded=True)
    _by_source(attacks)
    alike = [text for _, text in _lines(given.data / "injection" / "false-positives.jsonl")]
    _row("look like attacks and are none, as they stand", alike)
    _row("the same, decoded first", alike, url_encoded=True)
    _row("the same, the half held out", [text for text in alike if _half(text)])
    for kind, make in KINDS.items():
        rng = Random(f"benchmark {kind}")
        _row(f"made up: {kind}", [make(rng) for _ in range(_MADE)])
    _row("lines of Python's standard library", _code())
    for name, texts in _queries(given.data):
        _row(f"whole queries: {name}", texts)
    if given.missed:
        print("\nMissed of the first half:\n")
        for text in missed:
            print(f"    {text[:120]!r}")


def _lines(path: Path) -> list[tuple[str, str]]:
    records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [(record["source"], record["line"]) for record in records]


def _half(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0] % 2


def _row(name: str, texts: list[str], *, url_encoded: bool = False) -> list[str]:
    """Judge the texts, print their row of the table, and give those that were not flagged."""
    start = time.process_time()
    flags = [classify(text, url_encoded=url_encoded).flagged for text in texts]
    seconds = time.process_time() - start
    speed = f"{len(texts) / seconds:,.0f}" if len(texts) > 500 else ""
    share = f"{100 * sum(flags) / len(texts):.2f} %"
    print(f"| {name} | {len(texts):,} | {sum(flags):,} | {share} | {speed} |", flush=True)
    return [text for text, flagged in zip(texts, flags, strict=True) if not flagged]


def _by_source(attacks: Iterable[tuple[str, str]]) -> None:
    """The mean over the sources, because one of them is four fifths of all lines."""
    by_source: dict[str, list[bool]] = defaultdict(list)
    for source, text in attacks:
        by_source[source].append(classify(text, url_encoded=True).flagged)
    shares = [100 * sum(flags) / len(flags) for flags in by_source.values()]
    mean, full = sum(shares) / len(shares), sum(share == 100 for share in shares)
    print(f"| mean of {len(shares)} sources ({full} wholly flagged) | | | {mean:.2f} % | |")


def _code() -> list[str]:
    folder = Path(sysconfig.get_paths()["stdlib"])
    lines = {
        line.strip()
        for path in sorted(folder.glob("*.py"))
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if 0 < len(line.strip()) < 400
    }
    return Random(0).sample(sorted(lines), min(_CODE, len(lines)))


def _queries(data: Path) -> Iterable[tuple[str, list[str]]]:
    for folder in sorted((data / "queries").iterdir()):
        if texts := [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.sql"))]:
            yield folder.name, texts
    lines = (data / "rewrites" / "wetune-issues.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [
        text
        for line in lines
        for text in json.loads(line).values()
        if isinstance(text, str) and re.match(r"\s*(?:select|with)\b", text, re.I)
    ]
    yield "wetune", texts


if __name__ == "__main__":
    main()
