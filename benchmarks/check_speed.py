"""Seconds that `check` takes for many queries: TPC-DS queries repeated with other literals.

Run: python benchmarks/check_speed.py --queries FOLDER --schema DDL [--workers 2]
Prints one line a size; the time should grow as the number of queries does. Each query is checked in
a file of its own, and once more all in one file, with the schema given.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (250, 500, 1000)


def varied(text: str, number: int) -> str:
    """The query with each whole number of it raised by `number`, so that no two are alike."""
    return re.sub(r"(?<![\w.'-])\d+(?![\w.'-])", lambda found: str(int(found[0]) + number), text)


def timed(*arguments: object) -> tuple[str, int]:
    """Seconds of one run of the program, wall and processor, and how many findings it counted."""
    began, used = time.perf_counter(), processor()
    done = subprocess.run(
        [sys.executable, "-m", "sqlwright", "check", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    taken = time.perf_counter() - began
    if done.returncode not in (0, 1) or not done.stdout:
        raise SystemExit(done.stderr)
    found = re.search(r"(\d+) findings", done.stdout.splitlines()[-1])
    words = f"{taken:.1f} s ({processor() - used:.1f} s of processor)"
    return words, int(found[1]) if found else 0


def processor() -> float:
    """Seconds of processor that ended children have taken: what a busy machine changes little."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Make the files, check them, print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=Path, required=True, help="folder of .sql files")
    parser.add_argument("--schema", type=Path, required=True, help="their DDL")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    queries = [path.read_text() for path in sorted(options.queries.glob("*.sql"))]
    given = ("--schema", options.schema, "--workers", options.workers)
    lines = [
        f"{len(queries)} different queries, {options.workers} processes, {os.cpu_count()} cores of"
        f" {platform.machine()}, load before it {os.getloadavg()[0]:.1f}",
        "",
    ]
    print(lines[0], flush=True)
    for size in SIZES:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, "many")
            folder.mkdir()
            texts = [varied(queries[n % len(queries)], n // len(queries)) for n in range(size)]
            for number, text in enumerate(texts):
                (folder / f"{number:05}.sql").write_text(text)
            one = Path(place, "one.sql")
            one.write_text("\n".join(text.rstrip().rstrip(";") + ";" for text in texts))
            letters = one.stat().st_size
            seconds, findings = timed(folder, *given)
            together, same = timed(one, *given)
            lines.append(
                f"- {size} queries, {letters / 1e6:.1f} MB: {seconds} in files of their own,"
                f" {together} in one file; {findings} and {same} findings"
            )
            print(lines[-1], flush=True)
    if options.out:
        head = "# Seconds that `check` takes\n\nMade by `benchmarks/check_speed.py`: TPC-DS queries"
        head += " repeated with other literals, the schema given.\n\n"
        options.out.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
